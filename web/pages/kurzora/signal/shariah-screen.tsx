import type { ShariahScreen } from '#products/kurzora/contract.ts';
import { localDay, number } from '../../../app/format.ts';
import { say } from './texts.ts';

/** Percent (kurzora.md 11). */
const LIMITS = { debt: 33, interest: 5, nonPermissible: 5, cash: 33 } as const;
const share = (value: number) => `${number(value, 2)}%`;

/** What the screen of the stock found: ratios beside their limits, where they are known. */
export function Screen({ screen }: { screen: ShariahScreen }) {
  const ratios = {
    debt: screen.debtToMarketCap,
    interest: screen.interestIncome,
    nonPermissible: screen.nonPermissibleRevenue,
    cash: screen.cashToMarketCap,
  };
  const known = Object.values(ratios).some((value) => value !== null);
  if (screen.status === 'pending' && !known) return <p className="small quiet">{say('unknownScreen')}</p>;
  return (
    <>
      <table className="arithmetic">
        <tbody>
          {(Object.keys(LIMITS) as (keyof typeof LIMITS)[]).map((name) => (
            <Ratio key={name} name={say(name)} value={ratios[name]} limit={LIMITS[name]} />
          ))}
        </tbody>
      </table>
      <p className="small quiet">
        {screen.status === 'review_required' && `${say('review')} `}
        {screen.status === 'pending' && `${say('unknownScreen')} `}
        {screen.purification !== null &&
          screen.purification > 0 &&
          `${say('purify', { percent: share(screen.purification) })}. `}
        {screen.screenedOn && say('screenedOn', { date: localDay(screen.screenedOn) })}
      </p>
    </>
  );
}

function Ratio({ name, value, limit }: { name: string; value: number | null; limit: number }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="quiet">{say('atMost', { limit: share(limit) })}</td>
      <td className={value !== null && value > limit ? 'down' : undefined}>
        {value === null ? (
          <span className="quiet">{say('notKnown')}</span>
        ) : (
          <span className="ltr">{share(value)}</span>
        )}
      </td>
    </tr>
  );
}
