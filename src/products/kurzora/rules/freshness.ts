import type { ExchangeCalendar } from '#services/market-data/api.ts';

const MINUTE = 60_000;

/**
 * Whether a scan that looked from `asOf` (epoch ms; null for none) is still the newest that could be expected at `now`: while the
 * exchange is open at most two intervals old, or none due yet; while it is closed, one at or after the last close.
 */
export function isFresh(
  asOf: number | null,
  now: number,
  intervalMinutes: number,
  calendar: ExchangeCalendar,
): boolean {
  if (asOf === null) return false;
  const lastClose = calendar.lastClosed(now).close;
  const session = calendar.sessionAt(now);
  if (!session) return asOf >= lastClose;
  const slack = 2 * intervalMinutes * MINUTE;
  return asOf >= (now < session.open + slack ? lastClose : now - slack);
}
