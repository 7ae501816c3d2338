import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { signalType } from './classes.ts';
import { levelsFor, scoreBandFromEntry } from './levels.ts';
import { positionFor, riskLevel } from './position-size.ts';

const BUDGET = { balance: 10_000, riskPercent: 2, positionCapPercent: 20 };

test('the legacy vector has the ratio its levels have', () => {
  const levels = levelsFor(100, 83, 'bullish', 'legacy')!;
  assert.deepEqual([levels.entry, levels.stop, levels.target, levels.ratio], [101, 92, 115, 1.56]);
});

test('the score-band vector: score 83 on entry 100 risks 5 % for 12.5 %, and 40 shares are cut to 20', () => {
  const levels = scoreBandFromEntry(100, 83, 'bullish')!;
  assert.deepEqual([levels.stop, levels.target, levels.ratio], [95, 112.5, 2.5]);
  const { uncapped, size, riskAmount, rewardAmount } = positionFor(levels, BUDGET);
  assert.deepEqual([uncapped, size, riskAmount, rewardAmount], [40, 20, 100, 250]);
});

test('the entry lies above the price by the premium of its band, and bearish levels are mirrored', () => {
  assert.deepEqual(
    [85, 84, 75, 74, 65, 64].map((score) => levelsFor(100, score, 'bullish', 'score-band')!.entry),
    [100.5, 100.8, 100.8, 101.2, 101.2, 101.5],
  );
  const { entry, stop, target, direction } = levelsFor(100, 35, 'bearish', 'score-band')!;
  assert.deepEqual([entry, stop, target, direction], [98.5, 104.41, 89.635, 'short']);
});

test('the ratio is that of the stored numbers, and stop and target lie on either side of the entry', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.0005, max: 500_000, noNaN: true }),
      fc.integer({ min: 0, max: 100 }),
      (price, score) => {
        const levels = levelsFor(price, score, signalType(score), 'score-band');
        if (!levels) return assert.ok(price < 0.01, `no levels at ${price}`);
        const { entry, stop, target, ratio, direction } = levels;
        for (const value of [entry, stop, target]) assert.equal(Number(value.toFixed(4)), value);
        assert.ok(Math.abs(ratio - Math.abs(target - entry) / Math.abs(entry - stop)) <= 0.005 + 1e-9);
        assert.ok(direction === 'long' ? stop < entry && entry < target : target < entry && entry < stop);
      },
    ),
  );
});

test('a price that four decimals cannot split has no levels', () => {
  assert.equal(levelsFor(0.0001, 80, 'bullish', 'score-band'), null);
  assert.equal(levelsFor(0.00001, 80, 'bullish', 'legacy'), null);
});

test('a position holds at least one share, even of a stock dearer than the cap', () => {
  assert.equal(positionFor(scoreBandFromEntry(5_000, 83, 'bullish')!, BUDGET).size, 1);
});

test('the risk level wants score and ratio', () => {
  assert.deepEqual(
    [riskLevel(85, 2), riskLevel(85, 1.9), riskLevel(70, 1.5), riskLevel(69, 3)],
    ['low', 'medium', 'medium', 'high'],
  );
});
