/**
 * The bar store: 6,000 symbols with 1,200 daily and 1,200 hourly bars each, on a durable Postgres: written, loaded into memory, cut
 * into windows; then live ticks of 6,000 bars; and chunk rows beside a row per bar on a part of the same bars.
 *
 *     node bench/market-data.ts [--symbols 6000] [--compare 300] [--ticks 5]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLog } from '#kernel/log.ts';
import { authenticatorTarget, bootstrap } from '#kernel/postgres/bootstrap.ts';
import { startCluster } from '#kernel/postgres/cluster.ts';
import { migrate } from '#kernel/postgres/migrate.ts';
import { withOwner } from '#kernel/postgres/owner.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import { type Bars, barsOf } from '#quant/bars.ts';
import { marketDataMigrations } from '#services/market-data/api.ts';
import { SessionTable } from '../src/services/market-data/aggregation/sessions.ts';
import { LENGTH, type StoredTimeframe } from '../src/services/market-data/aggregation/timeframes.ts';
import { stockWindow } from '../src/services/market-data/aggregation/window.ts';
import { nyseCalendar } from '../src/services/market-data/calendar/exchange-calendar.ts';
import { maintain } from '../src/services/market-data/store/maintain.ts';
import { MarketMemory } from '../src/services/market-data/store/memory.ts';
import { readBars } from '../src/services/market-data/store/read-bars.ts';
import { Series } from '../src/services/market-data/store/series.ts';
import { writeTail } from '../src/services/market-data/store/tail.ts';
import { lockWrites, mergeIntoChunks } from '../src/services/market-data/store/write-bars.ts';
import { processorTime } from './processor-time.ts';

const { values: options } = parseArgs({
  options: {
    symbols: { type: 'string', default: '6000' },
    compare: { type: 'string', default: '300' },
    ticks: { type: 'string', default: '5' },
  },
});
const BARS = 1200;
const SCAN = ['1H', '4H', '1D', '1W'] as const;
const symbols = Array.from({ length: Number(options.symbols) }, (_, index) => `S${String(index).padStart(5, '0')}`);
const compared = symbols.slice(0, Number(options.compare));
const calendar = nyseCalendar();
const sessions = new SessionTable(calendar, { from: '1990-01-01', to: '2100-12-31' });
/** Monday; its bars are the ticks. */
const live = calendar.session('2025-06-09')!;

/** Processor time of the last `timed`, milliseconds: on a machine that others use too it says more than the clock. */
let processor = 0;

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
  await migrate({ owner: cluster.target, migrations: [marketDataMigrations], log });
  const target = authenticatorTarget(cluster.target, 'bench');
  const database = openDatabase({ target, poolSize: 4, statementTimeoutMs: 600_000, log });
  const total = symbols.length * BARS * 2;
  console.log(`${symbols.length} symbols x (${BARS} daily + ${BARS} hourly) = ${millions(total)} bars; ${memory()}`);

  const writing = await timed(async () => {
    for (const timeframe of ['1D', '1H'] as const) {
      const times = startsBefore(timeframe);
      for (let at = 0; at < symbols.length; at += 250)
        await database.asService(async (session) => {
          await lockWrites(session, 'simulated');
          const list = symbols
            .slice(at, at + 250)
            .map((symbol, index) => ({ symbol, timeframe, bars: walk(times, at + index) }));
          await mergeIntoChunks(session, 'simulated', timeframe, list);
        });
    }
  });
  console.log(
    `write history as chunks      ${seconds(writing)} (processor ${seconds(processor)})  ${millions((total / writing) * 1000)} bars/s`,
  );

  const held = new MarketMemory(database, 'simulated', sessions);
  global.gc?.();
  const loading = await timed(() => held.load(symbols, 0));
  console.log(
    `load into memory             ${seconds(loading)} (processor ${seconds(processor)})  limit 10 s: ${verdict(loading, 10_000)}; ${memory()}`,
  );

  const before = live.open - 1;
  const windows = (asOf: number) => {
    for (const symbol of symbols) stockWindow(symbol, held.stock(symbol)!, sessions, { asOf, timeframes: SCAN });
  };
  const first = await timed(() => windows(before));
  console.log(`first windows (derive 4H 1W) ${seconds(first)} (processor ${seconds(processor)})  ${memory()}`);
  const again = await timed(() => windows(before));
  console.log(`windows again, 4 timeframes  ${seconds(again)} (processor ${seconds(processor)})`);

  const ticks: { write: number; take: number; windows: number; processor: number }[] = [];
  for (let tick = 0; tick < Number(options.ticks); tick++) {
    const start = live.open + tick * LENGTH['15m'];
    const list = symbols.map((symbol, index) => ({
      symbol,
      timeframe: '15m' as const,
      bars: walk(Float64Array.of(start), index),
    }));
    const write = await timed(() =>
      database.asService(async (session) => {
        await lockWrites(session, 'simulated');
        await writeTail(session, 'simulated', list);
      }),
    );
    let used = processor;
    const take = await timed(() => held.take(list));
    used += processor;
    const cut = await timed(() => windows(start + LENGTH['15m']));
    ticks.push({ write, take, windows: cut, processor: used + processor });
  }
  const part = (name: 'write' | 'take' | 'windows' | 'processor') => median(ticks.map((tick) => tick[name]));
  const whole = median(ticks.map((tick) => tick.write + tick.take + tick.windows));
  console.log(
    `tick of ${symbols.length} bars          ${seconds(whole)} (processor ${seconds(part('processor'))})  limit 1 s: ${verdict(whole, 1000)} (write ${seconds(part('write'))}, memory ${seconds(part('take'))}, windows ${seconds(part('windows'))}; medians of ${ticks.length})`,
  );
  const folding = await timed(() => maintain(database, 'simulated', { now: live.close, foldBefore: live.close }));
  console.log(
    `fold ${symbols.length * ticks.length} tail bars       ${seconds(folding)} (processor ${seconds(processor)})`,
  );
  await compare(database);
  await database.close();
}

/** The same bars of some symbols as chunk rows and as a row per bar: size on disk and time to load, rounds alternating. */
async function compare(database: ReturnType<typeof openDatabase>): Promise<void> {
  const bars = compared.length * BARS * 2;
  const sizes = await withOwner(cluster.target, async (client) => {
    const some = `where symbol <= '${compared.at(-1)}' and timeframe <> '15m'`;
    await client.query('create table chunk_rows (like market.bar_chunks including storage)');
    await client.query(`insert into chunk_rows select * from market.bar_chunks ${some}`);
    await client.query('alter table chunk_rows add primary key (source, symbol, timeframe, starts)');
    await client.query(`create table bar_rows as select * from market_data ${some} order by symbol, timeframe, ts`);
    await client.query('alter table bar_rows add primary key (source, symbol, timeframe, ts)');
    await client.query('grant select on chunk_rows, bar_rows to service_role');
    await client.query('vacuum analyze chunk_rows');
    await client.query('vacuum analyze bar_rows');
    const { rows } = await client.query(
      `select pg_total_relation_size('chunk_rows')::float8 as chunks, pg_total_relation_size('bar_rows')::float8 as rows`,
    );
    return rows[0] as { chunks: number; rows: number };
  });
  const chunks: number[] = [];
  const rows: number[] = [];
  for (let round = 0; round < 5; round++) {
    chunks.push(
      await timed(() =>
        database.asService((session) =>
          readBars(session, { source: 'simulated', symbols: compared, from: 0, to: live.open }),
        ),
      ),
    );
    rows.push(await timed(() => loadRows(database)));
  }
  console.log(`\nchunk rows beside a row per bar (${millions(bars)} bars of ${compared.length} symbols)`);
  const line = (name: string, a: number, b: number, show: (value: number) => string) =>
    console.log(`  ${name}  chunks ${show(a)}, rows ${show(b)}: ${(b / a).toFixed(1)}x`);
  line('on disk, a bar', sizes.chunks / bars, sizes.rows / bars, (value) => `${value.toFixed(0)} B`);
  line('load          ', median(chunks), median(rows), seconds);
}

/** What loading takes from a table with a row per bar: binary columns, no text parsed. */
async function loadRows(database: ReturnType<typeof openDatabase>): Promise<void> {
  const text = `select symbol, timeframe, extract(epoch from ts)::float8 * 1000, open, high, low, close, volume from bar_rows
    where source = 'simulated' and symbol = any($1) order by symbol, timeframe, ts`;
  const { rows } = await database.asService((session) => session.raw({ text, values: [compared], binary: true }));
  const found = new Map<string, Series>();
  for (const row of rows) {
    const key = `${row[0]} ${row[1]}`;
    let series = found.get(key);
    if (!series) {
      series = new Series(BARS);
      found.set(key, series);
    }
    const [time, open, high, low, close, volume] = row.slice(2).map((value) => value!.readDoubleBE(0));
    series.append(time!, open!, high!, low!, close!, volume!);
  }
}

/** Starts of the newest 1,200 bars before the live session. */
function startsBefore(timeframe: StoredTimeframe): Float64Array {
  const starts: number[] = [];
  for (const { open, close } of calendar.between('2019-01-01', '2025-06-06'))
    for (let start = open; start < close; start += LENGTH[timeframe]) starts.push(start);
  return Float64Array.from(starts.slice(-BARS));
}

/** A random walk in cents. */
function walk(times: Float64Array, seed: number): Bars {
  let state = seed + 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) / 16_777_216;
  };
  let cents = 2000 + (seed % 30_000);
  return barsOf(
    Array.from(times, (time) => {
      const open = cents;
      cents = Math.max(100, Math.round(cents * (1 + (random() - 0.5) * 0.03)));
      const high = Math.max(open, cents) + Math.floor(random() * 40);
      const low = Math.min(open, cents) - Math.floor(random() * 40);
      return {
        time,
        open: open / 100,
        high: high / 100,
        low: low / 100,
        close: cents / 100,
        volume: Math.floor(random() * 1e6),
      };
    }),
  );
}

/** Wall time; the processor time of Node and Postgres together goes to `processor`. */
async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  const used = processorTime(cluster.pid);
  await work();
  processor = (processorTime(cluster.pid) ?? 0) - (used ?? 0);
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function memory(): string {
  const { rss, arrayBuffers } = process.memoryUsage();
  return `memory ${Math.round(rss / 1e6)} MB, of it arrays ${Math.round(arrayBuffers / 1e6)} MB`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function millions(count: number): string {
  return `${(count / 1e6).toFixed(2)} M`;
}

function verdict(value: number, limit: number): string {
  return value <= limit ? `held, ${(value / limit).toFixed(2)} of it` : `MISSED by ${(value / limit).toFixed(2)}x`;
}
