import type { ExchangeCalendar } from '#services/market-data/api.ts';

const DAY = 86_400_000;

/**
 * When a signal generated at `time` stops being current (epoch ms): the close of the running session; outside one, the next
 * session's close, but 24 hours at most when that session opens within them. Across a weekend or holiday the next close
 * holds: a signal of Friday evening or Sunday expires at Monday's close (kurzora.md 4.12).
 */
export function expiryOf(time: number, calendar: ExchangeCalendar): number {
  const running = calendar.sessionAt(time);
  if (running) return running.close;
  const next = calendar.next(time);
  return next.open - time <= DAY ? Math.min(next.close, time + DAY) : next.close;
}

/** Days an expired signal stays in view before it is archived. */
export const ARCHIVE_AFTER_DAYS = 7;
