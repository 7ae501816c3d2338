import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bars } from '#quant/bars.ts';
import { type MarketInMemory, marketInMemory } from '#services/market-data/api.ts';
import { evaluateMarket, plantedWalks, randomWalks, shuffledDays } from './placebo.ts';
import { dailyBars, outcomeAt, replay, wilderRanges } from './replay.ts';
import { DEFAULT_SETTINGS, END_OF_DAY } from './rules/engine.ts';
import { WIDTH } from './rules/record/event-table.ts';
import { PROTOCOL } from './rules/record/protocol.ts';

const UNTIL = Date.UTC(2019, 11, 31, 21);
const all = { settings: DEFAULT_SETTINGS, setAt: () => END_OF_DAY, from: 0, to: UNTIL, until: UNTIL };

test('random walks are flat: no score has an edge, and intervals miss the base rate no oftener than one in twenty should', async () => {
  let [intervals, misses] = [0, 0];
  for (const seed of [21, 22, 23, 24]) {
    const { engine, calibrated, scored } = await evaluateMarket(randomWalks(seed, 12));
    assert.ok(scored > 2000, `${scored}`);
    assert.equal(engine.edge, 'none');
    assert.equal(calibrated!.edge, 'none');
    for (const { liftInterval } of engine.buckets) {
      intervals += 1;
      if (liftInterval[0] > 0 || liftInterval[1] < 0) misses += 1;
    }
  }
  // Of twelve to twenty intervals four or more miss by chance once in a hundred times.
  assert.ok(intervals >= 12 && misses < 4, `${misses} of ${intervals}`);
});

test('a planted signal is found by the engine’s score and by the calibrated one', async () => {
  const { engine, calibrated } = await evaluateMarket(plantedWalks(2, 16));
  assert.equal(engine.edge, 'positive');
  assert.equal(calibrated!.edge, 'positive');
  assert.equal(engine.monotonicity.direction, 'rising');
  assert.ok(engine.monotonicity.blockP < 0.01);
  const best = engine.buckets.at(-1)!;
  assert.ok(best.liftInterval[0] > 0, `${best.liftInterval}`);
});

test('the planted days in another order are flat again: what was planted lay in their order', async () => {
  const planted = plantedWalks(2, 16);
  const { engine } = await evaluateMarket(shuffledDays(planted, planted.tickers, UNTIL)!);
  assert.equal(engine.edge, 'none');
  assert.equal(shuffledDays(planted, [], UNTIL), null);
});

/** The same stocks with the days up to `end` only. */
function cut(market: MarketInMemory, end: number): MarketInMemory {
  const known = marketInMemory();
  for (const ticker of market.tickers) {
    const bars = dailyBars(market, ticker, UNTIL)!;
    known.hold(ticker, '1D', { ...bars, length: bars.time.findIndex((time) => time > end) });
  }
  return known;
}

test('later bars change no score, no feature and no outcome of the past', async () => {
  const market = randomWalks(5, 3);
  const end = market.calendar.session('2019-07-10')!.close;
  const whole = await replay(market, { ...all, tickers: market.tickers });
  const known = await replay(cut(market, end), { ...all, tickers: market.tickers, until: end });
  assert.ok(known.table.length > 300, `${known.table.length}`);
  assert.equal(
    known.closes.at(-1),
    market.calendar.between('2019-01-02', '2019-07-10').at(-1 - PROTOCOL.horizon)!.close,
  );
  const rowOf = new Map<string, number>();
  for (let at = 0; at < whole.table.length; at++) rowOf.set(`${whole.table.stock[at]} ${whole.table.day[at]}`, at);
  for (let at = 0; at < known.table.length; at++) {
    const row = rowOf.get(`${known.table.stock[at]} ${known.table.day[at]}`)!;
    for (const column of ['score', 'hit', 'hitOne', 'gain'] as const)
      assert.equal(known.table[column][at], whole.table[column][row], column);
    const features = (table: typeof known.table, index: number) =>
      table.features.slice(index * WIDTH, (index + 1) * WIDTH);
    assert.deepEqual(features(known.table, at), features(whole.table, row));
  }
  assert.ok(known.open > 0, 'the last twenty sessions are left out');
});

test('costs are taken at both ends, and gains beyond what prices do are held', () => {
  const days = (open: number, high: number, low: number, close: number): Bars => ({
    length: 2,
    time: Float64Array.of(0, 1),
    open: Float64Array.of(100, open),
    high: Float64Array.of(100, high),
    low: Float64Array.of(100, low),
    close: Float64Array.of(100, close),
    volume: Float64Array.of(1, 1),
  });
  const stopped = outcomeAt(days(100, 100, 97, 98), 0, 2)!;
  assert.ok(stopped.stopped && !stopped.hit);
  assert.ok(Math.abs(stopped.gain - (-1 - (PROTOCOL.costRate * (100 + 98)) / 2)) < 1e-12, `${stopped.gain}`);
  const split = outcomeAt(days(100, 1000, 100, 1000), 0, 2)!;
  assert.ok(split.hit && Math.abs(split.gain - 2) < 0.1, 'the target fills at its price, not at the day’s high');
  const lost = outcomeAt({ ...days(100, 100, 10, 10), open: Float64Array.of(100, 100), length: 2 }, 0, 1)!;
  assert.ok(Math.abs(lost.gain + 1) < 0.2);
  assert.equal(outcomeAt(days(100, 100, 100, 100), 1, 2), null);
});

test('Wilder’s range of a bar knows nothing of later bars', () => {
  const market = randomWalks(9, 1);
  const bars = dailyBars(market, market.tickers[0]!, UNTIL)!;
  const [whole, part] = [wilderRanges(bars, 14), wilderRanges({ ...bars, length: 100 }, 14)];
  assert.deepEqual(part, whole.slice(0, 100));
  assert.ok(Number.isNaN(whole[13]) && whole[14]! > 0);
});
