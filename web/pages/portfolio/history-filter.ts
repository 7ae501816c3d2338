/** What of the history a person wants to see; it lives in the address. */
export interface HistoryFilter {
  /** Days in New York, `2026-11-20`; empty: no limit. */
  readonly dateFrom: string;
  readonly dateTo: string;
  readonly symbol: string;
  readonly exitReason: string;
  readonly page: number;
}

export const EXIT_REASONS = ['take_profit', 'stop_loss', 'manual', 'expired', 'signal_invalidated', 'reset'] as const;
const NAMES = ['dateFrom', 'dateTo', 'symbol', 'exitReason'] as const;
const DAY = /^\d{4}-\d\d-\d\d$/;
const TICKER = /^[A-Za-z0-9.^-]{1,10}$/;
export const PAGE_SIZE = 50;

/** What an address says; what is bent in it is left out, since the server would refuse it. */
export function readFilter(search: URLSearchParams): HistoryFilter {
  const text = (name: string, form: RegExp) => {
    const value = search.get(name) ?? '';
    return form.test(value) ? value : '';
  };
  const reason = search.get('exitReason') ?? '';
  const page = Number(search.get('page'));
  return {
    dateFrom: text('dateFrom', DAY),
    dateTo: text('dateTo', DAY),
    symbol: text('symbol', TICKER),
    exitReason: EXIT_REASONS.some((known) => known === reason) ? reason : '',
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

const given = (filter: HistoryFilter) =>
  NAMES.filter((name) => filter[name] !== '').map((name) => [name, filter[name]]);

export const isFiltered = (filter: HistoryFilter): boolean => given(filter).length > 0;

export function filterAddress(filter: HistoryFilter): string {
  const search = new URLSearchParams(given(filter));
  if (filter.page > 1) search.set('page', String(filter.page));
  const text = search.toString();
  return text ? `/history?${text}` : '/history';
}

/** The same for `portfolio/trades` and its export. */
export function filterQuery(filter: HistoryFilter): string {
  return new URLSearchParams([['status', 'closed'], ...given(filter)]).toString();
}
