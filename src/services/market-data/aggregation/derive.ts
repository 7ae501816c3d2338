/**
 * 1m to 1D out of stored bars, session by session: buckets count from the session's open (09:30, 10:30, ... for 1H; 09:30
 * and 13:30 for 4H) and never reach past its close, so that an early close gives shorter bars. 1W out of 1D by Monday-based
 * weeks of session dates; a week's bar starts at the open of the exchange's first session in it.
 */
import type { Series } from '../store/series.ts';
import { lowerBound } from './bisect.ts';
import { Composition, type Level, levelsOf, seek } from './compose.ts';
import type { SessionTable } from './sessions.ts';
import { LENGTH, type StoredTimeframe } from './timeframes.ts';

const LONGEST_SESSION = 6.5 * 3_600_000;

type Stored = readonly (readonly [StoredTimeframe, Series])[];

/**
 * Brings `into` up to date from the bucket that holds `since` on; what lies before stays. All stored bars are used, so the
 * last bar may be of a bucket that is still running.
 */
export function deriveFrom(
  sessions: SessionTable,
  stored: Stored,
  target: StoredTimeframe,
  into: Series,
  since: number,
): void {
  const levels = levelsOf(stored, target);
  const newest = Math.max(...levels.map(({ series }) => (series.length ? series.time[series.length - 1]! : -Infinity)));
  const oldest = Math.min(...levels.map(({ series }) => (series.length ? series.time[0]! : Infinity)));
  if (!(newest >= oldest)) {
    into.truncate(0);
    return;
  }
  const first = sessions.lastOpened(Math.max(since, oldest));
  into.truncate(lowerBound(into.time, into.length, sessions.open[first]!));
  into.reserve(into.length + roomFor(sessions, levels, target, first, newest));
  seek(levels, sessions.open[first]!);
  const bar = new Composition();
  for (let session = first; session < sessions.count && sessions.open[session]! <= newest; session++) {
    const close = sessions.close[session]!;
    for (let start = sessions.open[session]!; start < close; start += LENGTH[target]) {
      bar.reset();
      bar.fill(levels, 0, start, Math.min(start + LENGTH[target], close), close, Number.POSITIVE_INFINITY);
      if (bar.count > 0) into.append(start, bar.open, bar.high, bar.low, bar.close, bar.volume);
    }
  }
}

/** Bars that can come of it at most: reserving once is cheaper than growing. */
function roomFor(
  sessions: SessionTable,
  levels: readonly Level[],
  target: StoredTimeframe,
  first: number,
  newest: number,
): number {
  const spanned = sessions.lastOpened(newest) - first + 1;
  const slots = Math.ceil(LONGEST_SESSION / LENGTH[target]) || 1;
  const bars = levels.reduce((sum, { series }) => sum + series.length, 0);
  return Math.min(spanned * slots, bars);
}

/** Weeks out of days, from the week that holds `since` on. */
export function deriveWeeks(sessions: SessionTable, days: Series, into: Series, since: number): void {
  if (days.length === 0) {
    into.truncate(0);
    return;
  }
  const first = sessions.firstOfWeek(sessions.lastOpened(Math.max(since, days.time[0]!)));
  const from = sessions.open[first]!;
  into.truncate(lowerBound(into.time, into.length, from));
  const bar = new Composition();
  let week = -1;
  let start = 0;
  for (let day = lowerBound(days.time, days.length, from); day < days.length; day++) {
    const session = sessions.lastOpened(days.time[day]!);
    if (sessions.week[session] !== week) {
      if (bar.count > 0) into.append(start, bar.open, bar.high, bar.low, bar.close, bar.volume);
      bar.reset();
      week = sessions.week[session]!;
      start = sessions.open[sessions.firstOfWeek(session)]!;
    }
    bar.add(days, day, sessions.close[session]!);
  }
  if (bar.count > 0) into.append(start, bar.open, bar.high, bar.low, bar.close, bar.volume);
}
