import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Trade } from '#products/kurzora/contract.ts';
import { get } from '../../app/api.ts';
import { gain, localTime, number, percent, price } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { FailureNotice, Notice, Skeleton } from '../../app/notice.tsx';
import { navigate, useAddress } from '../../app/router.tsx';
import { EXIT_REASON_NAMES } from './exit-reasons.ts';
import { ExportTrades } from './export-trades.tsx';
import {
  EXIT_REASONS,
  filterAddress,
  filterQuery,
  type HistoryFilter,
  isFiltered,
  PAGE_SIZE,
  readFilter,
} from './history-filter.ts';
import { say } from './texts.ts';
import { tone } from './tone.ts';

/** Trades that are over, newest first, as far as the filters in the address let them through. */
export function ClosedTrades() {
  const filter = readFilter(useAddress().search);
  const trades = useQuery({
    queryKey: ['trades', 'closed', filter],
    queryFn: ({ signal }) =>
      get<Trade[]>(`portfolio/trades?${filterQuery(filter)}&page=${filter.page}&limit=${PAGE_SIZE}`, signal),
    placeholderData: keepPreviousData,
  });
  const change = (next: Partial<HistoryFilter>) =>
    navigate(filterAddress({ ...filter, page: 1, ...next }), { replace: true });
  if (trades.error)
    return <FailureNotice what={t('notLoaded')} error={trades.error} retry={() => void trades.refetch()} />;
  if (!trades.data) return <Skeleton rows={6} label={t('loading')} />;
  const { data, meta } = trades.data;
  if (data.length === 0 && !isFiltered(filter))
    return (
      <Notice title={t('noHistory')} action={<Link to="/positions">{t('positions')}</Link>}>
        <p>{t('noHistoryWhy')}</p>
      </Notice>
    );
  return (
    <section className="part">
      <Filters filter={filter} change={change} total={meta?.total ?? data.length} />
      {data.length === 0 ? (
        <Notice title={say('noneMatch')} action={<Link to="/history">{t('clearFilters')}</Link>} />
      ) : (
        <ClosedTable trades={data} />
      )}
      <Pages filter={filter} total={meta?.total ?? 0} change={change} />
      <ExportTrades query={filterQuery(filter)} />
    </section>
  );
}

interface FiltersProps {
  readonly filter: HistoryFilter;
  readonly change: (next: Partial<HistoryFilter>) => void;
  readonly total: number;
}

function Filters({ filter, change, total }: FiltersProps) {
  const day = (name: 'dateFrom' | 'dateTo', label: string) => (
    <label className="choice">
      <span className="quiet">{label}</span>
      <input
        className="field-input"
        type="date"
        value={filter[name]}
        onChange={({ target }) => change({ [name]: target.value })}
      />
    </label>
  );
  return (
    <search className="history-filters">
      {day('dateFrom', say('from'))}
      {day('dateTo', say('to'))}
      <label className="choice">
        <span className="quiet">{t('ticker')}</span>
        <input
          className="field-input ticker-field"
          dir="ltr"
          maxLength={10}
          value={filter.symbol}
          onChange={({ target }) => change({ symbol: target.value.toUpperCase() })}
        />
      </label>
      <label className="choice">
        <span className="quiet">{t('reason')}</span>
        <select
          className="field-input"
          value={filter.exitReason}
          onChange={({ target }) => change({ exitReason: target.value })}
        >
          <option value="">{say('anyReason')}</option>
          {EXIT_REASONS.map((reason) => (
            <option key={reason} value={reason}>
              {t(EXIT_REASON_NAMES[reason]!)}
            </option>
          ))}
        </select>
      </label>
      <output className="quiet small">
        {t('closedTrades')}: {number(total, 0)}
      </output>
    </search>
  );
}

function ClosedTable({ trades }: { trades: readonly Trade[] }) {
  return (
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
        {trades.map((trade) => (
          <ClosedRow key={trade.id} trade={trade} />
        ))}
      </tbody>
    </table>
  );
}

function ClosedRow({ trade }: { trade: Trade }) {
  const reason = EXIT_REASON_NAMES[trade.exitReason ?? ''];
  return (
    <tr>
      <th scope="row">
        {trade.signalId ? <Link to={`/signals/${trade.signalId}`}>{trade.ticker}</Link> : trade.ticker}
        {trade.companyName && (
          <span className="quiet small company">
            <bdi>{trade.companyName}</bdi>
          </span>
        )}
        {trade.beforeReset && <span className="quiet small company">{say('beforeReset')}</span>}
      </th>
      <td data-name={t('shares')}>
        <span className="ltr">{number(trade.quantity, 0)}</span>
      </td>
      <td data-name={t('entry')}>
        <span className="ltr">{price(trade.entryPrice)}</span>
      </td>
      <td data-name={t('exit')}>
        <span className="ltr">{price(trade.exitPrice)}</span>
      </td>
      <td data-name={t('closedAt')}>{localTime(trade.closedAt)}</td>
      <td data-name={t('reason')}>{reason ? t(reason) : trade.exitReason}</td>
      <td data-name={t('gain')} className={tone(trade.profitLoss)}>
        <span className="ltr">
          {gain(trade.profitLoss)} <span className="small">{percent(trade.profitLossPercentage)}</span>
        </span>
      </td>
    </tr>
  );
}

function Pages({ filter, total, change }: FiltersProps) {
  const pages = Math.ceil(total / PAGE_SIZE);
  if (pages < 2) return null;
  return (
    <nav className="buttons" aria-label={say('page', { page: filter.page, pages })}>
      <button
        type="button"
        className="button"
        disabled={filter.page <= 1}
        onClick={() => change({ page: filter.page - 1 })}
      >
        {say('previous')}
      </button>
      <span className="quiet small">{say('page', { page: filter.page, pages })}</span>
      <button
        type="button"
        className="button"
        disabled={filter.page >= pages}
        onClick={() => change({ page: filter.page + 1 })}
      >
        {say('next')}
      </button>
    </nav>
  );
}
