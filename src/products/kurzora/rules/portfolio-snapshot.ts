/** An account at a session's close, worked out from its trades, so that a day that was missed can be recorded later. */
import type { ExchangeCalendar } from '#services/market-data/api.ts';
import { type PaperTrade, type PortfolioSummary, summaryOf, tradesAt } from './portfolio.ts';

/** Sessions that are recorded again each day, since bars are corrected for some days. */
const REPEATED = 5;
/** Sessions made up for at most after a standstill. */
const MOST = 250;

/** Calendar dates, in the exchange's time zone; null before the first snapshot or reset. */
export interface SnapshotSpan {
  readonly first: string | null;
  readonly last: string | null;
  readonly reset: string | null;
}

/**
 * The sessions whose close is to be recorded as of a moment (epoch ms): the last one of an account without snapshots; otherwise those
 * it missed and the last five again, none from before its first snapshot or its last reset.
 */
export function sessionsToRecord(
  calendar: ExchangeCalendar,
  asOf: number,
  { first, last, reset }: SnapshotSpan,
): { date: string; close: number }[] {
  const newest = calendar.lastClosed(asOf);
  if (first === null || last === null) return reset !== null && reset > newest.date ? [] : [newest];
  let start = newest;
  for (let count = 1; count < MOST; count++) {
    const before = calendar.previous(start);
    const wanted = count < REPEATED || before.date > last;
    if (!wanted || before.date < first || (reset !== null && before.date < reset)) break;
    start = before;
  }
  return calendar.between(start.date, newest.date).filter(({ date }) => reset === null || date >= reset);
}

/** The account's sums at `close` (epoch ms); `closeOf` gives a ticker's last close by then, null where none is stored. */
export function snapshotAt(
  startingBalance: number,
  trades: readonly PaperTrade[],
  close: number,
  closeOf: (ticker: string) => number | null,
): PortfolioSummary {
  return summaryOf(
    startingBalance,
    tradesAt(trades, close, (trade) => closeOf(trade.ticker) ?? (trade.closedAt === null ? trade.price : trade.entry)),
  );
}
