import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sees } from './snapshot.ts';

test('a snapshot sees what was finished when it was taken, across the wrap of transaction numbers', () => {
  assert.equal(sees('10:20:', 9), true);
  assert.equal(sees('10:20:', 19), true);
  assert.equal(sees('10:20:', 20), false);
  assert.equal(sees('10:20:', 25), false);
  assert.equal(sees('10:20:10,15', 15), false);
  assert.equal(sees('10:20:10,15', 14), true);
  const epoch = 2n ** 32n;
  assert.equal(sees(`${epoch - 5n}:${epoch + 5n}:${epoch - 2n}`, 0xffff_fffd), true);
  assert.equal(sees(`${epoch - 5n}:${epoch + 5n}:${epoch - 2n}`, 0xffff_fffe), false);
  assert.equal(sees(`${epoch - 5n}:${epoch + 5n}:`, 4), true);
  assert.equal(sees(`${epoch - 5n}:${epoch + 5n}:`, 5), false);
});
