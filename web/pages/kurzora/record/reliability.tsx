import type { ScoreRecord } from '#products/kurzora/contract.ts';
import { number } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { range, scaleEnd, share } from './rates.ts';
import { say } from './texts.ts';

type Point = ScoreRecord['engine']['reliability'][number];
interface ReliabilityProps {
  readonly engine: readonly Point[];
  readonly calibrated: readonly Point[];
}

/** What was said against what came: a picture, and the same figures in a table. */
export function Reliability({ engine, calibrated }: ReliabilityProps) {
  if (engine.length === 0 && calibrated.length === 0) return null;
  return (
    <section className="part">
      <h3>{say('reliability')}</h3>
      <p className="small quiet">{say('reliabilityWhat')}</p>
      <div className="reliability">
        <Diagram engine={engine} calibrated={calibrated} />
        <div className="reliability-tables">
          <Figures name={say('engine')} points={engine} />
          <Figures name={say('calibrated')} points={calibrated} />
        </div>
      </div>
    </section>
  );
}

const SIZE = 240;
const LEFT = 34;
const BOTTOM = 26;
const EDGE = 8;

function Diagram({ engine, calibrated }: ReliabilityProps) {
  const all = [...engine, ...calibrated];
  const end = scaleEnd(all.flatMap(({ forecast, interval }) => [forecast, interval[1] ?? 0]));
  const x = (value: number) => LEFT + (value / end) * SIZE;
  const y = (value: number) => EDGE + SIZE - (value / end) * SIZE;
  const inside = all.filter(({ forecast, interval: [low = 0, high = 0] }) => low <= forecast && forecast <= high);
  const ticks = Array.from({ length: Math.round(end * 10) + 1 }, (_, index) => index / 10).filter(
    (_, index) => end <= 0.5 || index % 2 === 0,
  );
  const label = say('reliabilityAlt', { points: all.length, inside: inside.length });
  return (
    <figure className="reliability-diagram ltr">
      <svg viewBox={`0 0 ${LEFT + SIZE + EDGE} ${EDGE + SIZE + BOTTOM}`} role="img" aria-label={label}>
        {ticks.map((tick) => (
          <g key={tick} className="tick">
            <line x1={x(0)} x2={x(end)} y1={y(tick)} y2={y(tick)} />
            <line x1={x(tick)} x2={x(tick)} y1={y(0)} y2={y(end)} />
            <text x={LEFT - 5} y={y(tick) + 3.5} textAnchor="end">
              {number(tick * 100, 0)}
            </text>
            <text x={x(tick)} y={y(0) + 14} textAnchor="middle">
              {number(tick * 100, 0)}
            </text>
          </g>
        ))}
        <line className="diagonal" x1={x(0)} y1={y(0)} x2={x(end)} y2={y(end)} />
        {[
          ...engine.map((point) => ['engine', point] as const),
          ...calibrated.map((point) => ['calibrated', point] as const),
        ].map(([whose, { forecast, hitRate, interval }]) => (
          <g key={`${whose} ${forecast}`} className={`point ${whose}`}>
            <line x1={x(forecast)} x2={x(forecast)} y1={y(interval[0] ?? 0)} y2={y(interval[1] ?? 0)} />
            {whose === 'engine' ? (
              <circle cx={x(forecast)} cy={y(hitRate)} r="3.5" />
            ) : (
              <rect x={x(forecast) - 3} y={y(hitRate) - 3} width="6" height="6" />
            )}
          </g>
        ))}
      </svg>
      <figcaption className="small quiet" dir="auto">
        <span className="legend engine">{say('ofEngine')}</span>{' '}
        {calibrated.length > 0 && <span className="legend calibrated">{say('ofCalibrated')}</span>} · {say('said')} →,{' '}
        {say('came')} ↑, %
      </figcaption>
    </figure>
  );
}

function Figures({ name, points }: { name: string; points: readonly Point[] }) {
  if (points.length === 0) return null;
  return (
    <table className="arithmetic">
      <caption className="small quiet">{name}</caption>
      <thead>
        <tr>
          {[say('said'), say('came'), t('interval'), t('count')].map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {points.map(({ forecast, hitRate, interval, n }) => (
          <tr key={forecast}>
            <th scope="row">
              <span className="ltr">{share(forecast)}</span>
            </th>
            <td>
              <span className="ltr">{share(hitRate)}</span>
            </td>
            <td className="quiet">
              <bdi>{range(interval, 0)}</bdi>
            </td>
            <td className="quiet">
              <span className="ltr">{number(n, 0)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
