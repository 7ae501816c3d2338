import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barsOf } from '#quant/bars.ts';
import { findLevels, mergeLevels, nearestLevel, proximityOf } from './support-resistance.ts';

/** Bars whose low and high are the close -+ 0.1. */
const bars = (closes: readonly number[]) =>
  barsOf(closes.map((close, time) => ({ time, open: close, high: close + 0.1, low: close - 0.1, close, volume: 1 })));

/** Falls from 120 to 100 and back, twice, so that lows near 100 are touched again. */
const valley = Array.from({ length: 25 }, (_, step) => 120 - step * 0.8);
const twice = [...valley, ...valley.toReversed(), ...valley.slice(0, -1), 100.3, ...valley.toReversed()];

test('a pivot low is strictly below twenty bars on both sides, and is counted with its touches', () => {
  const levels = findLevels(bars([...valley, 100, ...valley.toReversed()]));
  const low = levels.find(({ pivot }) => pivot === 'low')!;
  assert.equal(low.price, 99.9);
  // Within 2 % of 99.9 (up to 101.898): the pivot, and 100.8 and 101.6 less 0.1 on both sides.
  assert.equal(low.touches, 5);
  assert.equal(low.strength, 10);
});

test('two equal lows within twenty bars make no pivot, since neither is strictly the lowest', () => {
  const levels = findLevels(bars([...valley, 100, 100, ...valley.toReversed()]));
  assert.equal(levels.filter(({ pivot }) => pivot === 'low').length, 0);
});

test('levels within two percent merge, and the stronger stays', () => {
  const level = (price: number, touches: number) =>
    ({ price, pivot: 'low', touches, strength: Math.min(10, touches * 2) }) as const;
  const merged = mergeLevels([level(100, 2), level(101, 4), level(104, 2)]);
  assert.deepEqual(
    merged.map(({ price }) => price),
    [101, 104],
  );
});

test('the nearest level is support when it lies below the price and resistance otherwise', () => {
  const levels = bars(twice);
  const above = nearestLevel(levels, 100.9)!;
  assert.equal(above.kind, 'support');
  assert.ok(above.proximity > 50);
  const below = nearestLevel(levels, 99)!;
  assert.equal(below.kind, 'resistance');
  assert.ok(below.proximity < 50);
});

test('proximity is 50 +- 45 * closeness * strength / 10', () => {
  assert.equal(proximityOf('support', 0, 10), 95);
  assert.equal(proximityOf('resistance', 0, 10), 5);
  assert.equal(proximityOf('support', 0.01, 10), 73);
  assert.equal(proximityOf('support', 0.01, 4), 59);
  assert.equal(proximityOf('resistance', 0.02, 10), 50);
  assert.equal(proximityOf('support', 0.5, 10), 50);
});

test('few bars, or bars without a pivot, have no level', () => {
  assert.equal(nearestLevel(bars(twice.slice(0, 24)), 100), null);
  assert.equal(nearestLevel(bars(Array.from({ length: 100 }, (_, step) => 100 + step)), 150), null);
  assert.equal(nearestLevel(bars(Array(100).fill(100)), 100), null);
});
