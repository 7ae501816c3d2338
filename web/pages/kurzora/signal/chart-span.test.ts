import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartEnd, lastKnownBar } from './chart-span.ts';

const asOf = '2022-06-15T20:00:00Z';

test('the chart of a live signal goes up to now, that of an ended one some time beyond its own moment', () => {
  for (const status of ['active', 'triggered']) assert.equal(chartEnd({ status, asOf }, '1D'), undefined);
  for (const status of ['expired', 'closed', 'archived', 'cancelled'])
    assert.equal(chartEnd({ status, asOf }, '1H'), '2022-06-27T20:00:00.000Z');
});

test('a bar that begins at the moment of the signal came after it', () => {
  const time = ['2022-06-14T13:30Z', '2022-06-15T13:30Z', asOf, '2022-06-16T13:30Z'].map((at) => Date.parse(at) / 1000);
  assert.equal(lastKnownBar({ time }, asOf), 1);
  assert.equal(lastKnownBar({ time: time.slice(2) }, asOf), -1);
  assert.equal(lastKnownBar({ time: time.slice(0, 1) }, asOf), 0);
});
