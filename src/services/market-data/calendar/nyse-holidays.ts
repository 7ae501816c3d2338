/**
 * When the New York Stock Exchange is closed or closes early. Source: NYSE Rule 7.2 and the exchange's list of special
 * closings. Not modelled: trading that started late or stopped unplanned within a day (e.g. 2002-09-11, 1997-10-27).
 */
import { dayNumber, lastWeekday, nthWeekday, weekday } from './new-york.ts';

const SUNDAY = 0;
const MONDAY = 1;
const THURSDAY = 4;
const FRIDAY = 5;
const SATURDAY = 6;

/** Closings that follow no rule; the exchange announces them days ahead, so this list grows by hand. */
const SPECIAL_CLOSINGS: readonly (readonly [year: number, month: number, day: number, reason: string])[] = [
  [1994, 4, 27, 'Funeral of President Nixon'],
  [2001, 9, 11, 'Attacks of 11 September'],
  [2001, 9, 12, 'Attacks of 11 September'],
  [2001, 9, 13, 'Attacks of 11 September'],
  [2001, 9, 14, 'Attacks of 11 September'],
  [2004, 6, 11, 'Funeral of President Reagan'],
  [2007, 1, 2, 'Mourning for President Ford'],
  [2012, 10, 29, 'Hurricane Sandy'],
  [2012, 10, 30, 'Hurricane Sandy'],
  [2018, 12, 5, 'Mourning for President George H. W. Bush'],
  [2025, 1, 9, 'Mourning for President Carter'],
];

/** Early closes at 13:00 that follow no rule. */
const SPECIAL_EARLY_CLOSES: readonly (readonly [year: number, month: number, day: number])[] = [
  [1997, 12, 26],
  [1999, 12, 31],
  [2003, 12, 26],
];

/** Weekdays without trading in a year: day number -> reason. */
export function closedDays(year: number): Map<number, string> {
  const closed = new Map<number, string>();
  const close = (day: number, reason: string) => closed.set(day, reason);
  // When 1 January is a Saturday, the Friday before stays a trading day: it ends the accounting year.
  const newYear = dayNumber(year, 1, 1);
  if (weekday(newYear) !== SATURDAY) close(weekday(newYear) === SUNDAY ? newYear + 1 : newYear, "New Year's Day");
  if (year >= 1998) close(nthWeekday(year, 1, MONDAY, 3), 'Martin Luther King Jr. Day');
  close(nthWeekday(year, 2, MONDAY, 3), "Washington's Birthday");
  close(easterSunday(year) - 2, 'Good Friday');
  close(lastWeekday(year, 5, MONDAY), 'Memorial Day');
  if (year >= 2022) close(observed(dayNumber(year, 6, 19)), 'Juneteenth');
  close(observed(dayNumber(year, 7, 4)), 'Independence Day');
  close(nthWeekday(year, 9, MONDAY, 1), 'Labor Day');
  close(nthWeekday(year, 11, THURSDAY, 4), 'Thanksgiving Day');
  close(observed(dayNumber(year, 12, 25)), 'Christmas Day');
  for (const [specialYear, month, day, reason] of SPECIAL_CLOSINGS)
    if (specialYear === year) close(dayNumber(year, month, day), reason);
  return closed;
}

/** Days that end early in a year: day number -> minutes after midnight. Days that are closed may be among them. */
export function earlyCloses(year: number): Map<number, number> {
  const minutes = year < 1993 ? 14 * 60 : 13 * 60;
  const early = new Map<number, number>();
  if (year >= 1992) early.set(nthWeekday(year, 11, THURSDAY, 4) + 1, minutes);
  early.set(dayNumber(year, 12, 24), minutes);
  if (year >= 1995) {
    const independence = dayNumber(year, 7, 4);
    const eve = weekday(independence - 1);
    // Since 2013 the day before a Thursday holiday ends early as well; until 2012 the Friday after one did.
    if (eve !== 3 || year >= 2013) early.set(independence - 1, minutes);
    if (weekday(independence + 1) === FRIDAY && year < 2013) early.set(independence + 1, minutes);
  }
  for (const [specialYear, month, day] of SPECIAL_EARLY_CLOSES)
    if (specialYear === year) early.set(dayNumber(year, month, day), minutes);
  return early;
}

/** A fixed date that falls on a weekend is kept on the nearest weekday. */
function observed(day: number): number {
  if (weekday(day) === SATURDAY) return day - 1;
  return weekday(day) === SUNDAY ? day + 1 : day;
}

/** Day number of Easter Sunday in the Gregorian calendar. Source: the Meeus/Jones/Butcher algorithm. */
export function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  return dayNumber(year, Math.floor(sum / 31), (sum % 31) + 1);
}
