import type { SignalDetail } from '#products/kurzora/contract.ts';
import { number, signed } from '../../../app/format.ts';
import { composeScore, type Dimension } from './score-arithmetic.ts';
import { say } from './texts.ts';

const MEANINGS = {
  strength: 'strengthMeans',
  confidence: 'confidenceMeans',
  quality: 'qualityMeans',
  risk: 'riskMeans',
} as const satisfies Record<Dimension, string>;

function divergenceKind(bonus: number): string {
  if (bonus === 0) return say('noneFound');
  return say(bonus > 0 ? 'bullishDivergence' : 'bearishDivergence');
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
        <caption className="hidden-visually">{say('compositionCaption')}</caption>
        <tbody>
          {parts.map(({ dimension, weight, value, points }) => (
            <tr key={dimension}>
              <th scope="row">
                <span className={`key part-${dimension}`} aria-hidden="true" />
                {say(dimension)}
                <span className="meaning quiet">{say(MEANINGS[dimension])}</span>
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
            <th scope="row">{say('baseScore')}</th>
            <td className="quiet">{say('rounded', { sum: number(sum, 2, 2) })}</td>
            <td>
              <span className="ltr">{number(signal.baseScore)}</span>
            </td>
          </tr>
          <tr>
            <th scope="row">{say('divergence')}</th>
            <td className="quiet">{divergenceKind(signal.divergenceBonus)}</td>
            <td>
              <span className="ltr">{signed(signal.divergenceBonus)}</span>
            </td>
          </tr>
          <tr className="sum final">
            <th scope="row">{say('finalScore')}</th>
            <td />
            <td>
              <span className="ltr">{signal.finalScore}</span>
            </td>
          </tr>
        </tbody>
      </table>
      {!agrees && (
        <p className="small stale" role="alert">
          {say('disagree', { engine: signal.engine })}
        </p>
      )}
    </>
  );
}
