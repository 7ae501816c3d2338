import type { ExchangeCalendar } from '../api.ts';
import { upperBound } from './bisect.ts';

export const MINUTE = 60_000;
export const DAY = 86_400_000;

/** First and last calendar date of the sessions a table holds. */
export interface SessionSpan {
  readonly from: string;
  readonly to: string;
}

/**
 * The exchange's sessions as typed arrays: the calendar says the same, but building bars asks a few million times.
 * A session is known by its index. About 1 MB for a century.
 */
export class SessionTable {
  readonly count: number;
  readonly open: Float64Array;
  readonly close: Float64Array;
  /** Number of the session's week, Monday-based, by its calendar date. */
  readonly week: Int32Array;
  readonly #firstDay: number;
  readonly #byDay: Int32Array;

  constructor(calendar: ExchangeCalendar, span: SessionSpan) {
    const sessions = calendar.between(span.from, span.to);
    this.count = sessions.length;
    this.open = Float64Array.from(sessions, (session) => session.open);
    this.close = Float64Array.from(sessions, (session) => session.close);
    const days = Int32Array.from(sessions, (session) => dayNumber(session.date));
    this.week = days.map((day) => Math.floor((day + 3) / 7));
    this.#firstDay = dayNumber(span.from);
    this.#byDay = new Int32Array(dayNumber(span.to) - this.#firstDay + 1).fill(-1);
    days.forEach((day, index) => {
      this.#byDay[day - this.#firstDay] = index;
    });
  }

  /** The session of a day (days since 1970-01-01 in the exchange's calendar); -1 on a closed day, -2 outside the table. */
  onDay(day: number): number {
    return this.#byDay[day - this.#firstDay] ?? -2;
  }

  /** The session open at this moment (open <= time < close), or -1. */
  at(time: number): number {
    const index = this.lastOpened(time);
    return index >= 0 && time < this.close[index]! ? index : -1;
  }

  /** The newest session that opened at or before this moment, or -1. */
  lastOpened(time: number): number {
    return upperBound(this.open, this.count, time) - 1;
  }

  /** First session of the week that session `index` belongs to. */
  firstOfWeek(index: number): number {
    let first = index;
    while (first > 0 && this.week[first - 1] === this.week[index]) first -= 1;
    return first;
  }

  /** Last session of the week that session `index` belongs to. */
  lastOfWeek(index: number): number {
    let last = index;
    while (last + 1 < this.count && this.week[last + 1] === this.week[index]) last += 1;
    return last;
  }
}

/** Days since 1970-01-01 of a date `2026-11-20`. */
export function dayNumber(date: string): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / DAY);
}
