import type { ScannerStatus } from '#products/kurzora/contract.ts';
import { EXCHANGE_TIME_ZONE } from '../../app/format.ts';

/** Scans missed before the page says so: one may be late, two mean that something stopped. */
const MISSED_SCANS = 2;
const OPEN_MINUTE = 9 * 60 + 30;

const clock = new Intl.DateTimeFormat('en-GB', { timeZone: EXCHANGE_TIME_ZONE, hour: '2-digit', minute: '2-digit' });

function minutesSinceOpen(now: number): number {
  const [hour = 0, minute = 0] = clock.format(now).split(':').map(Number);
  return hour * 60 + minute - OPEN_MINUTE;
}

/**
 * Whether two scans in a row did not come: the market has been open for longer than two intervals, and the last scan
 * is older than that. `now` in epoch milliseconds. Overnight nothing is due, so nothing is stale.
 */
export function isStale(status: ScannerStatus, now: number): boolean {
  if (!status.marketOpen || !status.lastScan) return false;
  const patience = MISSED_SCANS * status.intervalMinutes;
  if (minutesSinceOpen(now) <= patience) return false;
  return now - new Date(status.lastScan.finishedAt).getTime() > patience * 60_000;
}
