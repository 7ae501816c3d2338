import type { ScoreRecord } from '#products/kurzora/contract.ts';
import { Interval } from './buckets.tsx';
import { range, share } from './rates.ts';
import { say } from './texts.ts';

type Figures = ScoreRecord['engine'];

/** The Brier skill of both scores with their intervals, to one scale around zero. */
export function Skill({ engine, calibrated }: { engine: Figures; calibrated: Figures | null }) {
  const lines = [
    { name: say('engine'), figures: engine },
    ...(calibrated ? [{ name: say('calibrated'), figures: calibrated }] : []),
  ].filter(({ figures }) => figures.brierSkillInterval !== null);
  if (lines.length === 0) return null;
  const reach = Math.max(...lines.flatMap(({ figures }) => figures.brierSkillInterval!.map(Math.abs)), 0.001) * 1.15;
  return (
    <section className="part">
      <h3>{say('skill')}</h3>
      <p className="small quiet">{say('skillWhat')}</p>
      <table className="arithmetic skill">
        <tbody>
          {lines.map(({ name, figures: { brierSkill, brierSkillInterval } }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <Interval
                  low={brierSkillInterval![0] ?? 0}
                  high={brierSkillInterval![1] ?? 0}
                  at={brierSkill ?? 0}
                  mark={0}
                  from={-reach}
                  to={reach}
                />
              </td>
              <td>
                <span className="ltr">{share(brierSkill, 2)}</span>
              </td>
              <td className="quiet">
                <bdi>{range(brierSkillInterval!, 2)}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
