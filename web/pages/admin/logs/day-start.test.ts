import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayStart } from './day-start.ts';

test('a day begins at midnight where the reader is, and the next one after it', () => {
  assert.equal(dayStart('2026-11-22', 0), new Date(2026, 10, 22).toISOString());
  assert.equal(dayStart('2026-12-31', 1), new Date(2027, 0, 1).toISOString());
});

test('what is no day is no moment', () => {
  for (const text of ['', '2026', '22.11.2026']) assert.equal(dayStart(text, 1), '');
});
