export type SignalType = 'bullish' | 'neutral' | 'bearish';
export type Tier = 'diamond' | 'gold' | 'silver' | 'bronze';

const STRENGTHS = [
  [85, 'STR_BUY'],
  [75, 'BUY'],
  [65, 'WEAK_BUY'],
  [50, 'NEUTRAL'],
  [40, 'WEAK_SELL'],
  [30, 'SELL'],
] as const;
export type SignalStrength = (typeof STRENGTHS)[number][1] | 'STR_SELL';

/** One of seven classes by score; kurzora.md 4.8. */
export function strengthClass(score: number): SignalStrength {
  return STRENGTHS.find(([least]) => score >= least)?.[1] ?? 'STR_SELL';
}

export function signalType(score: number): SignalType {
  return score >= 60 ? 'bullish' : score >= 40 ? 'neutral' : 'bearish';
}

/** The label a reader knows the best signals by; none below 70. */
export function tierOf(score: number): Tier | null {
  return score >= 90 ? 'diamond' : score >= 85 ? 'gold' : score >= 80 ? 'silver' : score >= 70 ? 'bronze' : null;
}
