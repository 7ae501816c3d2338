import { currentLanguage, currentLocale } from './language.ts';

/** How numbers and times read. Digits are Latin and left to right in every language; missing is an en dash. */
const MISSING = '–';
export const EXCHANGE_TIME_ZONE = 'America/New_York';

const formats = new Map<string, Intl.NumberFormat>();
function fixed(min: number, max: number): Intl.NumberFormat {
  const key = `${currentLocale()} ${min}-${max}`;
  const known =
    formats.get(key) ??
    new Intl.NumberFormat(currentLocale(), { minimumFractionDigits: min, maximumFractionDigits: max });
  formats.set(key, known);
  return known;
}

// Isolated left to right by class where it stands, so that the direction marks of Arabic formats are in the way.
const withMinus = (text: string) => text.replace(/[\u200e\u200f\u061c]/g, '').replace('-', '\u2212');

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

/** Money as the language writes it, US dollars unless told otherwise: $1,234.50, 1.234,50 $. */
export function money(value: number | null, options: { currency?: string; cents?: 'always' | 'if-any' } = {}): string {
  if (value === null || !Number.isFinite(value)) return MISSING;
  const { currency = 'USD', cents = 'always' } = options;
  const trailingZeroDisplay = cents === 'always' ? 'auto' : 'stripIfInteger';
  const format = new Intl.NumberFormat(currentLocale(), { style: 'currency', currency, trailingZeroDisplay });
  return withMinus(format.format(value));
}

/** Money gained or lost: with its sign. */
export function gain(value: number | null): string {
  return value !== null && value > 0 ? `+${money(value)}` : money(value);
}

/** A day and time where the reader is. */
export function localTime(iso: string | null): string {
  if (!iso) return MISSING;
  return new Intl.DateTimeFormat(currentLocale(), { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));
}

/** A calendar day, `2026-11-20`, the same wherever the reader is. */
export function localDay(day: string): string {
  return new Intl.DateTimeFormat(currentLocale(), { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(day));
}

/** Days, hours, minutes in one unit: `3 min`, `2 h`, `4 d`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (currentLanguage() !== 'en') return translatedSpan(seconds);
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

function translatedSpan(seconds: number): string {
  const [value, unit] =
    seconds < 60
      ? [seconds, 'second']
      : seconds < 3600
        ? [seconds / 60, 'minute']
        : seconds < 48 * 3600
          ? [seconds / 3600, 'hour']
          : [seconds / 86_400, 'day'];
  return new Intl.NumberFormat(currentLocale(), { style: 'unit', unit, unitDisplay: 'short' }).format(
    Math.round(value),
  );
}

const exchangeFormats = new Map<string, { time: Intl.DateTimeFormat; clock: Intl.DateTimeFormat }>();
function exchangeFormat() {
  const locale = currentLanguage() === 'en' ? 'en-GB' : currentLocale();
  const clock = { timeZone: EXCHANGE_TIME_ZONE, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const known = exchangeFormats.get(locale) ?? {
    time: new Intl.DateTimeFormat(locale, { ...clock, weekday: 'short', day: 'numeric', month: 'short' }),
    clock: new Intl.DateTimeFormat(locale, clock),
  };
  exchangeFormats.set(locale, known);
  return known;
}
const exchangeDay = new Intl.DateTimeFormat('en-CA', { timeZone: EXCHANGE_TIME_ZONE });

/** In the exchange's time zone: `16:00 ET` on the day of `now`, otherwise `Fri 20 Nov 16:00 ET`. */
export function marketTime(iso: string, now = Number.NaN): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return MISSING;
  const today = Number.isFinite(now) && exchangeDay.format(time) === exchangeDay.format(now);
  const { clock, time: full } = exchangeFormat();
  const text = `${(today ? clock : full).format(time).replaceAll(/[,،]/g, '')} ET`;
  // Among Arabic words `07:49 ET` would take what follows it to its left: it stands on its own.
  return currentLanguage() === 'ar' ? `\u2068${text}\u2069` : text;
}

/** `STR_BUY` -> `str buy`, `too_few_bars` -> `too few bars`. */
export function words(code: string): string {
  return code.replaceAll('_', ' ').toLowerCase();
}
