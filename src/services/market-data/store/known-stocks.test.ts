import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Session } from '#kernel/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { madeSeries, sessions } from '../aggregation/made-bars.ts';
import { endOf, STORED, type StoredTimeframe } from '../aggregation/timeframes.ts';
import { marketDataMigrations } from '../api.ts';
import { newestClosedStart, universeAsOf } from './known-stocks.ts';
import { slice } from './series.ts';
import { listStocks } from './stocks.ts';
import { writeTail } from './tail.ts';
import { lockWrites, mergeIntoChunks } from './write-bars.ts';

let db: TestDatabase;
before(async () => {
  db = await testDatabase({ migrations: [marketDataMigrations] });
  const listed = ['EARLY', 'GONE', 'HOURS', 'LATE', 'NEVER', 'TAIL'];
  await service((session) => listStocks(session, 'files', listed.map(stock)));
  await merge('EARLY', '1D', '2025-01-02', '2025-06-30');
  await merge('GONE', '1D', '2024-01-02', '2025-02-14');
  await merge('LATE', '1D', '2025-06-03', '2025-06-30');
  await merge('HOURS', '1H', '2025-06-03', '2025-06-30');
  const days = madeSeries('1D', '2025-06-04', '2025-06-04', { seed: 5 });
  await service((session) =>
    writeTail(session, 'files', [{ symbol: 'TAIL', timeframe: '1D', bars: slice(days, 0, 1) }]),
  );
});
after(() => db.close());

const stock = (ticker: string, index: number) => ({
  ticker,
  companyName: null,
  sector: null,
  industry: null,
  marketCap: null,
  priority: 100 - index,
  source: 'files' as const,
});
const service = <T>(work: (session: Session) => Promise<T>) =>
  db.database.asService(async (session) => {
    await lockWrites(session, 'files');
    return await work(session);
  });
const merge = (symbol: string, timeframe: StoredTimeframe, from: string, to: string) =>
  service((session) =>
    mergeIntoChunks(session, 'files', timeframe, [
      { symbol, timeframe, bars: madeSeries(timeframe, from, to, { seed: 7 }) },
    ]),
  );
const known = async (time: string, limit?: number) =>
  (
    await db.database.asService((session) =>
      universeAsOf(session, sessions, { source: 'files', asOf: Date.parse(time), limit }),
    )
  ).map(({ ticker }) => ticker);

test('a stock is there from the close of its first bar on, not from its open', async () => {
  assert.deepEqual(await known('2025-01-02T20:59:59Z'), ['GONE']);
  assert.deepEqual(await known('2025-01-02T21:00:00Z'), ['GONE', 'EARLY']);
  assert.deepEqual(await known('2025-06-03T14:29:59Z'), ['EARLY', 'GONE']);
  assert.deepEqual(await known('2025-06-03T14:30:00Z'), ['HOURS', 'EARLY', 'GONE'], 'the first hour has closed');
  assert.deepEqual(await known('2025-06-03T20:00:00Z'), ['LATE', 'HOURS', 'EARLY', 'GONE']);
  assert.deepEqual(await known('2025-06-04T20:00:00Z'), ['TAIL', 'LATE', 'HOURS', 'EARLY', 'GONE']);
});

test('stocks that no longer trade come after those that do, whatever their priority, and a cut leaves them out', async () => {
  assert.deepEqual(await known('2025-02-14T21:00:00Z'), ['GONE', 'EARLY']);
  assert.deepEqual(await known('2025-03-03T21:00:00Z'), ['EARLY', 'GONE']);
  assert.deepEqual(await known('2025-03-03T21:00:00Z', 1), ['EARLY']);
});

test('a bar starts at or before the newest closed start exactly when it has closed', () => {
  for (const timeframe of STORED) {
    const bars = madeSeries(timeframe, '2025-11-25', '2025-12-02', { seed: 3 });
    for (let at = 0; at < bars.length; at += 1) {
      const [start, end] = [bars.time[at]!, endOf(sessions, timeframe, bars.time[at]!)];
      for (const asOf of [start, end - 1, end, end + 1])
        assert.equal(start <= newestClosedStart(sessions, timeframe, asOf), end <= asOf, `${timeframe} bar ${at}`);
    }
  }
});
