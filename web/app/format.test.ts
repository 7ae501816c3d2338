import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marketTime, percent, price, signed, span } from './format.ts';

test('numbers carry a true minus, and a missing one is a dash', () => {
  assert.deepEqual([signed(5), signed(-10), signed(0), signed(4.1875, 4)], ['+5', '\u221210', '0', '+4.1875']);
  assert.deepEqual([percent(-1.2126), percent(null), price(null)], ['\u22121.21%', '–', '–']);
});

test('a price has two decimals, below 1 four', () => {
  assert.deepEqual([price(1234.5), price(0.1234), price(27.8385)], ['1,234.50', '0.1234', '27.84']);
});

test('a span reads in its largest useful unit', () => {
  const minute = 60_000;
  assert.deepEqual([-5, 49_000, 3 * minute, 84 * minute, 38 * 60 * minute, 72 * 60 * minute].map(span), [
    '0 s',
    '49 s',
    '3 min',
    '1 h 24 min',
    '38 h',
    '3 d',
  ]);
});

test('times are New York, in winter and in summer, with the day unless it is today', () => {
  assert.equal(marketTime('2026-11-23T14:30:00Z'), 'Mon 23 Nov 09:30 ET');
  assert.equal(marketTime('2026-07-06T13:30:00Z', Date.parse('2026-07-06T18:00:00Z')), '09:30 ET');
  assert.equal(marketTime('never'), '–');
});
