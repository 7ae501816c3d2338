import type { StoredTimeframe } from '../aggregation/timeframes.ts';

export type ChunkClass = 'intraday' | 'daily';

export const classOf = (timeframe: StoredTimeframe): ChunkClass => (timeframe === '1D' ? 'daily' : 'intraday');

/**
 * First moment (UTC) of the chunk a bar belongs to: its day for 1m and 5m, so that folding a session only inserts; its month for
 * 15m to 4H; its year for 1D. A session lies within one UTC day, so none is torn.
 */
export function chunkStart(timeframe: StoredTimeframe, time: number): number {
  const date = new Date(time);
  const month = timeframe === '1D' ? 0 : date.getUTCMonth();
  const day = timeframe === '1m' || timeframe === '5m' ? date.getUTCDate() : 1;
  return Date.UTC(date.getUTCFullYear(), month, day);
}

/** First moment after the chunk that starts at `start`. */
export function chunkEnd(timeframe: StoredTimeframe, start: number): number {
  const date = new Date(start);
  if (timeframe === '1D') return Date.UTC(date.getUTCFullYear() + 1, 0, 1);
  if (timeframe === '1m' || timeframe === '5m') return start + 86_400_000;
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** `2026-11-01` of a moment, UTC. */
export const isoDate = (time: number): string => new Date(time).toISOString().slice(0, 10);
