import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '#quant/backtest/randomness.ts';
import { dailySums, tenPointBuckets } from './buckets.ts';
import { evaluate } from './evaluation.ts';
import { EventTable, rowsByDay, WIDTH } from './event-table.ts';
import { FEATURES, writeFeatures } from './features.ts';
import { PROTOCOL } from './protocol.ts';
import { bucketFor, recordSentence, verdictOf } from './verdict.ts';
import { engineForecasts } from './walk-forward.ts';

/** 300 days of 40 stocks, half of them scored; `rate` says how often a score comes true. */
function tableOf(rate: (score: number, day: number) => number, seed = 1): EventTable {
  const random = seededRandom(seed);
  const table = new EventTable();
  for (let day = 0; day < 300; day++)
    for (let stock = 0; stock < 40; stock++) {
      const score = stock % 2 === 0 ? 50 + Math.floor(random() * 51) : null;
      const hit = random() < rate(score ?? 75, day);
      const at = table.add({ day, stock, score, hit, hitOne: hit, gain: hit ? 2 : -1 });
      table.features.fill(0, at, at + WIDTH);
      table.features[at + WIDTH - 1] = score ?? 0;
    }
  return table;
}

test('scores that mean something are found, and both scores say so', () => {
  const { engine, calibrated, ...whole } = evaluate(tableOf((score) => 0.1 + 0.5 * ((score - 50) / 50)));
  assert.equal(engine.edge, 'positive');
  assert.equal(engine.monotonicity.spearman, 1);
  assert.equal(engine.monotonicity.direction, 'rising');
  assert.ok(engine.monotonicity.blockP < 0.01);
  assert.ok(calibrated!.edge === 'positive' && calibrated!.brierSkill! > 0.03);
  assert.match(verdictOf({ engine, calibrated, ...whole })[0]!, /knew more than the base rate/);
});

test('scores that mean nothing are said to mean nothing', () => {
  const evaluation = evaluate(tableOf(() => 1 / 3));
  const { engine, calibrated } = evaluation;
  assert.equal(engine.edge, 'none');
  assert.equal(calibrated!.edge, 'none');
  assert.ok(engine.monotonicity.blockP > 0.05);
  for (const { interval, baseRate, liftInterval } of engine.buckets) {
    assert.ok(interval[0] < 1 / 3 + 0.03 && interval[1] > 1 / 3 - 0.03, `${interval}`);
    assert.ok(Math.abs(baseRate - 1 / 3) < 0.03);
    assert.ok(liftInterval[0] < 0.01 && liftInterval[1] > -0.01, `${liftInterval}`);
  }
  assert.match(verdictOf(evaluation)[0]!, /shows no edge/);
});

test('buckets hold every score once, in order, with the base rate of their own days', () => {
  const table = tableOf((_score, day) => (day < 150 ? 0.2 : 0.6));
  const { engine, scored, judged } = evaluate(table);
  assert.equal(judged, 300 * 40);
  assert.equal(
    engine.buckets.reduce((sum, { n }) => sum + n, 0),
    scored,
  );
  for (const [index, bucket] of engine.buckets.entries()) {
    assert.equal(bucket.from, index === 0 ? 50 : engine.buckets[index - 1]!.to);
    assert.ok(bucket.interval[0] <= bucket.hitRate && bucket.hitRate <= bucket.interval[1]);
    assert.ok(Math.abs(bucket.meanR - (3 * bucket.hitRate - 1)) < 1e-6);
    assert.ok(Math.abs(bucket.lift - (bucket.hitRate - bucket.baseRate)) < 1e-9);
  }
  assert.equal(engine.buckets.at(-1)!.to, 100);
  assert.equal(engine.overall!.n, scored);
});

test('few scores are told with their neighbours, and the last with those below', () => {
  const day = (n: number) => ({ n: Float64Array.of(n), hits: Float64Array.of(n / 2), gains: Float64Array.of(0) });
  const counts = [0, 0, 0, 50, 180, 300, 0, 10, 250, 30];
  const edges = (list: number[]) => tenPointBuckets(list.map(day), day(1000)).map(({ from, to, n }) => [from, to, n]);
  assert.deepEqual(edges(counts), [
    [30, 50, 230],
    [50, 60, 300],
    [70, 100, 290],
  ]);
  assert.deepEqual(edges([0, 0, 0, 0, 0, 0, 0, 5, 0, 0]), [[70, 100, 5]]);
  assert.deepEqual(tenPointBuckets([dailySums(1)], dailySums(1)), []);
});

test('a forecast never learns from an outcome that was not known: later days change no earlier forecast', () => {
  const table = tableOf((score) => score / 200);
  const changed = tableOf((score) => score / 200);
  const cut = 200;
  for (let at = 0; at < changed.length; at++)
    if (changed.day[at]! >= cut - PROTOCOL.horizon) changed.hit[at] = 1 - changed.hit[at]!;
  const [before, after] = [table, changed].map((of) => engineForecasts(of, rowsByDay(of)));
  let compared = 0;
  for (let at = 0; at < before!.length; at++) {
    if (table.day[before!.row[at]!]! > cut) continue;
    assert.equal(after!.p[at], before!.p[at]);
    assert.equal(after!.reference[at], before!.reference[at]);
    compared += 1;
  }
  assert.ok(compared > 1000, `${compared}`);
  assert.notDeepEqual(after!.p, before!.p);
  assert.ok(table.day[before!.row[0]!]! >= PROTOCOL.leastTraining + PROTOCOL.horizon);
});

test('nothing to evaluate is no figure at all', () => {
  const evaluation = evaluate(new EventTable());
  assert.deepEqual(evaluation.engine.buckets, []);
  assert.equal(evaluation.engine.brierSkill, null);
  assert.equal(evaluation.model, null);
  assert.match(verdictOf(evaluation)[0]!, /nothing can be said/);
});

test('a signal’s sentence and its bucket', () => {
  const { engine } = evaluate(tableOf(() => 0.36));
  const [bucket, best] = [bucketFor(engine.buckets, 82)!, bucketFor(engine.buckets, 100)!];
  assert.deepEqual([bucket.from, bucket.to, best.to], [80, 90, 100]);
  assert.equal(bucketFor(engine.buckets, 12), undefined);
  const text = recordSentence(82, { ...bucket, hitRate: 0.36, n: 1240, interval: [0.31, 0.41], baseRate: 0.33 });
  assert.equal(text, 'score 82: reached 2R before its stop 36 % of the time (n 1,240, 95 % CI 31-41, base 33 %)');
});

test('features do not know the price’s scale', () => {
  const of = (scale: number) => {
    const readings = {
      rsi: 60,
      macd: 0.5 * scale,
      percentB: 0.7,
      volumeRatio: 1.5,
      stochasticK: 70,
      williamsR: -30,
      proximity: 60,
    };
    const features = new Float64Array(WIDTH);
    const source = { finalScore: 80, day: { ...readings, macd: readings.macd }, week: null, price: 100 * scale };
    writeFeatures({ ...source, atr: 2 * scale, changePercent: 1 }, features);
    return features;
  };
  const [one, ten] = [of(1), of(10)];
  // The engine's own MACD band is in dollars (kurzora.md 4.6): its points may differ, nothing else.
  for (const [at, name] of FEATURES.entries())
    if (!name.endsWith(' score')) assert.ok(Math.abs(one[at]! - ten[at]!) < 1e-9, name);
});
