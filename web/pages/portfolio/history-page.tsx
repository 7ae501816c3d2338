import { gain, localTime, number, percent, price } from '../../app/format.ts';
import { type MessageKey, t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { FailureNotice, Notice, Skeleton } from '../../app/notice.tsx';
import { SignedIn } from '../../app/signed-in.tsx';
import { Figure } from './figure.tsx';
import { tone } from './tone.ts';
import { type PaperTrade, useLiveTrades, useTrades } from './trades.ts';

const REASONS: Readonly<Record<string, MessageKey>> = {
  take_profit: 'reasonTarget',
  stop_loss: 'reasonStop',
  manual: 'reasonManual',
  signal_invalidated: 'reasonInvalidated',
  expired: 'reasonExpired',
  reset: 'reasonReset',
};

export function HistoryPage() {
  return <SignedIn title={t('history')}>{({ userId }) => <History userId={userId} />}</SignedIn>;
}

function History({ userId }: { userId: string }) {
  useLiveTrades(userId);
  const trades = useTrades('closed');
  if (trades.error)
    return <FailureNotice what={t('notLoaded')} error={trades.error} retry={() => void trades.refetch()} />;
  if (!trades.data) return <Skeleton rows={6} label={t('loading')} />;
  if (trades.data.length === 0)
    return (
      <Notice title={t('noHistory')} action={<Link to="/positions">{t('positions')}</Link>}>
        <p>{t('noHistoryWhy')}</p>
      </Notice>
    );
  return (
    <>
      <Results trades={trades.data} />
      <table className="trades">
        <caption className="hidden-visually">{t('history')}</caption>
        <thead>
          <tr>
            {(['stock', 'shares', 'entry', 'exit', 'closedAt', 'reason', 'gain'] as const).map((key) => (
              <th key={key} scope="col">
                {t(key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {trades.data.map((trade) => (
            <ClosedRow key={trade.id} trade={trade} />
          ))}
        </tbody>
      </table>
    </>
  );
}

/** Over the trades shown: sums and shares of what the database worked out for each. */
function Results({ trades }: { trades: readonly PaperTrade[] }) {
  const gains = trades.map((trade) => trade.profit_loss ?? 0);
  const total = gains.reduce((sum, each) => sum + each, 0);
  const winners = gains.filter((each) => each > 0).length;
  return (
    <dl className="figures">
      <Figure name={t('realised')} value={gain(total)} tone={tone(total)} />
      <Figure name={t('closedTrades')} value={number(trades.length, 0)} />
      <Figure name={t('winners')} value={`${number(winners, 0)} (${number((100 * winners) / trades.length, 0)}%)`} />
    </dl>
  );
}

function ClosedRow({ trade }: { trade: PaperTrade }) {
  const reason = REASONS[trade.exit_reason ?? ''];
  return (
    <tr>
      <th scope="row">
        {trade.ticker}
        {trade.company_name && (
          <span className="quiet small company">
            <bdi>{trade.company_name}</bdi>
          </span>
        )}
      </th>
      <td data-name={t('shares')}>
        <span className="ltr">{number(trade.quantity, 0)}</span>
      </td>
      <td data-name={t('entry')}>
        <span className="ltr">{price(trade.entry_price)}</span>
      </td>
      <td data-name={t('exit')}>
        <span className="ltr">{price(trade.exit_price)}</span>
      </td>
      <td data-name={t('closedAt')}>{localTime(trade.closed_at)}</td>
      <td data-name={t('reason')}>{reason ? t(reason) : trade.exit_reason}</td>
      <td data-name={t('gain')} className={tone(trade.profit_loss)}>
        <span className="ltr">
          {gain(trade.profit_loss)} <span className="small">{percent(trade.profit_loss_percentage)}</span>
        </span>
      </td>
    </tr>
  );
}
