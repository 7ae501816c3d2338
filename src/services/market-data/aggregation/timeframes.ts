import type { Timeframe } from '../api.ts';
import { MINUTE, type SessionTable } from './sessions.ts';

/** Nominal length in milliseconds; a bar ends earlier where its session does. A day is as long as its session. */
export const LENGTH: Readonly<Record<Timeframe, number>> = {
  '1m': MINUTE,
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '1H': 60 * MINUTE,
  '4H': 240 * MINUTE,
  '1D': Number.POSITIVE_INFINITY,
  '1W': Number.POSITIVE_INFINITY,
};

/** Stored timeframes, coarsest first. Weeks are always built from days. */
export const STORED = ['1D', '4H', '1H', '15m', '5m', '1m'] as const satisfies readonly Timeframe[];
export type StoredTimeframe = (typeof STORED)[number];

export const isStored = (timeframe: Timeframe): timeframe is StoredTimeframe => timeframe !== '1W';
export const isDaily = (timeframe: Timeframe): boolean => timeframe === '1D' || timeframe === '1W';

/**
 * When the bar of this timeframe that starts at `time` closes: start + length, but never after its session; the session's
 * close for 1D; the close of the week's last session for 1W. Epoch milliseconds. `time` must lie in a session.
 */
export function endOf(sessions: SessionTable, timeframe: Timeframe, time: number): number {
  const session = sessions.lastOpened(time);
  if (session < 0) throw new RangeError(`${new Date(time).toISOString()} is before the exchange's calendar`);
  if (timeframe === '1W') return sessions.close[sessions.lastOfWeek(session)]!;
  return Math.min(time + LENGTH[timeframe], sessions.close[session]!);
}
