import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkCatalogue } from '#kernel/postgres/catalogue.ts';
import { ANON, type Identity, SERVICE, type Session } from '#kernel/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { calendar, madeSeries, sessions } from '../aggregation/made-bars.ts';
import type { StoredTimeframe } from '../aggregation/timeframes.ts';
import { marketDataMigrations } from '../api.ts';
import { hasIntradayBetween, newestBar, newestPerSymbol } from './coverage.ts';
import { maintain } from './maintain.ts';
import { MarketMemory } from './memory.ts';
import { readBars } from './read-bars.ts';
import { COLUMNS, type Series, slice } from './series.ts';
import { listStocks, universe } from './stocks.ts';
import { writeTail } from './tail.ts';
import { lockWrites, mergeIntoChunks } from './write-bars.ts';

/** After the bars of these tests, and near enough for retention to leave them. */
const JUNE = Date.UTC(2025, 5, 30);

let db: TestDatabase;
before(async () => {
  db = await testDatabase({ migrations: [marketDataMigrations] });
});
after(() => db.close());

const service = <T>(work: (session: Session) => Promise<T>) =>
  db.database.asService(async (session) => {
    await lockWrites(session, 'simulated');
    return await work(session);
  });
const merge = (symbol: string, timeframe: StoredTimeframe, bars: Series) =>
  service((session) => mergeIntoChunks(session, 'simulated', timeframe, [{ symbol, timeframe, bars }]));
const tail = (symbol: string, timeframe: StoredTimeframe, bars: ReturnType<typeof slice>) =>
  service((session) => writeTail(session, 'simulated', [{ symbol, timeframe, bars }]));
const stored = async (symbol: string, from = 0, to?: number) =>
  (await service((session) => readBars(session, { source: 'simulated', symbols: [symbol], from, to }))).map(
    ({ timeframe, series }) => [timeframe, contents(series)] as const,
  );
const contents = (bars: ReturnType<typeof slice>) =>
  COLUMNS.map((column) => [...bars[column].subarray(0, bars.length)]);
const viewed = (symbol: string) =>
  db.sql<{ time: number; close: number }>(
    'select extract(epoch from ts)::float8 * 1000 as time, close from market_data where symbol = $1 order by ts',
    [symbol],
  );
const changed = (bars: Series, at: number): ReturnType<typeof slice> => {
  const one = slice(bars, at, at + 1);
  const raised = { ...one, close: one.close.map((close) => close + 0.125), high: one.high.map((high) => high + 1) };
  return raised;
};

test('bars come back from chunks as they were written, bit for bit, whole or from a moment on', async () => {
  const days = madeSeries('1D', '1998-12-30', '2001-01-05', { seed: 1 });
  days.close[3] = days.low[3] = 0.1 + 0.2;
  const quarters = madeSeries('15m', '2025-01-30', '2025-02-03', { seed: 2 });
  assert.deepEqual(await merge('ROUND', '1D', days), { stored: days.length, updated: 0, unchanged: 0 });
  await merge('ROUND', '15m', quarters);
  assert.deepEqual(await stored('ROUND'), [
    ['15m', contents(quarters)],
    ['1D', contents(days)],
  ]);
  const inSql = await db.sql<{ close: number; time: number }>(
    `select close, extract(epoch from ts)::float8 * 1000 as time from market_data where symbol = 'ROUND' and timeframe = '1D' order by ts`,
  );
  assert.deepEqual(
    [inSql.map(({ time }) => time), inSql.map(({ close }) => close)],
    [contents(days)[0], contents(days)[4]],
  );
  assert.deepEqual(await stored('ROUND', days.time[10], days.time[300]), [['1D', contents(slice(days, 10, 300))]]);
});

test('merging again changes nothing; what differs is updated, what is missing is added', async () => {
  const days = madeSeries('1D', '2020-12-21', '2021-01-08', { seed: 3 });
  await merge('AGAIN', '1D', days);
  assert.deepEqual(await merge('AGAIN', '1D', days), { stored: 0, updated: 0, unchanged: days.length });
  const longer = madeSeries('1D', '2020-12-21', '2021-01-12', { seed: 3 });
  longer.high[2]! += 5;
  assert.deepEqual(await merge('AGAIN', '1D', longer), { stored: 2, updated: 1, unchanged: days.length - 1 });
  assert.deepEqual(await stored('AGAIN'), [['1D', contents(longer)]]);
});

test('a bar of the tail wins over the chunk in memory and in SQL, before and after it is folded', async () => {
  const bars = madeSeries('15m', '2025-06-02', '2025-06-03', { seed: 4 });
  await merge('TAIL', '15m', bars);
  const fixed = changed(bars, 5);
  assert.equal(await tail('TAIL', '15m', fixed), 1);
  assert.equal(await tail('TAIL', '15m', fixed), 0, 'the same bar again changes no row');
  const expected = [...bars.close.subarray(0, bars.length)].with(5, fixed.close[0]!);
  const look = async () => {
    assert.deepEqual(
      (await viewed('TAIL')).map(({ close }) => close),
      expected,
    );
    assert.deepEqual((await stored('TAIL'))[0]![1][4], expected);
  };
  await look();
  const { folded } = await maintain(db.database, 'simulated', { now: JUNE, foldBefore: JUNE });
  assert.ok(folded >= 1);
  assert.deepEqual(await db.sql('select 1 from market.bar_tail where symbol = $1', ['TAIL']), []);
  await look();
});

test('folding 5-minute bars leaves the running session in the tail', async () => {
  const bars = madeSeries('5m', '2025-06-02', '2025-06-03', { seed: 5 });
  const open = calendar.session('2025-06-03')!.open;
  await tail('FOLD', '5m', bars);
  await maintain(db.database, 'simulated', { now: open, foldBefore: open });
  assert.equal((await db.sql('select from market.bar_tail where symbol = $1', ['FOLD'])).length, 78);
  assert.deepEqual(await stored('FOLD'), [['5m', contents(bars)]]);
});

test('a merge takes what the tail held of its chunks along', async () => {
  const bars = madeSeries('15m', '2025-06-02', '2025-06-03', { seed: 15 });
  await tail('ALONG', '15m', bars);
  await service((session) =>
    mergeIntoChunks(session, 'simulated', '15m', [{ symbol: 'ALONG', timeframe: '15m', bars: changed(bars, 0) }]),
  );
  assert.equal((await db.sql('select from market.bar_tail where symbol = $1', ['ALONG'])).length, 0);
  assert.equal((await viewed('ALONG')).length, bars.length);
});

test('a transaction that fails leaves no bar behind', async () => {
  const bars = madeSeries('15m', '2025-06-02', '2025-06-03', { seed: 6 });
  await assert.rejects(
    service(async (session) => {
      await mergeIntoChunks(session, 'simulated', '15m', [{ symbol: 'GONE', timeframe: '15m', bars }]);
      throw new Error('the power went out');
    }),
    /power/,
  );
  assert.deepEqual(await stored('GONE'), []);
});

test('writers of one source wait for each other: no bar of two merges at once is lost', async () => {
  const bars = madeSeries('1D', '2024-01-02', '2024-03-28', { seed: 7 });
  const pieces = Array.from({ length: 6 }, (_, part) => slice(bars, part * 10, part * 10 + 10));
  await Promise.all(
    pieces.map((piece, part) =>
      part % 2
        ? tail('RACE', '1D', piece)
        : service((session) =>
            mergeIntoChunks(session, 'simulated', '1D', [{ symbol: 'RACE', timeframe: '1D', bars: piece }]),
          ),
    ),
  );
  assert.deepEqual((await stored('RACE'))[0]![1], contents(slice(bars, 0, 60)));
});

test('retention drops old partitions of live sources, never those of files, and none that is still needed', async () => {
  const put = (source: 'simulated' | 'polygon' | 'files', timeframe: StoredTimeframe, bars: Series) =>
    db.database.asService(async (session) => {
      await mergeIntoChunks(session, source, timeframe, [{ symbol: 'KEEP', timeframe, bars }]);
    });
  const now = Date.UTC(2026, 10, 22);
  for (const source of ['polygon', 'files'] as const) {
    await put(source, '15m', madeSeries('15m', '2025-09-26', '2025-10-02', { seed: 8 }));
    await put(source, '1D', madeSeries('1D', '2015-12-30', '2016-12-30', { seed: 9 }));
  }
  const { dropped } = await maintain(db.database, 'polygon', { now, foldBefore: 0 });
  const ofPolygon = dropped.filter((name) => name.includes('polygon'));
  assert.deepEqual(ofPolygon, ['bar_chunks_polygon_daily_2015', 'bar_chunks_polygon_intraday_202509']);
  const left = await db.sql<{ source: string; timeframe: string; first: Date }>(
    `select source, timeframe, min(ts) as first from market_data where symbol = 'KEEP' group by 1, 2 order by 1, 2`,
  );
  assert.deepEqual(
    left.map(({ source, timeframe, first }) => [source, timeframe, first.toISOString().slice(0, 10)]),
    [
      ['files', '15m', '2025-09-26'],
      ['files', '1D', '2015-12-30'],
      ['polygon', '15m', '2025-10-01'],
      ['polygon', '1D', '2016-01-04'],
    ],
  );
  const names = (
    await db.sql<{ name: string }>(`select relname as name from pg_class where relname like 'bar_chunks_polygon%2026%'`)
  ).map(({ name }) => name);
  for (const month of ['202611', '202612']) assert.ok(names.includes(`bar_chunks_polygon_intraday_${month}`), month);
  assert.ok((await db.sql(`select 1 from pg_class where relname = 'bar_chunks_polygon_intraday_202701'`)).length === 1);
});

test('every table, each partition too, has row level security enabled and forced', async () => {
  await merge('GUARD', '15m', madeSeries('15m', '2024-05-01', '2024-05-02', { seed: 10 }));
  const report = await checkCatalogue({ owner: db.owner, schemas: ['public', 'market'] });
  assert.deepEqual(report.faults, []);
  assert.ok(report.tables > 15);
});

test('who may do what', async () => {
  await service((session) =>
    listStocks(session, 'simulated', [
      {
        ticker: 'OPEN',
        companyName: 'Open Inc',
        sector: 'Energy',
        industry: null,
        marketCap: 5,
        priority: 1,
        source: 'simulated',
      },
    ]),
  );
  await merge('OPEN', '1D', madeSeries('1D', '2024-05-01', '2024-05-31', { seed: 11 }));
  const user: Identity = {
    role: 'authenticated',
    claims: { sub: '00000000-0000-4000-8000-000000000001', role: 'authenticated' },
  };
  const may = (identity: Identity, text: string) =>
    db.database
      .as(identity, (session) => session.query(text))
      .then(
        (rows) => (rows.length > 0 ? 'rows' : 'done'),
        (error) => error.code,
      );
  const insertStock = `insert into active_stocks (ticker, source) values ('EVIL', 'files')`;
  const cases: [string, string, string, string][] = [
    //                                                            anon     user     service
    ["select from active_stocks where sector = 'Energy'", 'rows', 'rows', 'rows'],
    ["select from stock_universe where ticker = 'OPEN'", 'rows', 'rows', 'rows'],
    ["select from market_data where symbol = 'OPEN'", 'rows', 'rows', 'rows'],
    ['select from market_data_phase1 limit 1', 'rows', 'rows', 'rows'],
    ['select from market.listings', '42501', '42501', 'rows'],
    ['select from market_data_imports', '42501', '42501', 'done'],
    ["update active_stocks set sector = 'x' where ticker = 'OPEN'", '42501', '42501', 'done'],
    ["delete from market.bar_chunks where symbol = 'OPEN'", '42501', '42501', 'done'],
    ["insert into market.bar_tail values ('files', 'OPEN', '1D', now(), 1, 1, 1, 1, 1)", '42501', '42501', 'done'],
    ["select market.ensure_partitions('files', 'daily', '2020-01-01', '2020-01-01')", '42501', '42501', 'rows'],
    ["select market.drop_partitions('2000-01-01', '2000-01-01')", '42501', '42501', 'done'],
    ["select market.ensure_partitions('files; drop', 'daily', '2020-01-01', '2020-01-01')", '42501', '42501', '22023'],
    [insertStock, '42501', '42501', 'done'],
  ];
  for (const [text, anon, signedIn, asService] of cases) {
    assert.equal(await may(ANON, text), anon, `anon: ${text}`);
    assert.equal(await may(user, text), signedIn, `user: ${text}`);
    assert.equal(await may(SERVICE, text), asService, `service: ${text}`);
  }
});

test('a broken bar cannot enter the tail even past the application', async () => {
  const broken = `insert into market.bar_tail values ('files', 'BAD', '1D', now(), 1, 1, 2, 1, 1)`;
  await assert.rejects(db.sql(broken), { code: '23514' });
});

test('a real source describes a stock over the simulation, a file never erases what is known, and each source keeps its list', async () => {
  const stock = (source: 'simulated' | 'polygon' | 'files', companyName: string | null, priority: number) => ({
    ticker: 'BOTH',
    companyName,
    sector: null,
    industry: null,
    marketCap: null,
    priority,
    source,
  });
  await service((session) => listStocks(session, 'simulated', [stock('simulated', 'Invented', 3)]));
  await service((session) => listStocks(session, 'polygon', [stock('polygon', 'Real', 7)]));
  await service((session) => listStocks(session, 'files', [stock('files', null, 100)]));
  await service((session) => listStocks(session, 'simulated', [stock('simulated', 'Invented', 3)]));
  const named = async (source: 'simulated' | 'polygon' | 'files') =>
    (await service((session) => universe(session, source))).find(({ ticker }) => ticker === 'BOTH');
  assert.equal((await named('polygon'))!.companyName, 'Real');
  assert.equal((await named('files'))!.priority, 100);
  assert.equal((await named('simulated'))!.priority, 3);
});

test('coverage knows the newest bars of chunks and tail', async () => {
  const days = madeSeries('1D', '2024-12-02', '2025-01-10', { seed: 12 });
  await merge('COVER', '1D', days);
  const next = madeSeries('1D', '2025-01-13', '2025-01-13', { seed: 13 });
  const newest = (now?: number) =>
    service((session) => newestPerSymbol(session, 'simulated', '1D', ['COVER', 'NONE'], now));
  const last = days.length - 1;
  const sought = [undefined, next.time[0]!, Date.UTC(2035, 0, 1)];
  for (const now of sought)
    assert.deepEqual([...(await newest(now))], [['COVER', { time: days.time[last], close: days.close[last] }]]);
  await tail('COVER', '1D', next);
  for (const now of sought)
    assert.deepEqual([...(await newest(now))], [['COVER', { time: next.time[0], close: next.close[0] }]]);
  const at = (asOf: number) => service((session) => newestBar(session, 'simulated', asOf, 'COVER'));
  assert.equal(await at(Date.UTC(2030, 0, 1)), next.time[0]);
  assert.equal(await at(days.time[0]! - 1), null);
  const intraday = (from: string, to: string) =>
    service((session) => hasIntradayBetween(session, 'files', Date.parse(from), Date.parse(to)));
  assert.equal(await intraday('2025-09-01', '2025-10-01'), true);
  assert.equal(await intraday('2025-08-01', '2025-09-25'), false);
});

test('memory holds what was asked for, reads more when asked to reach further back, and takes new bars in', async () => {
  const days = madeSeries('1D', '2023-01-03', '2023-12-29', { seed: 14 });
  await merge('MEM', '1D', slice(days, 0, 200) as Series);
  const memory = new MarketMemory(db.database, 'simulated', sessions);
  const progress: [number, number][] = [];
  await memory.load(['MEM', 'NOTHING'], days.time[100]!, (done, total) => progress.push([done, total]));
  assert.deepEqual(progress, [[2, 2]]);
  assert.equal(memory.stock('MEM')!.series('1D')!.length, 100);
  memory.take([{ symbol: 'MEM', timeframe: '1D', bars: slice(days, 199, 201) }]);
  assert.equal(memory.stock('MEM')!.series('1D')!.length, 101);
  await memory.load(['MEM'], days.time[150]!);
  assert.equal(memory.stock('MEM')!.series('1D')!.length, 101, 'what is held is not read again');
  await memory.load(['MEM'], 0);
  assert.equal(memory.stock('MEM')!.series('1D')!.length, 200);
});
