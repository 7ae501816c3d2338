import type { ExchangeCalendar, ExchangeSession } from '../api.ts';
import {
  dateOfDay,
  dayOfDate,
  FIRST_DAY,
  FIRST_YEAR,
  LAST_DAY,
  LAST_YEAR,
  newYorkDay,
  newYorkMoment,
  weekday,
} from './new-york.ts';
import { closedDays, earlyCloses } from './nyse-holidays.ts';

const OPEN_MINUTES = 9 * 60 + 30;
const CLOSE_MINUTES = 16 * 60;

interface SessionTable {
  readonly sessions: readonly ExchangeSession[];
  /** Per day from FIRST_DAY: how many sessions lie before it; one entry more than days. */
  readonly before: Int32Array;
}

let shared: ExchangeCalendar | undefined;

/**
 * The New York Stock Exchange, 1990 to 2100: regular hours 09:30-16:00. Every look-up is O(1). Built once (some 30 ms) and
 * shared; the same day always gives the same session object.
 */
export function nyseCalendar(): ExchangeCalendar {
  shared ??= calendarOf(buildTable());
  return shared;
}

function buildTable(): SessionTable {
  const sessions: ExchangeSession[] = [];
  const before = new Int32Array(LAST_DAY - FIRST_DAY + 2);
  let day = FIRST_DAY;
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
    const closed = closedDays(year);
    const early = earlyCloses(year);
    for (const date = String(year); day <= LAST_DAY && dateOfDay(day).startsWith(date); day++) {
      before[day - FIRST_DAY] = sessions.length;
      if (weekday(day) === 0 || weekday(day) === 6 || closed.has(day)) continue;
      sessions.push(sessionOn(day, early.get(day)));
    }
  }
  before[day - FIRST_DAY] = sessions.length;
  return { sessions, before };
}

function sessionOn(day: number, earlyMinutes: number | undefined): ExchangeSession {
  const open = newYorkMoment(day, OPEN_MINUTES);
  const minutes = (earlyMinutes ?? CLOSE_MINUTES) - OPEN_MINUTES;
  return { date: dateOfDay(day), open, close: open + minutes * 60_000, early: earlyMinutes !== undefined };
}

function calendarOf({ sessions, before }: SessionTable): ExchangeCalendar {
  /** Index of the first session on or after a day. */
  const from = (day: number): number => before[day - FIRST_DAY]!;
  const on = (day: number): ExchangeSession | null =>
    from(day) < from(day + 1) ? (sessions[from(day)] ?? null) : null;
  const at = (index: number): ExchangeSession => {
    const session = sessions[index];
    if (!session) throw new RangeError(`the exchange calendar ends here: it covers ${FIRST_YEAR} to ${LAST_YEAR}`);
    return session;
  };
  return Object.freeze({
    exchange: 'XNYS',
    timeZone: 'America/New_York',
    session: (date: string) => on(dayOfDate(date)),
    sessionAt(time: number) {
      const session = on(newYorkDay(time));
      return session && session.open <= time && time < session.close ? session : null;
    },
    lastClosed(time: number) {
      const day = newYorkDay(time);
      const session = on(day);
      return session && session.close <= time ? session : at(from(day) - 1);
    },
    next(time: number) {
      const day = newYorkDay(time);
      const session = on(day);
      return session && session.open > time ? session : at(from(day + 1));
    },
    previous: (session: ExchangeSession) => at(from(dayOfDate(session.date)) - 1),
    between: (first: string, last: string) => sessions.slice(from(dayOfDate(first)), from(dayOfDate(last) + 1)),
    dateOf: (time: number) => dateOfDay(newYorkDay(time)),
  });
}
