import { number } from '../../../app/format.ts';
import { currentLocale } from '../../../app/language.ts';
import { say } from './texts.ts';

interface ColumnChartProps {
  readonly name: string;
  /** Oldest first; one column each. */
  readonly days: readonly { readonly day: string; readonly value: number }[];
}

const HEIGHT = 64;
/** A day with anything on it is seen to have something. */
const LEAST = 1.5;

/** Counts day by day. The picture for the eye, its sum, peak and every number for whoever cannot see it. */
export function ColumnChart({ name, days }: ColumnChartProps) {
  const most = Math.max(1, ...days.map(({ value }) => value));
  const sum = days.reduce((total, { value }) => total + value, 0);
  const heightOf = (value: number) => (value === 0 ? 0 : Math.max(LEAST, (HEIGHT * value) / most));
  const [first, last] = [days[0], days.at(-1)];
  const peak = days.find(({ value }) => value === most);
  return (
    <figure className="columns">
      <figcaption>
        {name} <strong className="ltr">{number(sum, 0)}</strong>{' '}
        {peak && sum > 0 && (
          <span className="quiet small">{say('peak', { n: number(peak.value, 0), day: dayOf(peak.day) })}</span>
        )}
      </figcaption>
      <svg viewBox={`0 0 ${days.length} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {days.map(({ day, value }, place) => (
          <rect key={day} x={place + 0.1} width={0.8} y={HEIGHT - heightOf(value)} height={heightOf(value)}>
            <title>{`${dayOf(day)}: ${number(value, 0)}`}</title>
          </rect>
        ))}
      </svg>
      <p className="axis quiet small" aria-hidden="true">
        <span>{first && dayOf(first.day)}</span>
        <span>{last && dayOf(last.day)}</span>
      </p>
      <div className="hidden-visually">
        <table>
          <caption>{name}</caption>
          <tbody>
            {days.map(({ day, value }) => (
              <tr key={day}>
                <th scope="row">{dayOf(day)}</th>
                <td>{number(value, 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

/** `2026-11-22` as the language writes a day, in UTC as it was counted. */
function dayOf(day: string): string {
  return new Intl.DateTimeFormat(currentLocale(), { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(day),
  );
}
