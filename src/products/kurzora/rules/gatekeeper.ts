import type { ScanTimeframe } from '#services/market-data/api.ts';
import type { Gate, TimeframeSet } from './engine.ts';

export type TimeframeScores = Readonly<Partial<Record<ScanTimeframe, number | null>>>;

/** Null when the stock passes; otherwise what failed, e.g. `1H 52 is below 55`. A timeframe without a score counts as 0. */
export function gateFault(set: TimeframeSet, scores: TimeframeScores, gate: Gate): string | null {
  const below = (timeframe: ScanTimeframe, least: number) =>
    (scores[timeframe] ?? 0) < least ? `${timeframe} ${scores[timeframe] ?? 'without score'} is below ${least}` : null;
  if (set.name === 'end-of-day') return below('1D', gate.short) ?? below('1W', gate.long);
  const short = below('1H', gate.short) ?? below('4H', gate.medium);
  if (short) return short;
  const day = below('1D', gate.long);
  const week = below('1W', gate.long);
  return day && week ? `${day} and ${week}` : null;
}
