import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Schedule } from '#kernel/product.ts';
import { nyseCalendar } from './calendar/exchange-calendar.ts';
import { atExchangeTime, everyMinutesWhileOpen } from './schedules.ts';

const calendar = nyseCalendar();
const at = (text: string) => Date.parse(text);
const moment = fc.integer({ min: Date.UTC(1990, 1, 1), max: Date.UTC(2100, 10, 30) });
const wallClock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'America/New_York',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

function runs(schedule: Schedule, after: number, until: number): number[] {
  const moments: number[] = [];
  for (let next = schedule.next(after); next !== null && next <= until; next = schedule.next(next)) moments.push(next);
  return moments;
}

test('a scan every 15 minutes runs 26 times on a full day, from 09:45 to the close', () => {
  const day = runs(everyMinutesWhileOpen(calendar, 15), at('2026-11-20T00:00-05:00'), at('2026-11-21T00:00-05:00'));
  assert.equal(day.length, 26);
  assert.equal(day[0], at('2026-11-20T09:45-05:00'));
  assert.equal(day.at(-1), at('2026-11-20T16:00-05:00'));
});

test('scans stop at 13:00 on the day after Thanksgiving and skip Thanksgiving itself', () => {
  const schedule = everyMinutesWhileOpen(calendar, 10, { delaySeconds: 20 });
  const days = runs(schedule, at('2026-11-25T21:00:20Z'), at('2026-11-29T00:00Z'));
  assert.equal(days.length, 21);
  assert.equal(days.at(-1), at('2026-11-27T13:00:20-05:00'));
});

test('an interval that does not divide the session still ends at the close', () => {
  const day = runs(everyMinutesWhileOpen(calendar, 60), at('2026-11-20T15:00-05:00'), at('2026-11-21T00:00-05:00'));
  assert.deepEqual(day, [at('2026-11-20T15:30-05:00'), at('2026-11-20T16:00-05:00')]);
});

test('on any day, scans stand a whole number of intervals after the open or at the close', () => {
  const intervals = fc.constantFrom(1, 5, 7, 10, 15, 60, 390, 1000);
  fc.assert(
    fc.property(moment, intervals, fc.integer({ min: 0, max: 900 }), (after, minutes, delaySeconds) => {
      const schedule = everyMinutesWhileOpen(calendar, minutes, { delaySeconds });
      const next = schedule.next(after)!;
      assert.ok(next > after);
      const due = next - delaySeconds * 1000;
      const session = calendar.sessionAt(due - 1)!;
      assert.ok(due === session.close || (due - session.open) % (minutes * 60_000) === 0);
      // Nothing lies between: asking from any moment in the gap gives the same answer.
      for (const share of [0.25, 0.5, 0.999]) assert.equal(schedule.next(after + (next - 1 - after) * share), next);
    }),
  );
});

test('a job at 17:00 runs once on every trading day at 17:00 in New York, early closes and clock changes included', () => {
  const days = runs(atExchangeTime(calendar, '17:00'), at('2026-01-01T00:00Z'), at('2027-01-01T00:00Z'));
  assert.deepEqual(
    days.map((time) => calendar.dateOf(time)),
    calendar.between('2026-01-01', '2026-12-31').map(({ date }) => date),
  );
  for (const time of days) assert.equal(wallClock.format(time), '17:00:00');
});

test('a job before the open or after midnight UTC stays on its own trading day', () => {
  assert.equal(atExchangeTime(calendar, '00:05').next(at('2026-11-27T00:04-05:00')), at('2026-11-27T00:05-05:00'));
  assert.equal(atExchangeTime(calendar, '00:05').next(at('2026-11-27T00:05-05:00')), at('2026-11-30T00:05-05:00'));
  assert.equal(atExchangeTime(calendar, '23:59').next(at('2026-11-27T23:58-05:00')), at('2026-11-27T23:59-05:00'));
});

test('the next run is the first one strictly after the moment, whatever the moment', () => {
  fc.assert(
    fc.property(moment, fc.integer({ min: 0, max: 1439 }), (after, minute) => {
      const time = new Date(minute * 60_000).toISOString().slice(11, 16);
      const schedule = atExchangeTime(calendar, time);
      const next = schedule.next(after)!;
      assert.ok(next > after);
      assert.equal(wallClock.format(next), `${time}:00`);
      assert.ok(calendar.session(calendar.dateOf(next)));
      assert.equal(schedule.next(next - 1), next);
      assert.equal(schedule.next(after + (next - 1 - after) / 2), next);
    }),
  );
});

test('a schedule ends with the calendar', () => {
  assert.equal(everyMinutesWhileOpen(calendar, 15).next(at('2100-12-31T23:00Z')), null);
  assert.equal(atExchangeTime(calendar, '17:00').next(at('2100-12-31T23:00Z')), null);
});

test('a time, interval or delay that makes no sense is refused at once', () => {
  for (const time of ['24:00', '5pm', '17:60', '7:00', ''])
    assert.throws(() => atExchangeTime(calendar, time), RangeError);
  for (const minutes of [0, -5, Number.NaN]) assert.throws(() => everyMinutesWhileOpen(calendar, minutes), RangeError);
  assert.throws(() => everyMinutesWhileOpen(calendar, 15, { delaySeconds: -1 }), RangeError);
});
