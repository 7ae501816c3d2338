import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Divergence, findDivergence } from './divergence.ts';
import { wilderRsi } from './last-values.ts';

function divergenceOf(closes: readonly number[]): Divergence {
  const close = Float64Array.from(closes);
  const rsi = new Float64Array(close.length);
  wilderRsi(close, close.length, 14, rsi);
  return findDivergence(close, rsi, close.length);
}

const line = (from: number, to: number, steps: number) =>
  Array.from({ length: steps }, (_, step) => from + ((to - from) * (step + 1)) / steps);
/** A hard fall, a bounce, a slower fall to a lower low: the classic bullish divergence. Mirrored it is the bearish one. */
const start = [...Array(40).fill(0)].map((_, step) => 100 + Math.sin(step) * 0.5);
const lowerLow = [...start, ...line(100, 80, 8), ...line(80, 92, 10), ...line(92, 78, 24), ...line(78, 90, 12)];
const higherHigh = lowerLow.map((close) => 200 - close);

test('a lower low on a higher RSI is bullish and adds points', () => {
  const { strongest, bonus, valid } = divergenceOf(lowerLow);
  assert.equal(strongest?.type, 'bullish_regular');
  assert.ok(bonus > 0 && bonus <= 15);
  assert.ok(valid >= 1);
});

test('a higher high on a lower RSI is bearish and takes points away', () => {
  const { strongest, bonus } = divergenceOf(higherHigh);
  assert.equal(strongest?.type, 'bearish_regular');
  assert.ok(bonus < 0 && bonus >= -15);
});

test('multiplying every price changes nothing but the prices', () => {
  const strip = (divergence: Divergence) => {
    const { strongest, ...rest } = divergence;
    if (!strongest) return rest;
    const { price, rsi: _rsi, slopeDifference, ...pattern } = strongest;
    return { ...rest, ...pattern, at: price.map(({ index }) => index), slope: slopeDifference.toFixed(10) };
  };
  for (const factor of [0.0078125, 64, 1024])
    assert.deepEqual(strip(divergenceOf(lowerLow.map((close) => close * factor))), strip(divergenceOf(lowerLow)));
});

test('fewer than fifty RSI values are not looked at', () => {
  assert.equal(divergenceOf(lowerLow.slice(0, 63)).analysed, false);
  assert.equal(divergenceOf(lowerLow.slice(0, 64)).analysed, true);
});

test('the bonus has the sign of the pattern, stays within 15, and is 0 without one', () => {
  const steps = fc.array(fc.integer({ min: -60, max: 60 }), { minLength: 70, maxLength: 160 });
  let patterns = 0;
  fc.assert(
    fc.property(steps, (moves) => {
      let price = 50;
      const { strongest, bonus, found, valid } = divergenceOf(moves.map((move) => (price *= 1 + move / 1000)));
      if (strongest) patterns += 1;
      assert.ok(Math.abs(bonus) <= 15 && valid <= found);
      assert.equal(Math.sign(bonus), strongest ? (strongest.type.startsWith('bullish') ? 1 : -1) : 0);
    }),
    { numRuns: 300, seed: 7 },
  );
  assert.ok(patterns > 0, 'no pattern was ever found: nothing was checked');
});
