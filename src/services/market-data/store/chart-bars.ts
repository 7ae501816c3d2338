import type { Database } from '#kernel/postgres/database.ts';
import type { SessionTable } from '../aggregation/sessions.ts';
import { StockBars } from '../aggregation/stock-bars.ts';
import { LENGTH } from '../aggregation/timeframes.ts';
import { frameAsOf } from '../aggregation/window.ts';
import type { Frame, Source, Timeframe } from '../api.ts';
import { newestBar } from './coverage.ts';
import { readBars } from './read-bars.ts';

/** Bars of one timeframe for a chart, read from Postgres: the newest `limit` as of a moment, derived from finer bars where needed. Null when there is none. */
export async function chartBars(
  database: Database,
  sessions: SessionTable,
  request: { source: Source; symbol: string; timeframe: Timeframe; asOf: number; limit: number },
): Promise<Frame | null> {
  const { source, symbol, timeframe, asOf, limit } = request;
  const stock = new StockBars(sessions);
  const found = await database.asService(
    async (session) => {
      const newest = await newestBar(session, source, asOf, symbol);
      if (newest === null) return false;
      const first = sessions.lastOpened(newest) - sessionsFor(timeframe, limit);
      const from = sessions.open[sessions.firstOfWeek(Math.max(first, 0))]!;
      for (const stored of await readBars(session, { source, symbols: [symbol], from, to: asOf }))
        stock.adopt(stored.timeframe, stored.series);
      return true;
    },
    { readOnly: true },
  );
  return found ? frameAsOf(stock, timeframe, { asOf, from: Number.NEGATIVE_INFINITY, limit }) : null;
}

/** How many sessions hold `limit` bars, with one to spare. */
function sessionsFor(timeframe: Timeframe, limit: number): number {
  if (timeframe === '1W') return 5 * limit + 5;
  if (timeframe === '1D') return limit + 1;
  const barsASession = Math.ceil((6.5 * 3_600_000) / LENGTH[timeframe]);
  return Math.ceil(limit / barsASession) + 1;
}
