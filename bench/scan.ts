/**
 * A whole scan of 6,000 symbols x 4 timeframes (simulated bars in memory, real Postgres): windows, scores, store; then live ticks:
 * 6,000 new bars written, taken into memory, windows cut, scored, signals stored.
 *
 *     node bench/scan.ts [--symbols 6000] [--sessions 120] [--ticks 3]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLog } from '#kernel/log.ts';
import { authenticatorTarget, bootstrap } from '#kernel/postgres/bootstrap.ts';
import { startCluster } from '#kernel/postgres/cluster.ts';
import type { Database } from '#kernel/postgres/database.ts';
import { migrate } from '#kernel/postgres/migrate.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import type { Stock, StockWindow } from '#services/market-data/api.ts';
import { kurzora } from '../src/products/kurzora/product.ts';
import { DEFAULT_SETTINGS, INTRADAY } from '../src/products/kurzora/rules/engine.ts';
import type { PastBars } from '../src/products/kurzora/rules/fate.ts';
import { expiryOf } from '../src/products/kurzora/rules/lifecycle.ts';
import { scoreStock } from '../src/products/kurzora/rules/score-stock.ts';
import { scoreUniverse, type UniverseScores } from '../src/products/kurzora/score-universe.ts';
import { storeScan } from '../src/products/kurzora/store-scan.ts';
import { finestClosedBars } from '../src/services/market-data/aggregation/closed-bars.ts';
import { SessionTable } from '../src/services/market-data/aggregation/sessions.ts';
import { stockWindow } from '../src/services/market-data/aggregation/window.ts';
import { nyseCalendar } from '../src/services/market-data/calendar/exchange-calendar.ts';
import { createSimulatedExchange } from '../src/services/market-data/simulated/simulated-exchange.ts';
import { MarketMemory } from '../src/services/market-data/store/memory.ts';
import { writeTail } from '../src/services/market-data/store/tail.ts';
import type { NewBars } from '../src/services/market-data/store/write-bars.ts';
import { lockWrites } from '../src/services/market-data/store/write-bars.ts';
import { processorTime } from './processor-time.ts';

const { values: options } = parseArgs({
  options: {
    symbols: { type: 'string', default: '6000' },
    sessions: { type: 'string', default: '120' },
    ticks: { type: 'string', default: '3' },
  },
});
const QUARTER = 900_000;
const calendar = nyseCalendar();
const sessions = new SessionTable(calendar, { from: '1990-01-01', to: '2100-12-31' });
const provider = createSimulatedExchange({ seed: 1, calendar });
const live = calendar.session('2025-06-10')!;
const folder = mkdtempSync(join(tmpdir(), 'freehold-bench-'));
const log = createLog('error');
const cluster = await startCluster({ folder, log });
try {
  await run();
} finally {
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function run(): Promise<void> {
  await bootstrap({ owner: cluster.target, authenticatorPassword: 'bench' });
  await migrate({ owner: cluster.target, migrations: kurzora.migrations, log });
  const target = authenticatorTarget(cluster.target, 'bench');
  const database = openDatabase({ target, poolSize: 4, statementTimeoutMs: 600_000, log });
  const stocks = await provider.universe(Number(options.symbols));
  const symbols = stocks.map(({ ticker }) => ticker);
  const held = new MarketMemory(database, 'simulated', sessions);
  await held.load(symbols, 0);
  await report('history into memory', async () => {
    const days = calendar.between('2023-06-01', '2025-06-09');
    held.take(await fetched(symbols, '1D', live.open - 520 * 86_400_000, live.open));
    held.take(await fetched(symbols, '15m', days.at(-Number(options.sessions))!.open, live.open));
  });

  const marketData = {
    window: (ticker: string, request: Parameters<typeof stockWindow>[3]) =>
      stockWindow(ticker, held.stock(ticker)!, sessions, request),
  };
  const past: PastBars = {
    closedBars: (ticker, range) => finestClosedBars(held.stock(ticker)!, sessions, range),
    lastClose: (ticker, asOf) => held.stock(ticker)!.lastClose(asOf),
  };
  const score = (asOf: number) =>
    scoreUniverse(marketData, stocks, { asOf, set: INTRADAY, settings: DEFAULT_SETTINGS });
  const before = live.open - 1;
  await report('first windows and scores (derives 1H 4H 1W)', () => score(before));
  await scoresAlone(
    symbols.map((ticker) => marketData.window(ticker, { asOf: before, timeframes: INTRADAY.timeframes })!),
  );
  let scores: UniverseScores = { signals: [], skipped: [] };
  await report('whole scan: windows and scores', async () => {
    scores = await score(before);
  });
  await report(`store ${scores.signals.length} new signals`, () => store(database, scores, stocks, past, before));

  for (let tick = 1; tick <= Number(options.ticks); tick += 1) {
    const [start, end] = [live.open + (tick - 1) * QUARTER, live.open + tick * QUARTER];
    const bars = await fetched(symbols, '15m', start, end);
    await report(
      `live tick ${tick}: ${bars.length} bars`,
      () => liveTick(database, held, bars, () => score(end), stocks, past, end),
      2_000,
    );
  }
  await database.close();
}

async function scoresAlone(windows: readonly StockWindow[]): Promise<void> {
  const work = () => {
    for (const window of windows) scoreStock(window, { set: INTRADAY, settings: DEFAULT_SETTINGS });
  };
  await report('scores alone, windows at hand', work, 1_200);
}

async function liveTick(
  database: Database,
  held: MarketMemory,
  bars: readonly NewBars[],
  score: () => Promise<UniverseScores>,
  stocks: readonly Stock[],
  past: PastBars,
  asOf: number,
): Promise<void> {
  const marks = [performance.now()];
  await database.asService(async (session) => {
    await lockWrites(session, 'simulated');
    await writeTail(session, 'simulated', bars);
  });
  marks.push(performance.now());
  held.take(bars);
  const scores = await score();
  marks.push(performance.now());
  const outcome = await store(database, scores, stocks, past, asOf);
  marks.push(performance.now());
  const [write, scored, stored] = marks.slice(1).map((mark, index) => seconds(mark - marks[index]!));
  console.log(`  bars written ${write}, windows and scores ${scored}, stored ${stored}: ${JSON.stringify(outcome)}`);
}

function store(
  database: Database,
  { signals, skipped }: UniverseScores,
  stocks: readonly Stock[],
  bars: PastBars,
  asOf: number,
) {
  const byTicker = new Map(stocks.map((stock) => [stock.ticker, stock]));
  return storeScan(database, {
    signals: signals.map((signal) => {
      const { companyName, sector } = byTicker.get(signal.ticker)!;
      return { signal, companyName, sector, expiresAt: expiryOf(asOf, calendar) };
    }),
    skipped,
    asOf,
    bars,
    elapsed: () => 0,
    record: {
      source: 'simulated',
      phase: 3,
      timeframe: INTRADAY.label,
      live: true,
      scanned: stocks.length,
      signals: signals.length,
      skipped: {},
    },
  });
}

async function fetched(
  symbols: readonly string[],
  timeframe: '15m' | '1D',
  from: number,
  to: number,
): Promise<NewBars[]> {
  const list: NewBars[] = [];
  for await (const piece of provider.fetch({ symbols, timeframe, from, to })) list.push(piece);
  return list;
}

/** Wall time, and processor time of Node and Postgres together: others may be using the machine too. */
async function report(title: string, work: () => unknown, limit?: number): Promise<void> {
  const [start, used] = [performance.now(), processorTime(cluster.pid) ?? 0];
  await work();
  const [wall, processor] = [performance.now() - start, (processorTime(cluster.pid) ?? 0) - used];
  const verdict = limit
    ? `  limit ${seconds(limit)}: ${processor <= limit ? 'held' : 'MISSED'}, ${(processor / limit).toFixed(2)} of it`
    : '';
  const memory = `${Math.round(process.memoryUsage().rss / 1e6)} MB`;
  console.log(`${title.padEnd(46)} ${seconds(wall)} (processor ${seconds(processor)})  ${memory}${verdict}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
