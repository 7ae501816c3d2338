import type { Project } from '#kernel/product.ts';
import type { MarketData } from '#services/market-data/api.ts';
import { accountsToRecord, type Snapshot, writeSnapshots } from './queries/snapshots.ts';
import { HISTORY_DAYS } from './rules/engine.ts';
import { sessionsToRecord, snapshotAt } from './rules/portfolio-snapshot.ts';

const DAY = 86_400_000;
const BATCH = 500;
export const BENCHMARK = 'SPY';

/**
 * Records every account at the close of the last session by `asOf` (epoch ms), of sessions that were missed, and of the last five
 * again: a bar that was corrected within them moves the snapshot, a trade that was closed stays closed. Safe to repeat.
 */
export async function recordSnapshots(
  project: Project,
  marketData: MarketData,
  asOf: number,
): Promise<{ users: number; snapshots: number }> {
  const { database } = project;
  let [users, snapshots] = [0, 0];
  let after: string | null = null;
  for (;;) {
    const accounts = await database.asService((session) => accountsToRecord(session, after, BATCH), { readOnly: true });
    if (accounts.length === 0) return { users, snapshots };
    const tickers = new Set(accounts.flatMap(({ trades }) => trades.map(({ ticker }) => ticker)));
    await marketData.load({ symbols: [...tickers, BENCHMARK], from: asOf - HISTORY_DAYS * DAY });
    const closeOf = (ticker: string, close: number) => marketData.lastClose(ticker, close)?.value ?? null;
    const rows = accounts.flatMap(({ userId, startingBalance, trades, ...span }): Snapshot[] =>
      sessionsToRecord(marketData.calendar, asOf, span).map(({ date, close }) => ({
        ...{ userId, date, sp500: closeOf(BENCHMARK, close) },
        summary: snapshotAt(startingBalance, trades, close, (ticker) => closeOf(ticker, close)),
      })),
    );
    await database.asService((session) => writeSnapshots(session, rows));
    users += accounts.length;
    snapshots += rows.length;
    after = accounts.at(-1)!.userId;
  }
}
