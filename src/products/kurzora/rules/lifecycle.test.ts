import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nyseCalendar } from '#services/market-data/api.ts';
import { isFresh } from './freshness.ts';
import { expiryOf } from './lifecycle.ts';

const calendar = nyseCalendar();
const expiry = (time: string) => new Date(expiryOf(Date.parse(time), calendar)).toISOString();

test('a signal expires at the close of its session, or of the next one, and after 24 hours at most', () => {
  const cases = {
    '2025-06-10T15:07:00Z': '2025-06-10T20:00:00.000Z',
    // At the close and in the evening: the next session's close.
    '2025-06-10T20:00:00Z': '2025-06-11T20:00:00.000Z',
    '2025-06-11T01:00:00Z': '2025-06-11T20:00:00.000Z',
    // Early close after Thanksgiving; made on the day itself, the 24 hours come first.
    '2025-11-28T15:00:00Z': '2025-11-28T18:00:00.000Z',
    '2025-11-27T15:00:00Z': '2025-11-28T15:00:00.000Z',
    // Across a holiday, and across one after an early close: the next close.
    '2024-12-24T18:30:00Z': '2024-12-26T21:00:00.000Z',
    '2024-07-03T17:00:00Z': '2024-07-05T20:00:00.000Z',
    // Friday evening, Saturday, Sunday: Monday's close; before a Monday holiday: Tuesday's.
    '2025-06-13T21:00:00Z': '2025-06-16T20:00:00.000Z',
    '2025-06-14T12:00:00Z': '2025-06-16T20:00:00.000Z',
    '2025-06-15T23:00:00Z': '2025-06-16T20:00:00.000Z',
    '2025-01-18T12:00:00Z': '2025-01-21T21:00:00.000Z',
  };
  for (const [time, expected] of Object.entries(cases)) assert.equal(expiry(time), expected, `made at ${time}`);
});

test('the hours of the settings come before the close where they are fewer', () => {
  const after = (time: string, hours: number) => new Date(expiryOf(Date.parse(time), calendar, hours)).toISOString();
  assert.equal(after('2025-06-10T15:00:00Z', 2), '2025-06-10T17:00:00.000Z');
  assert.equal(after('2025-06-10T15:00:00Z', 48), '2025-06-10T20:00:00.000Z', 'the close comes first');
  assert.equal(after('2025-06-10T21:00:00Z', 6), '2025-06-11T03:00:00.000Z');
  assert.equal(after('2025-06-13T21:00:00Z', 6), '2025-06-16T20:00:00.000Z', 'a weekend waits for Monday');
});

test('a scan is fresh while no newer one could be expected', () => {
  const fresh = (asOf: string, now: string) => isFresh(Date.parse(asOf), Date.parse(now), 15, calendar);
  assert.equal(isFresh(null, Date.parse('2025-06-10T15:00:00Z'), 15, calendar), false);
  assert.equal(fresh('2025-06-10T15:00:00Z', '2025-06-10T15:29:00Z'), true);
  assert.equal(fresh('2025-06-10T15:00:00Z', '2025-06-10T15:31:00Z'), false);
  assert.equal(fresh('2025-06-09T20:00:05Z', '2025-06-10T13:40:00Z'), true, 'the open was ten minutes ago');
  assert.equal(fresh('2025-06-09T19:00:00Z', '2025-06-10T12:00:00Z'), false, 'the close was not seen');
  assert.equal(fresh('2025-06-13T20:00:05Z', '2025-06-15T12:00:00Z'), true, 'Friday evening holds on Sunday');
});
