import type { ScoredSignal } from './score-stock.ts';
import { INDICATOR_NAMES, type IndicatorKey } from './timeframe-score.ts';

/** Two or three sentences that say why the signal scored as it did; every number in them is one of the signal's own. */
export function explain(signal: Omit<ScoredSignal, 'explanation'>): string {
  const { strength, confidence, quality, risk } = signal.dimensions;
  const parts = signal.timeframes.map(({ timeframe, score }) => `${timeframe} ${score ?? 'without score'}`);
  const sentences = [
    `${signal.ticker} scores ${signal.finalScore} (${signal.signalStrength}): ${parts.join(', ')}.`,
    `Strength ${strength}, confidence ${confidence}, quality ${quality}, risk ${risk} make ${signal.baseScore}.`,
  ];
  const pattern = signal.divergence.strongest;
  if (pattern) {
    const { bonus } = signal.divergence;
    const effect = bonus < 0 ? `takes ${-bonus} away` : `adds ${bonus}`;
    sentences.push(`A ${pattern.type.replace('_', ' ')} RSI divergence on 1D ${effect}.`);
  }
  const lead = strongestContribution(signal);
  if (lead) sentences.push(lead);
  return sentences.join(' ');
}

function strongestContribution(signal: Omit<ScoredSignal, 'explanation'>): string | null {
  let best: { timeframe: string; name: string; points: number } | null = null;
  for (const { timeframe, contributions } of signal.timeframes)
    for (const [key, points] of Object.entries(contributions))
      if (best === null || points > best.points)
        best = { timeframe, name: INDICATOR_NAMES[key as IndicatorKey], points };
  return best && best.points > 0
    ? `The largest single contribution is ${best.name} on ${best.timeframe} with +${best.points}.`
    : null;
}
