import './labels.css';
import type { SignalSummary } from '#products/kurzora/contract.ts';

export const TIMEFRAMES = ['1H', '4H', '1D', '1W'] as const;

/** How full of meaning a score is: drives the tint alone, the number says the rest. */
export function scoreLevel(score: number): 'high' | 'mid' | 'low' {
  if (score >= 70) return 'high';
  return score >= 50 ? 'mid' : 'low';
}

/** Four scores side by side, each a number over a bar of its length, so that a column of them reads as a shape. */
export function TimeframeStrip({ scores }: { scores: SignalSummary['timeframeScores'] }) {
  return (
    <span className="strip ltr">
      {TIMEFRAMES.map((timeframe) => {
        const score = scores[timeframe];
        return (
          <span key={timeframe} className="strip-cell" data-level={score === null ? 'none' : scoreLevel(score)}>
            <span className="strip-name">{timeframe}</span> <span className="strip-score">{score ?? '–'}</span>
            <svg className="strip-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
              <rect className="strip-track" width="100" height="4" />
              <rect className="strip-fill" width={score ?? 0} height="4" />
            </svg>
          </span>
        );
      })}
    </span>
  );
}
