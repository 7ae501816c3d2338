import type { SignalDetail } from '#products/kurzora/contract.ts';
import { number, signed } from '../../app/format.ts';
import { composeScore, type Dimension } from './score-arithmetic.ts';

const MEANING: Record<Dimension, readonly [name: string, meaning: string]> = {
  strength: ['Strength', 'mean of the timeframe scores from 50 up'],
  confidence: ['Confidence', 'how well the timeframes agree'],
  quality: ['Quality', 'momentum rising toward short timeframes'],
  risk: ['Risk', 'calm of the daily returns; higher is safer'],
};

function divergenceKind(bonus: number): string {
  if (bonus === 0) return 'none found';
  return bonus > 0 ? 'bullish' : 'bearish';
}

/** The final score as a sum: a bar of its parts, and the arithmetic under it line by line. */
export function ScoreComposition({ signal }: { signal: SignalDetail }) {
  const { parts, sum, agrees } = composeScore(signal);
  let offset = 0;
  return (
    <>
      <svg className="composition-bar ltr" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect className="strip-track" width="100" height="6" />
        {parts.map(({ dimension, points }) => {
          const start = offset;
          offset += points;
          return (
            <rect
              key={dimension}
              className={`part-${dimension}`}
              x={start}
              width={Math.max(points - 0.4, 0)}
              height="6"
            />
          );
        })}
      </svg>
      <table className="arithmetic">
        <caption className="hidden-visually">Weight times value of each dimension, and their sum</caption>
        <tbody>
          {parts.map(({ dimension, weight, value, points }) => (
            <tr key={dimension}>
              <th scope="row">
                <span className={`key part-${dimension}`} aria-hidden="true" />
                {MEANING[dimension][0]}
                <span className="meaning quiet">{MEANING[dimension][1]}</span>
              </th>
              <td className="quiet">
                <span className="ltr">
                  {weight} % × {number(value)}
                </span>
              </td>
              <td>
                <span className="ltr">{number(points, 2, 2)}</span>
              </td>
            </tr>
          ))}
          <tr className="sum">
            <th scope="row">Base score</th>
            <td className="quiet">
              <span className="ltr">{number(sum, 2, 2)} rounded</span>
            </td>
            <td>
              <span className="ltr">{number(signal.baseScore)}</span>
            </td>
          </tr>
          <tr>
            <th scope="row">RSI divergence</th>
            <td className="quiet">{divergenceKind(signal.divergenceBonus)}</td>
            <td>
              <span className="ltr">{signed(signal.divergenceBonus)}</span>
            </td>
          </tr>
          <tr className="sum final">
            <th scope="row">Final score</th>
            <td />
            <td>
              <span className="ltr">{signal.finalScore}</span>
            </td>
          </tr>
        </tbody>
      </table>
      {!agrees && (
        <p className="small stale" role="alert">
          The stored scores are not what these numbers give. Engine {signal.engine}.
        </p>
      )}
    </>
  );
}
