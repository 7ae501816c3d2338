import { DAY, MINUTE, type SessionTable } from '../aggregation/sessions.ts';

/** How a file writes a moment: a date alone, a wall clock in New York, or a point in time with its zone. */
export type Moment =
  | { readonly kind: 'date'; readonly day: number }
  /** `ms` is the wall clock read as if it were UTC. */
  | { readonly kind: 'local'; readonly day: number; readonly ms: number }
  | { readonly kind: 'instant'; readonly time: number };

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** Reads `2020-01-02`, `2020-01-02 09:30[:00]`, the same with a zone, or epoch seconds or milliseconds. Null when it is none of these or no real date. */
export function readMoment(text: string): Moment | null {
  const match = ISO.exec(text);
  if (!match) return readEpoch(text);
  const [, year, month, date, hour, minute, second, zone] = match;
  const start = Date.UTC(Number(year), Number(month) - 1, Number(date));
  const check = new Date(start);
  if (check.getUTCMonth() !== Number(month) - 1 || check.getUTCDate() !== Number(date)) return null;
  if (hour === undefined || isMidnight(hour, minute, second)) return { kind: 'date', day: start / DAY };
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return null;
  const ms = start + (Number(hour) * 60 + Number(minute)) * MINUTE + Number(second ?? 0) * 1000;
  return zone === undefined ? { kind: 'local', day: start / DAY, ms } : { kind: 'instant', time: ms - offset(zone) };
}

/** Daily files often write their dates as midnight, in whatever zone. */
const isMidnight = (...parts: (string | undefined)[]): boolean => parts.every((part) => Number(part ?? 0) === 0);

function offset(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone[0] === '-' ? -minutes : minutes) * MINUTE;
}

function readEpoch(text: string): Moment | null {
  if (/^\d{9,10}$/.test(text)) return { kind: 'instant', time: Number(text) * 1000 };
  return /^\d{12,13}$/.test(text) ? { kind: 'instant', time: Number(text) } : null;
}

/**
 * Epoch milliseconds of a wall clock in New York on a session's day. The session's open, 09:30 there, gives the day's distance from
 * UTC: clocks change on Sundays, never within a session.
 */
export function localTime(sessions: SessionTable, session: number, moment: { day: number; ms: number }): number {
  const open = sessions.open[session]!;
  return moment.ms + (open - (moment.day * DAY + 570 * MINUTE));
}
