import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { sharedData } from '../../../../test/shared-data.ts';
import { nyseCalendar } from './exchange-calendar.ts';
import { dateOfDay, FIRST_DAY, LAST_DAY, newYorkMoment, newYorkOffset } from './new-york.ts';

const calendar = nyseCalendar();
const reference = sharedData('reference/xnys_calendar_2010_2030.json');
const HOUR = 3_600_000;
const sessions = calendar.between('1990-01-01', '2100-12-31');
const moment = fc.integer({ min: Date.UTC(1990, 1, 1), max: Date.UTC(2100, 10, 30) });

test('the calendar equals the reference on every day from 2010 to 2030', { skip: reference.skip }, () => {
  const { closed, early_closes } = JSON.parse(readFileSync(reference.path, 'utf8')) as {
    closed: { date: string }[];
    early_closes: { date: string; close: string }[];
  };
  const closedDates = new Set(closed.map(({ date }) => date));
  const early = new Set(early_closes.map(({ date }) => date));
  assert.equal(calendar.between('2010-01-01', '2030-12-31').length, 5279);
  for (let day = Date.UTC(2010, 0, 1); day <= Date.UTC(2030, 11, 31); day += 24 * HOUR) {
    const date = new Date(day).toISOString().slice(0, 10);
    const weekend = [0, 6].includes(new Date(day).getUTCDay());
    const session = calendar.session(date);
    assert.equal(session === null, weekend || closedDates.has(date), date);
    if (session) assert.equal(session.early, early.has(date), date);
    if (session) assert.equal(newYorkTime(session.close), early.has(date) ? '13:00' : '16:00', date);
  }
});

const newYork = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const newYorkTime = (time: number) => newYork.format(time).slice(-5);

test('date and clock in New York agree with Intl at any moment', () => {
  const agrees = (time: number) => {
    assert.equal(calendar.dateOf(time), newYork.format(time).slice(0, 10));
    assert.equal(new Date(time + newYorkOffset(time)).toISOString().slice(11, 16), newYorkTime(time));
  };
  fc.assert(fc.property(moment, agrees), { numRuns: 2000 });
  // Every hour of every year's two changes: the only moments where a rule can be off by an hour.
  for (let year = 1990; year <= 2100; year++)
    for (const [month, day] of [
      [2, 7],
      [3, 1],
      [9, 24],
      [10, 1],
    ] as const)
      for (let hour = 0; hour < 9 * 24; hour++) agrees(Date.UTC(year, month, day, hour, 30));
});

test('every session opens at 09:30 and closes at 16:00, or earlier when it says so', () => {
  for (const session of sessions) {
    assert.equal(newYorkTime(session.open), '09:30', session.date);
    assert.equal(session.early ? newYorkTime(session.close) < '15:00' : newYorkTime(session.close) === '16:00', true);
    assert.equal(calendar.dateOf(session.open), session.date);
  }
});

const closings: [date: string, why: string][] = [
  ['1994-04-27', 'a president is mourned'],
  ['2001-09-11', 'the attacks'],
  ['2001-09-14', 'the attacks, fourth day'],
  ['2012-10-30', 'a hurricane'],
  ['2025-01-09', 'a president is mourned'],
  ['2000-04-21', 'Good Friday'],
  ['2022-06-20', 'Juneteenth, observed on Monday'],
  ['2027-06-18', 'Juneteenth, observed on Friday'],
  ['2021-07-05', 'Independence Day, observed on Monday'],
  ['2021-12-24', 'Christmas, observed on Friday'],
  ['2023-01-02', "New Year's Day, observed on Monday"],
  ['1998-01-19', 'the first Martin Luther King Jr. Day'],
  ['2026-11-26', 'Thanksgiving'],
  ['2026-11-22', 'a Sunday'],
  ['2100-12-24', 'Christmas, observed on Friday'],
];
for (const [date, why] of closings) test(`${date} is closed: ${why}`, () => assert.equal(calendar.session(date), null));

const openings: [date: string, early: boolean, why: string][] = [
  ['2021-12-31', false, "New Year's Day on a Saturday is not observed"],
  ['1997-01-20', false, 'Martin Luther King Jr. Day came a year later'],
  ['2021-06-18', false, 'Juneteenth came a year later'],
  ['2026-11-27', true, 'the day after Thanksgiving'],
  ['2002-07-05', true, 'the Friday after Independence Day, until 2012'],
  ['2013-07-05', false, 'no longer'],
  ['2013-07-03', true, 'a Wednesday before Independence Day, since 2013'],
  ['2012-07-03', true, 'a Tuesday before Independence Day'],
  ['1996-07-03', false, 'a Wednesday before Independence Day, before 2013'],
  ['1999-12-31', true, 'the last day of the century'],
  ['2026-07-02', false, 'the day before an observed holiday is a full day'],
];
for (const [date, early, why] of openings)
  test(`${date} is open ${early ? 'until 13:00' : 'all day'}: ${why}`, () => {
    assert.equal(calendar.session(date)?.early, early);
  });

test('looking up by moment agrees with a search through all sessions', () => {
  const nearSession = fc
    .tuple(
      fc.integer({ min: 2, max: sessions.length - 3 }),
      fc.constantFrom('open', 'close'),
      fc.integer({ min: -2, max: 2 }),
    )
    .map(([index, edge, shift]) => sessions[index]![edge as 'open' | 'close'] + shift);
  const anyMoment = fc.oneof(nearSession, moment);
  fc.assert(
    fc.property(anyMoment, (time) => {
      assert.equal(calendar.sessionAt(time), sessions.find(({ open, close }) => open <= time && time < close) ?? null);
      const lastClosed = sessions.findLast(({ close }) => close <= time);
      assert.equal(calendar.lastClosed(time), lastClosed);
      assert.equal(
        calendar.next(time),
        sessions.find(({ open }) => open > time),
      );
      assert.equal(calendar.previous(lastClosed!), sessions[sessions.indexOf(lastClosed!) - 1]);
    }),
    { numRuns: 300 },
  );
});

test('a span contains both of its ends and nothing when it is reversed', () => {
  const dates = calendar.between('2026-11-25', '2026-11-30').map(({ date }) => date);
  assert.deepEqual(dates, ['2026-11-25', '2026-11-27', '2026-11-30']);
  assert.deepEqual(calendar.between('2026-11-30', '2026-11-25'), []);
});

test('what is no date, or outside the supported years, is a RangeError that names it', () => {
  for (const date of ['1989-12-29', '2101-01-03', '2026-02-30', '2026-2-3', 'yesterday', ''])
    assert.throws(() => calendar.session(date), { name: 'RangeError', message: new RegExp(`"${date}"`) });
  for (const time of [Date.UTC(1980, 0, 1), Date.UTC(2200, 0, 1), Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => calendar.dateOf(time), RangeError);
  assert.throws(() => calendar.previous(sessions[0]!), RangeError);
});

test('the wall clock maps back to the moment it came from, on every day', () => {
  for (let day = FIRST_DAY; day < LAST_DAY; day++)
    for (const minutes of [0, 570, 960, 1439]) {
      const time = newYorkMoment(day, minutes);
      assert.equal(calendar.dateOf(time), dateOfDay(day));
      assert.equal((time + newYorkOffset(time)) / 60_000, day * 1440 + minutes);
    }
});
