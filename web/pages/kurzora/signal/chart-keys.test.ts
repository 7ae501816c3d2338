import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barAfter } from './chart-keys.ts';

test('keys walk along the bars and stop at either end', () => {
  const from = (at: number) =>
    ['ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Home', 'End', 'Tab'].map((key) => barAfter(key, at, 100));
  assert.deepEqual(from(50), [49, 51, 30, 70, 0, 99, undefined]);
  assert.deepEqual(from(0), [0, 1, 0, 20, 0, 99, undefined]);
  assert.deepEqual(from(99), [98, 99, 79, 99, 0, 99, undefined]);
});
