import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessions } from '../aggregation/made-bars.ts';
import { DAY } from '../aggregation/sessions.ts';
import { localTime, readMoment } from './moments.ts';

test('dates, New York clocks, zoned times and epochs are told apart', () => {
  const day = Date.UTC(2020, 0, 2) / DAY;
  assert.deepEqual(readMoment('2020-01-02'), { kind: 'date', day });
  assert.deepEqual(readMoment('2020-01-02 00:00:00'), { kind: 'date', day });
  assert.deepEqual(readMoment('2020-01-02 00:00:00-05:00'), { kind: 'date', day });
  assert.deepEqual(readMoment('2020-01-02 09:30'), { kind: 'local', day, ms: Date.UTC(2020, 0, 2, 9, 30) });
  assert.deepEqual(readMoment('2020-01-02T09:30:00-05:00'), { kind: 'instant', time: Date.UTC(2020, 0, 2, 14, 30) });
  assert.deepEqual(readMoment('2020-01-02T14:30:00Z'), { kind: 'instant', time: Date.UTC(2020, 0, 2, 14, 30) });
  assert.deepEqual(readMoment('1577975400'), { kind: 'instant', time: Date.UTC(2020, 0, 2, 14, 30) });
  assert.deepEqual(readMoment('1577975400000'), { kind: 'instant', time: Date.UTC(2020, 0, 2, 14, 30) });
});

test('what is no date is refused, not rolled over', () => {
  for (const text of [
    '2021-02-29',
    '2020-13-01',
    '2020-00-10',
    '02/01/2020',
    '2020-01-02 25:00',
    '2020-01-02 09:60',
    '',
    'NaN',
    '20200102',
  ])
    assert.equal(readMoment(text), null, text);
});

test('a New York clock is read in winter and summer time, also on the first session after a change', () => {
  for (const [date, utcOpen] of [
    ['2025-03-07', 14],
    ['2025-03-10', 13],
    ['2025-10-31', 13],
    ['2025-11-03', 14],
  ] as const) {
    const moment = readMoment(`${date} 09:30`)!;
    assert.ok(moment.kind === 'local');
    assert.equal(new Date(localTime(sessions, sessions.onDay(moment.day), moment)).getUTCHours(), utcOpen, date);
  }
});
