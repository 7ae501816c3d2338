import type { SignalDetail } from '../contract.ts';
import { EXPLANATION_TEXTS, type ExplanationLanguage } from './explanation-texts.ts';
import { DIVERGENCE } from './indicator-rows.ts';
import type { ScoredSignal } from './score-stock.ts';
import { INDICATOR_NAMES, type IndicatorKey } from './timeframe-score.ts';

export type { ExplanationLanguage };

/** What an explanation is written from; a signal that was just scored has it, and a stored one. */
export interface ExplainedSignal extends Pick<ScoredSignal, 'ticker' | 'finalScore' | 'dimensions' | 'baseScore'> {
  readonly signalStrength: string;
  readonly scores: readonly { readonly timeframe: string; readonly score: number | null }[];
  readonly divergence: { readonly type: string; readonly bonus: number } | null;
  readonly contributions: readonly { readonly timeframe: string; readonly name: string; readonly points: number }[];
}

/** Two to four sentences that say why the signal scored as it did; every number in them is one of the signal's own. */
export function explain(signal: ExplainedSignal, language: ExplanationLanguage = 'en'): string {
  const say = EXPLANATION_TEXTS[language];
  const { ticker, finalScore, signalStrength, dimensions, baseScore, divergence } = signal;
  const scores = signal.scores
    .map(({ timeframe, score }) => `${timeframe} ${score ?? say.withoutScore}`)
    .join(say.comma);
  const sentences = [
    say.score({ ticker, finalScore, strength: say.strengths[signalStrength] ?? signalStrength, scores }),
    say.dimensions({ ...dimensions, baseScore }),
  ];
  if (divergence) sentences.push(say.divergence(say.patterns[divergence.type] ?? divergence.type, divergence.bonus));
  const lead = strongest(signal.contributions);
  if (lead) sentences.push(say.lead({ ...lead, name: say.indicators[lead.name] ?? lead.name }));
  return sentences.join(' ');
}

function strongest(contributions: ExplainedSignal['contributions']) {
  let best: ExplainedSignal['contributions'][number] | null = null;
  for (const each of contributions) if (each.points > (best?.points ?? 0)) best = each;
  return best;
}

export function scoredParts(signal: Omit<ScoredSignal, 'explanation'>): ExplainedSignal {
  const { strongest: pattern, bonus } = signal.divergence;
  return {
    ...signal,
    scores: signal.timeframes,
    divergence: pattern && { type: pattern.type, bonus },
    contributions: signal.timeframes.flatMap(({ timeframe, contributions }) =>
      Object.entries(contributions).map(([key, points]) => {
        return { timeframe, name: INDICATOR_NAMES[key as IndicatorKey], points };
      }),
    ),
  };
}

/** The same of a stored signal; null for one that the engine did not make, whose words are its maker's. */
export function storedParts(signal: SignalDetail): ExplainedSignal | null {
  const rows = signal.indicators.filter(({ name }) => name !== DIVERGENCE);
  if (rows.length === 0) return null;
  const pattern = signal.indicators.find(({ name }) => name === DIVERGENCE);
  const { type } = (pattern?.metadata ?? {}) as { type?: string };
  const timeframes = [...new Set(rows.filter(({ rawValue }) => rawValue !== null).map(({ timeframe }) => timeframe))];
  return {
    ...signal,
    scores: timeframes.map((timeframe) => {
      return { timeframe, score: signal.timeframeScores[timeframe as keyof SignalDetail['timeframeScores']] };
    }),
    divergence: type ? { type, bonus: signal.divergenceBonus } : null,
    contributions: rows.map(({ timeframe, name, scoreContribution }) => {
      return { timeframe, name, points: scoreContribution };
    }),
  };
}
