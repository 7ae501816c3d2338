import type { ExchangeCalendar } from '#services/market-data/api.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * When a signal generated at `time` stops being current (epoch ms): the close of the running session, `hours` (24) at most; outside
 * one, the next session's close, but `hours` at most when that session opens within a day. Across a weekend or holiday the next close
 * holds: a signal of Friday evening or Sunday expires at Monday's close (kurzora.md 4.12).
 */
export function expiryOf(time: number, calendar: ExchangeCalendar, hours = 24): number {
  const longest = hours * HOUR;
  const running = calendar.sessionAt(time);
  if (running) return Math.min(running.close, time + longest);
  const next = calendar.next(time);
  return next.open - time <= DAY ? Math.min(next.close, time + longest) : next.close;
}

/** Days an expired signal stays in view before it is archived. */
export const ARCHIVE_AFTER_DAYS = 7;
