import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readConfig } from '#kernel/config.ts';
import { createLog } from '#kernel/log.ts';
import type { Project } from '#kernel/product.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { sharedData } from '../../../test/shared-data.ts';
import { marketDataMigrations, openMarketData } from './api.ts';

const folder = mkdtempSync(join(tmpdir(), 'market-data-'));
const SCAN = ['1H', '4H', '1D', '1W'] as const;
let db: TestDatabase;
before(async () => {
  db = await testDatabase({ migrations: [marketDataMigrations] });
});
after(async () => {
  await db.close();
  rmSync(folder, { recursive: true });
});

function project(environment: Record<string, string>, now = Date.UTC(2025, 5, 9, 18, 7)): Project {
  return {
    name: 'test',
    config: readConfig({ dataFolder: folder }, environment),
    database: db.database,
    background: db.database,
    jobs: { add: async () => {} },
    log: createLog('silent'),
    dataFolder: folder,
    now: () => now,
  };
}

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, ['symbol,date,open,high,low,close,volume', ...lines].join('\n'));
  return path;
}

const WEEK = ['2022-06-13', '2022-06-14', '2022-06-15', '2022-06-16', '2022-06-17'];

test('from nothing: the simulated exchange lists its stocks, refreshes, loads and gives windows that end now', async () => {
  const now = Date.UTC(2025, 5, 9, 18, 7);
  const market = await openMarketData({ project: project({}) });
  assert.equal(market.source, 'simulated');
  const tickers = (await market.universe(4)).map(({ ticker }) => ticker);
  assert.equal(tickers.length, 4);
  const { bars, symbols, newest } = await market.refresh({ now, symbols: tickers });
  assert.ok(bars > 4 * 300);
  assert.equal(symbols, 4);
  assert.equal(newest, Date.UTC(2025, 5, 9, 17, 45));
  assert.equal(await market.hasIntraday(now), true);
  await market.load({ symbols: tickers, from: now - 500 * 86_400_000 });
  for (const ticker of tickers) {
    const window = market.window(ticker, { asOf: now, timeframes: SCAN })!;
    assert.deepEqual(Object.keys(window.frames), [...SCAN]);
    assert.ok(Object.values(window.frames).every(({ provisional }) => provisional));
    assert.equal(window.price!.time, Date.UTC(2025, 5, 9, 18, 0));
  }
  // A tick reaches memory without another load.
  const later = now + 15 * 60_000;
  await market.refresh({ now: later, symbols: tickers });
  assert.equal(
    market.window(tickers[0]!, { asOf: later, timeframes: ['1D'] })!.price!.time,
    Date.UTC(2025, 5, 9, 18, 15),
  );
  const chart = (await market.bars(tickers[0]!, '4H', { asOf: later, limit: 10 }))!;
  const frame = market.window(tickers[0]!, { asOf: later, timeframes: ['4H'], intradayLimit: 10 })!.frames['4H']!;
  assert.deepEqual([...chart.bars.close], [...frame.bars.close]);
  const { folded } = await market.maintain({ now: later });
  assert.ok(folded >= 0);
  assert.equal(await market.bars('NOSUCH', '1D', { asOf: later, limit: 10 }), null);
  await market.close();
});

test('importing is all or nothing, idempotent, updates what was corrected, and records who imported what', async () => {
  const market = await openMarketData({ project: project({ MARKET_DATA: 'files' }) });
  const lines = WEEK.map((date, day) => `IMP,${date},${10 + day},${12 + day},${9 + day},${11 + day},100`);
  const path = file('imp.csv', [...lines, 'IMP,2022-06-18,1,1,1,1,1']);
  const counts = ({ stored, unchanged, updated }: Record<'stored' | 'unchanged' | 'updated', number>) => [
    stored,
    unchanged,
    updated,
  ];
  const first = await market.importFile(path, {});
  assert.deepEqual(counts(first), [5, 0, 0]);
  assert.deepEqual(first.rejected, { 'closed day': 1 });
  assert.deepEqual(counts(await market.importFile(path, {})), [0, 5, 0]);
  file('imp.csv', lines.with(2, 'IMP,2022-06-15,12,15,11,14,100'));
  assert.deepEqual(counts(await market.importFile(path, {})), [0, 4, 1]);
  const asOf = Date.parse('2022-06-15T20:00:00Z');
  await market.load({ from: asOf - 500 * 86_400_000 });
  assert.equal(market.window('IMP', { asOf, timeframes: ['1D'] })!.price!.value, 14);
  const imports = await db.sql<{ name: string; read: string; who: string; sha: number }>(
    'select file_name as name, bars_read as read, imported_by as who, length(sha256) as sha from market_data_imports order by id',
  );
  assert.deepEqual(
    imports.map(({ name, read, sha }) => [name, Number(read), sha]),
    [
      ['imp.csv', 6, 64],
      ['imp.csv', 6, 64],
      ['imp.csv', 5, 64],
    ],
  );
  assert.ok(imports.every(({ who }) => who.length > 0));
  assert.deepEqual(
    (await market.universe()).map(({ ticker }) => ticker),
    ['IMP'],
  );
});

test('with nothing chosen, imported files win over the simulation; a file imported later is seen by the next load', async () => {
  const market = await openMarketData({ project: project({}) });
  assert.equal(market.source, 'files');
  const asOf = Date.parse('2022-06-17T20:00:00Z');
  await market.load({ from: asOf - 86_400_000 * 30 });
  assert.equal(market.window('NEXT', { asOf, timeframes: ['1D'] }), null);
  const other = await openMarketData({ project: project({}), source: 'files' });
  await other.importFile(
    file(
      'next.csv',
      WEEK.map((date) => `NEXT,${date},1,2,1,2,5`),
    ),
    {},
  );
  await market.load({ from: asOf - 86_400_000 * 30 });
  assert.equal(market.window('NEXT', { asOf, timeframes: ['1D'] })!.frames['1D']!.bars.length, 5);
  assert.equal((await market.refresh({ now: asOf })).newest, Date.parse('2022-06-17T13:30:00Z'));
});

test('bars of files and of the simulation never mix', async () => {
  const simulated = await openMarketData({ project: project({ MARKET_DATA: 'simulated' }) });
  await simulated.load({ symbols: ['IMP'], from: 0 });
  assert.equal(simulated.window('IMP', { asOf: Date.now(), timeframes: ['1D'] }), null);
});

const daily = sharedData('daily/sp500_daily_2019_2022.csv.gz');
test('five years of the S&P 500 import whole, and a window holds what the file says', {
  skip: daily.skip,
}, async () => {
  const market = await openMarketData({ project: project({ MARKET_DATA: 'files' }) });
  const report = await market.importFile(daily.path, {});
  assert.deepEqual([report.read, report.stored, report.symbols, report.timeframe], [437_953, 437_953, 438, '1D']);
  assert.deepEqual(report.rejected, {});
  const asOf = Date.parse('2022-06-15T20:00:00Z');
  await market.load({ symbols: ['AAPL'], from: asOf - 500 * 86_400_000 });
  const window = market.window('AAPL', { asOf, timeframes: SCAN })!;
  assert.deepEqual(window.price, { value: 135.43, time: asOf, timeframe: '1D' });
  assert.equal(window.previousClose, 132.76);
  assert.deepEqual(Object.keys(window.frames), ['1D', '1W']);
});

const intraday = sharedData('intraday');
test('the three intraday files agree where they overlap, and stray bars after an early close are refused', {
  skip: intraday.skip,
}, async () => {
  const market = await openMarketData({ project: project({ MARKET_DATA: 'files' }) });
  const reports = [];
  for (const name of ['us_15min_2025', 'us_5min_2025_4sym', 'us_1min_3sym'])
    reports.push(await market.importFile(join(intraday.path, `${name}.csv.gz`), {}));
  assert.deepEqual(
    reports.map(({ timeframe, rejected }) => [timeframe, rejected]),
    [
      ['15m', { 'outside session': 26 }],
      ['5m', { 'outside session': 1084 }],
      ['1m', { 'outside session': 12 }],
    ],
  );
  const asOf = Date.parse('2025-10-15T15:07:00Z');
  await market.load({ symbols: ['SPY'], from: asOf - 100 * 86_400_000 });
  const window = market.window('SPY', { asOf, timeframes: SCAN })!;
  assert.equal(window.price!.timeframe, '1m');
  assert.equal(window.price!.time, asOf);
  assert.ok(Object.values(window.frames).every(({ provisional }) => provisional));
  await assert.rejects(
    market.importFile(join(intraday.path, 'crypto_unittest_btc_1m.csv.gz'), { symbol: 'BTC' }),
    /around the clock/,
  );
});
