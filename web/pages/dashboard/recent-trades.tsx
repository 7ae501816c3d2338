import type { Trade } from '#products/kurzora/contract.ts';
import { gain, localTime, number, percent, price } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { tone } from '../portfolio/tone.ts';
import { say } from './texts.ts';

/** The newest trades, open and closed. */
export function RecentTrades({ trades }: { trades: readonly Trade[] }) {
  return (
    <section className="dashboard-part" aria-labelledby="dashboard-trades">
      <div className="part-head">
        <h2 id="dashboard-trades">{say('recentTrades')}</h2>
        {trades.length > 0 && (
          <Link to="/history" className="small">
            {t('history')}
          </Link>
        )}
      </div>
      {trades.length === 0 ? (
        <p className="quiet">{say('noTrades')}</p>
      ) : (
        <table className="trades">
          <caption className="hidden-visually">{say('recentTrades')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('stock')}</th>
              <th scope="col">{t('shares')}</th>
              <th scope="col">{t('entry')}</th>
              <th scope="col">{say('state')}</th>
              <th scope="col">{t('gain')}</th>
            </tr>
          </thead>
          <tbody>
            {trades.map((trade) => (
              <TradeRow key={trade.id} trade={trade} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function TradeRow({ trade }: { trade: Trade }) {
  return (
    <tr>
      <th scope="row">
        {trade.signalId ? <Link to={`/signals/${trade.signalId}`}>{trade.ticker}</Link> : trade.ticker}
        {trade.companyName && (
          <span className="quiet small company">
            <bdi>{trade.companyName}</bdi>
          </span>
        )}
      </th>
      <td data-name={t('shares')}>
        <span className="ltr">{number(trade.quantity, 0)}</span>
      </td>
      <td data-name={t('entry')}>
        <span className="ltr">{price(trade.entryPrice)}</span>
      </td>
      <td data-name={say('state')} className="whole">
        <span>
          {say(trade.isOpen ? 'open' : 'closed')}{' '}
          <time className="quiet small" dateTime={trade.closedAt ?? trade.openedAt}>
            {localTime(trade.closedAt ?? trade.openedAt)}
          </time>
        </span>
      </td>
      <td data-name={t('gain')} className={tone(trade.profitLoss)}>
        <span className="ltr">
          {gain(trade.profitLoss)} <span className="small">{percent(trade.profitLossPercentage)}</span>
        </span>
      </td>
    </tr>
  );
}
