import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { calendar, sessions } from '../aggregation/made-bars.ts';
import { marketDataMigrations } from '../api.ts';
import type { FetchRequest, Provider, SymbolBars } from '../provider.ts';
import { createSimulatedExchange } from '../simulated/simulated-exchange.ts';
import { readBars } from './read-bars.ts';
import { Refresh } from './refresh.ts';
import { COLUMNS } from './series.ts';

const simulated = createSimulatedExchange({ seed: 7, calendar });
const TIMEFRAMES = ['1D', '15m'] as const;
const symbols = (await simulated.universe(3)).map(({ ticker }) => ticker);

let db: TestDatabase;
before(async () => {
  db = await testDatabase({ migrations: [marketDataMigrations] });
});
after(() => db.close());

const asked: FetchRequest[] = [];
/** The simulated exchange, which notes what it was asked and may break down after a number of answers. */
function exchange(options: { breakAfter?: number; adjusted?: boolean; factor?: number } = {}): Provider {
  return {
    ...simulated,
    source: options.adjusted ? 'polygon' : 'simulated',
    adjusted: options.adjusted ?? false,
    async *fetch(request) {
      asked.push(request);
      let answers = 0;
      for await (const found of simulated.fetch(request)) {
        if (answers++ === options.breakAfter) throw new Error('the line went dead');
        yield scaled(found, options.factor ?? 1);
      }
    },
  };
}

function scaled(found: SymbolBars, factor: number): SymbolBars {
  const { length, time, open, high, low, close, volume } = found.bars;
  const times = (values: Float64Array) => values.map((value) => value * factor);
  return {
    ...found,
    bars: { length, time, open: times(open), high: times(high), low: times(low), close: times(close), volume },
  };
}

const refresh = (provider: Provider, now: number, signal?: AbortSignal) =>
  new Refresh(db.database, provider, sessions, async () => {}).run({ now, symbols, timeframes: TIMEFRAMES, signal });

async function everything(source: 'simulated' | 'polygon') {
  const found = await db.database.asService((session) => readBars(session, { source, symbols, from: 0 }));
  return found.map(({ symbol, timeframe, series }) => [
    symbol,
    timeframe,
    ...COLUMNS.map((column) => [...series[column].subarray(0, series.length)]),
  ]);
}

async function expected(now: number, factor = 1) {
  const result: unknown[] = [];
  const all = new Map<string, unknown[]>();
  for (const timeframe of TIMEFRAMES) {
    const from = asked
      .filter((request) => request.timeframe === timeframe)
      .reduce((first, request) => Math.min(first, request.from), Infinity);
    for await (const found of simulated.fetch({ symbols, timeframe, from, to: now })) {
      const { symbol, bars } = scaled(found, factor);
      all.set(`${symbol} ${timeframe}`, [
        symbol,
        timeframe,
        ...COLUMNS.map((column) => [...bars[column].subarray(0, bars.length)]),
      ]);
    }
  }
  for (const key of [...all.keys()].sort()) result.push(all.get(key));
  return result;
}

const sorted = (list: unknown[][]) => list.toSorted((a, b) => (`${a[0]} ${a[1]}` < `${b[0]} ${b[1]}` ? -1 : 1));
const friday = calendar.session('2025-06-06')!;
const monday = calendar.session('2025-06-09')!;

test('a refresh that breaks down keeps what it stored, and the next one goes on to the same result as one that did not', async () => {
  await assert.rejects(refresh(exchange({ breakAfter: 2 }), friday.close), /line went dead/);
  const { bars } = await refresh(exchange(), friday.close);
  assert.ok(bars > 0);
  assert.deepEqual(sorted(await everything('simulated')), await expected(friday.close));
});

test('a second refresh at the same moment asks the provider for nothing', async () => {
  asked.length = 0;
  const newest = friday.close - 15 * 60_000;
  assert.deepEqual(await refresh(exchange(), friday.close), { bars: 0, symbols: 0, newest });
  assert.deepEqual(asked, []);
  await refresh(exchange(), friday.close + 60 * 3_600_000);
  assert.deepEqual(asked, [], 'nor at a weekend');
});

test('ticks of a session ask from the newest stored bar on and give the bars of the session', async () => {
  for (const minutes of [15, 31, 60, 120, 390]) {
    asked.length = 0;
    await refresh(exchange(), monday.open + minutes * 60_000);
    assert.ok(asked.every(({ from, timeframe }) => timeframe === '1D' || from >= friday.close - 15 * 60_000));
    assert.ok(asked.length > 0);
  }
  const stored = await db.sql(`select from market_data where symbol = $1 and timeframe = '15m' and ts >= $2`, [
    symbols[0],
    new Date(monday.open),
  ]);
  assert.equal(stored.length, 26);
  assert.equal(
    (
      await db.sql(`select from market_data where symbol = $1 and timeframe = '1D' and ts >= $2`, [
        symbols[0],
        new Date(monday.open),
      ])
    ).length,
    1,
  );
});

test('after a split an adjusted source gives its whole history again, and no bar of the old scale is left', async () => {
  await refresh(exchange({ adjusted: true }), friday.close);
  asked.length = 0;
  await refresh(exchange({ adjusted: true, factor: 0.5 }), monday.close);
  assert.deepEqual(sorted(await everything('polygon')), await expected(monday.close, 0.5));
});

test('an aborted refresh stops with the reason', async () => {
  const reason = new Error('the operator changed their mind');
  await assert.rejects(refresh(exchange(), monday.close + 86_400_000, AbortSignal.abort(reason)), reason);
});
