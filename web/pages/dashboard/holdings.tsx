import type { Holding } from '#products/kurzora/contract.ts';
import { gain, money, number, percent, price } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { tone } from '../portfolio/tone.ts';
import { say } from './texts.ts';

/** What is held, a line a stock however many trades made it. */
export function Holdings({ holdings }: { holdings: readonly Holding[] }) {
  return (
    <section className="dashboard-part" aria-labelledby="dashboard-holdings">
      <div className="part-head">
        <h2 id="dashboard-holdings">{say('openPositions')}</h2>
        {holdings.length > 0 && (
          <Link to="/positions" className="small">
            {t('positions')}
          </Link>
        )}
      </div>
      {holdings.length === 0 ? (
        <p>
          <span className="quiet">{say('nothingHeld')}</span> <Link to="/signals">{say('toSignals')}</Link>
        </p>
      ) : (
        <table className="trades">
          <caption className="hidden-visually">{say('openPositions')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('stock')}</th>
              <th scope="col">{t('shares')}</th>
              <th scope="col">{say('averageEntry')}</th>
              <th scope="col">{say('value')}</th>
              <th scope="col">{t('gain')}</th>
            </tr>
          </thead>
          <tbody>
            {holdings.map((holding) => (
              <HoldingRow key={holding.ticker} holding={holding} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function HoldingRow({ holding }: { holding: Holding }) {
  return (
    <tr>
      <th scope="row">
        {holding.ticker}
        {holding.companyName && (
          <span className="quiet small company">
            <bdi>{holding.companyName}</bdi>
          </span>
        )}
      </th>
      <td data-name={t('shares')}>
        <span className="ltr">{number(holding.quantity, 0)}</span>
      </td>
      <td data-name={say('averageEntry')}>
        <span className="ltr">{price(holding.averageEntryPrice)}</span>
      </td>
      <td data-name={say('value')}>
        <span className="ltr">{money(holding.marketValue)}</span>
      </td>
      <td data-name={t('gain')} className={tone(holding.profitLoss)}>
        <span className="ltr">
          {gain(holding.profitLoss)}{' '}
          {holding.cost > 0 && <span className="small">{percent((100 * holding.profitLoss) / holding.cost)}</span>}
        </span>
      </td>
    </tr>
  );
}
