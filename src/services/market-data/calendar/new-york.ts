/**
 * New York's wall clock without Intl, which costs about a microsecond a call: two table look-ups instead.
 * Days are counted from 1970-01-01 as a calendar has them ("day numbers"), so they carry no time zone.
 * Source: US daylight saving time as legislated in 1986 (first Sunday of April to last of October) and 2005, in force
 * since 2007 (second Sunday of March to first of November), changing at 02:00 local time.
 */

export const FIRST_YEAR = 1990;
export const LAST_YEAR = 2100;
const DAY = 86_400_000;
const HOUR = 3_600_000;

/** The day number of a calendar date; `month` counts from 1. */
export const dayNumber = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / DAY;
/** 0 is Sunday. */
export const weekday = (day: number): number => (((day + 4) % 7) + 7) % 7;

/** The day number of the nth (1-based) `weekdayWanted` of a month. */
export function nthWeekday(year: number, month: number, weekdayWanted: number, nth: number): number {
  const first = dayNumber(year, month, 1);
  return first + ((weekdayWanted - weekday(first) + 7) % 7) + 7 * (nth - 1);
}

/** The day number of the last `weekdayWanted` of a month. */
export function lastWeekday(year: number, month: number, weekdayWanted: number): number {
  const last = month === 12 ? dayNumber(year, 12, 31) : dayNumber(year, month + 1, 1) - 1;
  return last - ((weekday(last) - weekdayWanted + 7) % 7);
}

export const FIRST_DAY = dayNumber(FIRST_YEAR, 1, 1);
export const LAST_DAY = dayNumber(LAST_YEAR, 12, 31);

/** Offset in hours at 00:00 UTC of each day from FIRST_DAY to the day after LAST_DAY + 1, so that a neighbour always exists. */
const offsetAtMidnight = buildOffsets();
const dates: readonly string[] = buildDates();

function buildOffsets(): Int8Array {
  const offsets = new Int8Array(LAST_DAY - FIRST_DAY + 4).fill(-5);
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
    const start = year < 2007 ? nthWeekday(year, 4, 0, 1) : nthWeekday(year, 3, 0, 2);
    const end = year < 2007 ? lastWeekday(year, 10, 0) : nthWeekday(year, 11, 0, 1);
    offsets.fill(-4, start + 1 - FIRST_DAY, end + 1 - FIRST_DAY);
  }
  return offsets;
}

/** Spelled out rather than asked of Date, which takes 50 ms longer at every start. */
function buildDates(): string[] {
  const built: string[] = [];
  const two = (value: number) => String(value).padStart(2, '0');
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++)
    for (let month = 1; month <= 12; month++) {
      const prefix = `${year}-${two(month)}-`;
      const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
      for (let day = 1; day <= days; day++) built.push(prefix + two(day));
    }
  return built;
}

/** What to add to epoch milliseconds to read New York's wall clock: -4 or -5 hours, in milliseconds. RangeError outside 1990-2100. */
export function newYorkOffset(time: number): number {
  const day = Math.floor(time / DAY);
  const before = offsetAtMidnight[day - FIRST_DAY];
  const after = offsetAtMidnight[day - FIRST_DAY + 1];
  if (before === undefined || after === undefined) throw outside(time);
  if (before === after) return before * HOUR;
  // The change falls on this day at 02:00 local time, which is -before hours after that in UTC.
  return (time - day * DAY >= (2 - before) * HOUR ? after : before) * HOUR;
}

/** The day number on New York's calendar at this moment. RangeError outside 1990-2100. */
export function newYorkDay(time: number): number {
  const day = Math.floor((time + newYorkOffset(time)) / DAY);
  if (day < FIRST_DAY || day > LAST_DAY) throw outside(time);
  return day;
}

/**
 * The moment when New York's clock shows `minutes` after midnight on a day. The hour that the change skips or repeats
 * (a Sunday, 01:00-03:00) is read with the offset in force before the change.
 */
export function newYorkMoment(day: number, minutes: number): number {
  const wall = day * DAY + minutes * 60_000;
  return wall - newYorkOffset(wall - newYorkOffset(wall + 5 * HOUR));
}

/** `2026-11-20` of a day number. RangeError outside 1990-2100. */
export function dateOfDay(day: number): string {
  const date = dates[day - FIRST_DAY];
  if (date === undefined) throw outside(day * DAY);
  return date;
}

/** The day number of `2026-11-20`. RangeError for anything that is no date between 1990 and 2100. */
export function dayOfDate(date: string): number {
  const day = dayNumber(Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8)));
  if (dates[day - FIRST_DAY] !== date)
    throw new RangeError(`"${date}" is not a date from ${FIRST_YEAR}-01-01 to ${LAST_YEAR}-12-31`);
  return day;
}

function outside(time: number): RangeError {
  const shown = Number.isFinite(time) && Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : String(time);
  return new RangeError(
    `${shown} is outside the years ${FIRST_YEAR} to ${LAST_YEAR} that the exchange calendar covers`,
  );
}
