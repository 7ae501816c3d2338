import './portfolio.css';
import { useState } from 'react';
import { gain, money, number, percent, price } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { explain, FailureNotice, Notice, Skeleton } from '../../app/notice.tsx';
import { SignedIn } from '../../app/signed-in.tsx';
import { AccountSettings } from './account-settings.tsx';
import { Figure } from './figure.tsx';
import { Levels } from './level-form.tsx';
import { tone } from './tone.ts';
import { type PaperTrade, useCloseTrade, useLiveTrades, useOpenTrades, usePortfolio } from './trades.ts';

export function PositionsPage() {
  return <SignedIn title={t('positions')}>{({ userId }) => <Positions userId={userId} />}</SignedIn>;
}

function Positions({ userId }: { userId: string }) {
  useLiveTrades(userId);
  const trades = useOpenTrades();
  if (trades.error)
    return <FailureNotice what={t('notLoaded')} error={trades.error} retry={() => void trades.refetch()} />;
  if (!trades.data) return <Skeleton rows={6} label={t('loading')} />;
  return (
    <>
      <Totals trades={trades.data} />
      {trades.data.length === 0 ? (
        <Notice title={t('noPositions')} action={<Link to="/signals">{t('allSignals')}</Link>}>
          <p>{t('noPositionsWhy')}</p>
        </Notice>
      ) : (
        <PositionTable trades={trades.data} />
      )}
      <AccountSettings />
    </>
  );
}

function Totals({ trades }: { trades: readonly PaperTrade[] }) {
  const portfolio = usePortfolio().data;
  const invested = trades.reduce((sum, trade) => sum + trade.entry_price * trade.quantity, 0);
  const unrealised = trades.reduce((sum, trade) => sum + (trade.profit_loss ?? 0), 0);
  const cash = portfolio?.balance ?? null;
  return (
    <dl className="figures">
      <Figure name={t('accountValue')} value={money(cash === null ? null : cash + invested + unrealised)} />
      <Figure name={t('cash')} value={money(cash)} />
      <Figure name={t('invested')} value={money(invested)} />
      <Figure name={t('unrealised')} value={gain(unrealised)} tone={tone(unrealised)} />
    </dl>
  );
}

function PositionTable({ trades }: { trades: readonly PaperTrade[] }) {
  return (
    <table className="trades">
      <caption className="hidden-visually">{t('positions')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('stock')}</th>
          <th scope="col">{t('shares')}</th>
          <th scope="col">{t('entry')}</th>
          <th scope="col">{t('now')}</th>
          <th scope="col">
            {t('stop')} / {t('target')}
          </th>
          <th scope="col">{t('gain')}</th>
          <th scope="col">
            <span className="hidden-visually">{t('close')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {trades.map((trade) => (
          <PositionRow key={trade.id} trade={trade} />
        ))}
      </tbody>
    </table>
  );
}

function PositionRow({ trade }: { trade: PaperTrade }) {
  const cell = (name: string, value: string) => (
    <td data-name={name}>
      <span className="ltr">{value}</span>
    </td>
  );
  return (
    <tr>
      <th scope="row">
        {trade.signal_id ? <Link to={`/signals/${trade.signal_id}`}>{trade.ticker}</Link> : trade.ticker}
        {trade.company_name && (
          <span className="quiet small company">
            <bdi>{trade.company_name}</bdi>
          </span>
        )}
      </th>
      {cell(t('shares'), `${trade.trade_type === 'sell' ? '\u2212' : ''}${number(trade.quantity, 0)}`)}
      {cell(t('entry'), price(trade.entry_price))}
      {cell(t('now'), price(trade.current_price))}
      <td data-name={`${t('stop')} / ${t('target')}`} className="levels-cell">
        <Levels trade={trade} />
      </td>
      <td data-name={t('gain')} className={tone(trade.profit_loss)}>
        <span className="ltr">
          {gain(trade.profit_loss)} <span className="small">{percent(trade.profit_loss_percentage)}</span>
        </span>
      </td>
      <td className="action">
        <CloseButton trade={trade} />
      </td>
    </tr>
  );
}

/** Closing cannot be undone, so that it is asked for twice, in the same place. */
function CloseButton({ trade }: { trade: PaperTrade }) {
  const close = useCloseTrade();
  const [asked, setAsked] = useState(false);
  if (close.error)
    return (
      <span className="small down" role="alert">
        {explain(close.error)}
      </span>
    );
  const text = asked ? t('closeAt', { price: price(trade.current_price ?? trade.entry_price) }) : t('close');
  return (
    <button
      type="button"
      className={asked ? 'button primary' : 'button'}
      aria-label={`${text}: ${trade.ticker}`}
      disabled={close.isPending}
      onBlur={() => setAsked(false)}
      onKeyDown={(event) => event.key === 'Escape' && setAsked(false)}
      onClick={() => (asked ? close.mutate(trade) : setAsked(true))}
    >
      {text}
    </button>
  );
}
