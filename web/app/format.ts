/** How numbers and times read. Digits are Latin and left to right in every language; missing is an en dash. */
const MISSING = '–';
export const EXCHANGE_TIME_ZONE = 'America/New_York';

const formats = new Map<string, Intl.NumberFormat>();
function fixed(min: number, max: number): Intl.NumberFormat {
  const key = `${min}-${max}`;
  const known =
    formats.get(key) ?? new Intl.NumberFormat('en-US', { minimumFractionDigits: min, maximumFractionDigits: max });
  formats.set(key, known);
  return known;
}

const withMinus = (text: string) => text.replace('-', '\u2212');

/** A number with up to `max` decimals. */
export function number(value: number | null, max = 2, min = 0): string {
  return value === null || !Number.isFinite(value) ? MISSING : withMinus(fixed(min, max).format(value));
}

/** A price: two decimals, four below 1. */
export function price(value: number | null): string {
  return value !== null && Math.abs(value) < 1 ? number(value, 4, 4) : number(value, 2, 2);
}

/** With a sign: +5, −10, 0. */
export function signed(value: number | null, max = 2, min = 0): string {
  const text = number(value, max, min);
  return value !== null && value > 0 ? `+${text}` : text;
}

export function percent(value: number | null): string {
  return value === null ? MISSING : `${signed(value, 2, 2)}%`;
}

/** Days, hours, minutes in one unit: `3 min`, `2 h`, `4 d`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) {
    const minutes = Math.round((seconds % 3600) / 60) % 60;
    return minutes > 0 && seconds < 6 * 3600
      ? `${Math.floor(seconds / 3600)} h ${minutes} min`
      : `${Math.round(seconds / 3600)} h`;
  }
  return `${Math.round(seconds / 86_400)} d`;
}

const exchangeTime = new Intl.DateTimeFormat('en-GB', {
  timeZone: EXCHANGE_TIME_ZONE,
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const exchangeClock = new Intl.DateTimeFormat('en-GB', {
  timeZone: EXCHANGE_TIME_ZONE,
  hour: '2-digit',
  minute: '2-digit',
});
const exchangeDay = new Intl.DateTimeFormat('en-CA', { timeZone: EXCHANGE_TIME_ZONE });

/** In the exchange's time zone: `16:00 ET` on the day of `now`, otherwise `Fri 20 Nov 16:00 ET`. */
export function marketTime(iso: string, now = Number.NaN): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return MISSING;
  const today = Number.isFinite(now) && exchangeDay.format(time) === exchangeDay.format(now);
  return `${(today ? exchangeClock : exchangeTime).format(time).replaceAll(',', '')} ET`;
}

/** `STR_BUY` -> `str buy`, `too_few_bars` -> `too few bars`. */
export function words(code: string): string {
  return code.replaceAll('_', ' ').toLowerCase();
}
