import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawCurve, nearest } from './curve.ts';

test('a curve spans the box, highest on top, and closes along the level it started from', () => {
  const { line, area, at, start, low, high } = drawCurve([100, 120, 80]);
  assert.equal(line, 'M0 50L50 12L100 88');
  assert.equal(area, 'M0 50L50 12L100 88V50H0Z');
  assert.deepEqual([at.length, start, low, high], [3, 50, 80, 120]);
});

test('values that never move lie in the middle, and so does one alone', () => {
  assert.equal(drawCurve([5, 5]).line, 'M0 50L100 50');
  assert.equal(drawCurve([5]).line, 'M0 50');
});

test('the nearest point stays within the curve', () => {
  assert.deepEqual(
    [-1, 0, 0.24, 0.26, 0.9, 2].map((share) => nearest(share, 3)),
    [0, 0, 0, 1, 2, 2],
  );
});
