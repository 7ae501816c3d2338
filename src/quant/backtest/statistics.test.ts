import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { blockSignP, ratioInterval } from './block-bootstrap.ts';
import { isotonicRates } from './isotonic.ts';
import { fitLogistic, predictLogistic } from './logistic.ts';
import { probabilityScores } from './probability-scores.ts';
import { spearman, trendZ, wilsonInterval } from './proportions.ts';
import { seededNormal, seededRandom } from './randomness.ts';

test('Wilson’s interval is that of the textbook', () => {
  // Newcombe 1998, table I: 81 of 263 and 15 of 148.
  const [low, high] = wilsonInterval(81, 263);
  assert.ok(Math.abs(low - 0.2553) < 5e-5 && Math.abs(high - 0.3662) < 5e-5, `${low} ${high}`);
  const [least, most] = wilsonInterval(15, 148);
  assert.ok(Math.abs(least - 0.0624) < 5e-5 && Math.abs(most - 0.1605) < 5e-5, `${least} ${most}`);
});

test('days that hang together make the interval wider than Wilson’s', () => {
  const random = seededRandom(3);
  const days = 400;
  const [hits, n] = [new Float64Array(days), new Float64Array(days).fill(50)];
  let good = false;
  for (let day = 0; day < days; day++) {
    if (day % 20 === 0) good = random() < 0.5;
    hits[day] = good ? 30 : 10;
  }
  const [low, high] = ratioInterval(hits, n, { length: 20 })!;
  const wilson = wilsonInterval(
    hits.reduce((sum, value) => sum + value, 0),
    50 * days,
  );
  assert.ok(high - low > 5 * (wilson[1] - wilson[0]), `${high - low} against ${wilson[1] - wilson[0]}`);
});

test('an interval of 95 % holds the truth about 95 times in 100', () => {
  let held = 0;
  const trials = 300;
  for (let trial = 0; trial < trials; trial++) {
    const random = seededRandom(trial + 1);
    const hits = Float64Array.from({ length: 250 }, () => {
      let count = 0;
      for (let draw = 0; draw < 8; draw++) if (random() < 0.3) count += 1;
      return count;
    });
    const [low, high] = ratioInterval(hits, new Float64Array(250).fill(8), { length: 5, resamples: 300, seed: trial })!;
    if (low <= 0.3 && 0.3 <= high) held += 1;
  }
  assert.ok(held / trials > 0.9 && held / trials < 0.985, `${held} of ${trials}`);
});

test('flipped blocks find a daily excess, and none where there is none', () => {
  const normal = seededNormal(5);
  const noise = Float64Array.from({ length: 500 }, () => normal());
  assert.ok(blockSignP(noise, { length: 20 }) > 0.05);
  assert.ok(
    blockSignP(
      noise.map((value) => value + 0.5),
      { length: 20 },
    ) < 0.01,
  );
});

test('isotonic rates never fall, keep the total, and leave what is in order alone', () => {
  const trials = fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(trials, (steps) => {
      const n = Float64Array.from(steps, ([a, b]) => a + b);
      const hits = Float64Array.from(steps, ([a]) => a);
      const rates = isotonicRates(hits, n);
      for (let step = 1; step < rates.length; step++) assert.ok(rates[step]! >= rates[step - 1]!);
      const total = rates.reduce((sum, rate, step) => sum + rate * n[step]!, 0);
      assert.ok(Math.abs(total - hits.reduce((sum, value) => sum + value, 0)) < 1e-9);
    }),
  );
  assert.deepEqual([...isotonicRates(Float64Array.of(1, 0, 5), Float64Array.of(10, 0, 10))], [0.1, 0.1, 0.5]);
  assert.deepEqual([...isotonicRates(Float64Array.of(6, 2), Float64Array.of(10, 10))], [0.4, 0.4]);
});

test('the logistic fit finds the weights that made the hits, and only the rate where there are none', () => {
  const normal = seededNormal(8);
  const random = seededRandom(9);
  const rows = 20_000;
  const inputs = Float32Array.from({ length: rows * 2 }, () => normal());
  const hit = Uint8Array.from({ length: rows }, (_, row) =>
    random() < 1 / (1 + Math.exp(-(-0.7 + 0.8 * inputs[row * 2]!))) ? 1 : 0,
  );
  const every = Uint32Array.from({ length: rows }, (_, row) => row);
  const model = fitLogistic(inputs, 2, hit, every, 1);
  assert.ok(Math.abs(model.weights[0]! - 0.8) < 0.06 && Math.abs(model.weights[1]!) < 0.06, `${model.weights}`);
  assert.ok(Math.abs(model.intercept + 0.7) < 0.06);
  assert.ok(predictLogistic(model, [2, 0]) > predictLogistic(model, [-2, 0]));
  const flat = fitLogistic(new Float32Array(rows * 2), 2, hit, every, 1);
  const rate = hit.reduce((sum, value) => sum + value, 0) / rows;
  assert.ok(Math.abs(predictLogistic(flat, [0, 0]) - rate) < 1e-6);
});

function forecasts(knows: boolean) {
  const random = seededRandom(4);
  const length = 6000;
  const truth = Float64Array.from({ length }, () => 0.2 + 0.3 * random());
  return {
    length,
    day: Int32Array.from({ length }, (_, at) => Math.floor(at / 20)),
    p: knows ? truth : Float64Array.from({ length }, () => 0.2 + 0.3 * random()),
    reference: new Float64Array(length).fill(0.35),
    hit: Uint8Array.from(truth, (p) => (random() < p ? 1 : 0)),
  };
}

test('a forecast that knows has skill and lies on the diagonal; one that invents has less than none', () => {
  const good = probabilityScores(forecasts(true), { length: 10, resamples: 300 })!;
  assert.ok(good.brierSkillInterval[0] > 0 && good.aucInterval[0] > 0.5);
  assert.ok(good.expectedCalibrationError < 0.02, `${good.expectedCalibrationError}`);
  assert.equal(
    good.reliability.reduce((sum, { n }) => sum + n, 0),
    good.n,
  );
  const invented = probabilityScores(forecasts(false), { length: 10, resamples: 300 })!;
  assert.ok(invented.brierSkill < 0 && invented.aucInterval[0] < 0.5 && invented.aucInterval[1] > 0.5);
  assert.equal(probabilityScores({ ...forecasts(true), length: 0 }, { length: 1 }), null);
});

test('trends over groups have the sign of the rates, and ties share a rank', () => {
  const rising = [10, 20, 30].map((at) => ({ at, n: 100, hits: at }));
  assert.ok(trendZ(rising) > 3);
  assert.ok(trendZ(rising.map((group) => ({ ...group, hits: 40 - group.hits }))) < -3);
  assert.equal(trendZ([{ at: 1, n: 10, hits: 10 }]), 0);
  assert.equal(spearman([1, 2, 3], [3, 5, 9]), 1);
  assert.equal(spearman([1, 2], [1, 2]), null);
  assert.ok(Math.abs(spearman([1, 2, 3, 4], [1, 1, 2, 2])! - 0.8944271909999159) < 1e-12);
});
