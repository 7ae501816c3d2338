import type { RecordPlacebo } from '#products/kurzora/contract.ts';
import { number } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { range, share } from './rates.ts';
import { say } from './texts.ts';

/** What the same procedure says where the truth is known. */
export function Placebos({ placebo }: { placebo: RecordPlacebo }) {
  const lines = (['randomWalk', 'shuffled', 'planted'] as const).flatMap((name) => {
    const line = placebo[name];
    return line ? [{ name, line }] : [];
  });
  return (
    <section className="part">
      <h3>{say('placebos')}</h3>
      <p className="small quiet">{say('placebosWhat')}</p>
      <table className="trades">
        <caption className="hidden-visually">{say('placebos')}</caption>
        <thead>
          <tr>
            {[say('market'), t('count'), t('hitRate'), t('baseRate'), say('skill'), say('trendP'), say('verdict')].map(
              (head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ name, line }) => (
            <Line key={name} name={name} line={line} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Line({ name, line }: { name: keyof RecordPlacebo; line: RecordPlacebo['planted'] }) {
  const { n, hitRate, baseRate, brierSkill, brierSkillInterval, trendP, asExpected } = line;
  const verdict = name === 'planted' ? (asExpected ? 'found' : 'notFound') : asExpected ? 'flat' : 'notFlat';
  const skill = brierSkillInterval ? `${share(brierSkill, 2)} (${range(brierSkillInterval, 2)})` : share(brierSkill, 2);
  const cells: [string, string][] = [
    [t('count'), number(n, 0)],
    [t('hitRate'), share(hitRate)],
    [t('baseRate'), share(baseRate)],
    [say('skill'), skill],
    [say('trendP'), number(trendP, 3, 3)],
  ];
  return (
    <tr>
      <th scope="row">{say(name)}</th>
      {cells.map(([head, value]) => (
        <td key={head} data-name={head}>
          <bdi>{value}</bdi>
        </td>
      ))}
      <td data-name={say('verdict')} className={asExpected ? undefined : 'down'}>
        {say(verdict)}
      </td>
    </tr>
  );
}
