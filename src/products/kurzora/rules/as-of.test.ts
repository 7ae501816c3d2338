import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OperatorError } from '#kernel/errors.ts';
import { nyseCalendar } from '#services/market-data/api.ts';
import { parseAsOf } from './as-of.ts';

const calendar = nyseCalendar();
const at = (text: string) => new Date(parseAsOf(text, calendar).time).toISOString();

test('an instant is taken as it is', () => {
  assert.equal(at('2025-06-10T15:07:00Z'), '2025-06-10T15:07:00.000Z');
  assert.equal(at('2025-06-10T17:07+02:00'), '2025-06-10T15:07:00.000Z');
  assert.equal(at('2025-06-10T10:07:30.5-0500'), '2025-06-10T15:07:30.500Z');
  assert.equal(parseAsOf('2025-06-10T15:07:00Z', calendar).note, null);
});

test('a date is its close, and on a closed day the close before it', () => {
  assert.equal(at('2022-06-15'), '2022-06-15T20:00:00.000Z');
  assert.equal(at('2022-11-25'), '2022-11-25T18:00:00.000Z');
  assert.equal(at('2022-06-19'), '2022-06-17T20:00:00.000Z');
  assert.equal(at('2022-06-20'), '2022-06-17T20:00:00.000Z');
  assert.match(parseAsOf('2022-06-19', calendar).note ?? '', /closed on 2022-06-19/);
});

test('a time without offset is the exchange’s own, in summer and in winter', () => {
  assert.equal(at('2025-06-10T11:07'), '2025-06-10T15:07:00.000Z');
  assert.equal(at('2025-01-10 11:07:30'), '2025-01-10T16:07:30.000Z');
  assert.match(parseAsOf('2025-06-10T11:07', calendar).note ?? '', /America\/New_York/);
});

test('clock changes: the skipped hour follows the old offset, the repeated one is the first', () => {
  assert.equal(at('2025-03-09T01:59'), '2025-03-09T06:59:00.000Z');
  assert.equal(at('2025-03-09T02:30'), '2025-03-09T07:30:00.000Z');
  assert.equal(at('2025-03-09T03:00'), '2025-03-09T07:00:00.000Z');
  assert.equal(at('2025-11-02T01:30'), '2025-11-02T05:30:00.000Z');
  assert.equal(at('2025-11-02T02:00'), '2025-11-02T07:00:00.000Z');
});

test('what is no moment is refused with an example', () => {
  for (const text of ['', 'yesterday', '2025-02-30', '2025-13-01', '2025-06-10T25:00', '2025-06-10T11', '1718000000'])
    assert.throws(() => parseAsOf(text, calendar), OperatorError, text);
});

test('a year the exchange’s calendar does not hold is refused, however it is written', () => {
  for (const text of [
    '1985-01-06',
    '1990-12-31',
    '1985-01-07T12:00',
    '1985-01-07T12:00:00Z',
    '2100-01-01',
    '0099-01-05',
  ])
    assert.throws(() => parseAsOf(text, calendar), OperatorError, text);
  assert.equal(at('1991-01-01'), '1990-12-31T21:00:00.000Z');
});
