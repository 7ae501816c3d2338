import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeLevels } from './signal-levels.ts';

test('a long signal has its stop below and its target above, a sell the other way round', () => {
  assert.deepEqual(judgeLevels({ type: 'bullish', entry: 100, stop: 95, target: 110 }), { faults: [], ratio: 2 });
  assert.deepEqual(judgeLevels({ type: 'neutral', entry: 100, stop: 104, target: 90 }).faults, [
    'stopBelow',
    'targetAbove',
  ]);
  assert.deepEqual(judgeLevels({ type: 'bearish', entry: 100, stop: 104, target: 90 }), { faults: [], ratio: 2.5 });
  assert.deepEqual(judgeLevels({ type: 'bearish', entry: 100, stop: 95, target: 110 }).faults, [
    'stopAbove',
    'targetBelow',
  ]);
});

test('a level on the entry itself is on the wrong side', () => {
  assert.deepEqual(judgeLevels({ type: 'bullish', entry: 100, stop: 100, target: 100 }), {
    faults: ['stopBelow', 'targetAbove'],
    ratio: null,
  });
});

test('what is not typed yet is not judged', () => {
  assert.deepEqual(judgeLevels({ type: 'bullish', entry: 100, stop: Number.NaN, target: 90 }), {
    faults: ['targetAbove'],
    ratio: null,
  });
  assert.deepEqual(judgeLevels({ type: 'bullish', entry: Number.NaN, stop: 95, target: 110 }), {
    faults: [],
    ratio: null,
  });
});
