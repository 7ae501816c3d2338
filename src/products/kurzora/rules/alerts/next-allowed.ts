import type { ExchangeCalendar } from '#services/market-data/api.ts';
import type { AlertSettings } from './settings.ts';

const MINUTE = 60_000;
const DAY = 1440;
/** Quiet hours that cover every session leave no moment for both; after so many tries only the quiet hours count. */
const TRIES = 10;

/**
 * The first moment from `now` on (epoch ms) at which somebody may be told: outside his quiet hours and, if he wants, while the
 * exchange is open. Later, never dropped.
 */
export function nextAllowed(now: number, settings: AlertSettings, calendar: ExchangeCalendar): number {
  let at = now;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const open = settings.tradingHoursOnly && !calendar.sessionAt(at) ? calendar.next(at - 1).open : at;
    at = quietEnd(open, settings);
    if (at === open) return at;
  }
  return quietEnd(now, settings);
}

/** The end of the quiet hours that `at` lies in, or `at`. */
function quietEnd(at: number, { quiet, timeZone }: AlertSettings): number {
  if (!quiet) return at;
  const local = minutesOfDay(at, timeZone);
  const isQuiet =
    quiet.start < quiet.end ? local >= quiet.start && local < quiet.end : local >= quiet.start || local < quiet.end;
  if (!isQuiet) return at;
  const end = Math.floor(at / MINUTE) * MINUTE + ((quiet.end - local + DAY) % DAY) * MINUTE;
  // The clocks may have changed on the way; what is missing or too much is less than half a day.
  const shift = ((quiet.end - minutesOfDay(end, timeZone) + DAY + DAY / 2) % DAY) - DAY / 2;
  return Math.max(at, end + shift * MINUTE);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(timeZone, format);
  }
  return format;
}

function partsOf(at: number, timeZone: string): Record<string, string> {
  return Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
}

export function minutesOfDay(at: number, timeZone: string): number {
  const { hour, minute } = partsOf(at, timeZone);
  return Number(hour) * 60 + Number(minute);
}

/** `2026-11-20` in that time zone. */
export function localDate(at: number, timeZone: string): string {
  const { year, month, day } = partsOf(at, timeZone);
  return `${year}-${month}-${day}`;
}
