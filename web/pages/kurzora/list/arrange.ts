import type { SignalSummary } from '#products/kurzora/contract.ts';

/** What a person chose to see; it lives in the address, and only what differs from the default stands there. */
export interface ListView {
  readonly minScore: number;
  readonly sector: string;
  readonly type: string;
  readonly market: string;
  /** Only stocks whose screen says compliant; unknown is not. */
  readonly compliant: boolean;
  /** Only what the reader bookmarked. */
  readonly saved: boolean;
  readonly search: string;
  readonly sort: SortColumn;
  readonly order: 'ascending' | 'descending';
  readonly rows: number;
}

/** Rows drawn at first, and more at a time: each costs a dozen elements. */
export const ROWS_STEP = 50;

const SORT_KEYS = {
  score: (signal) => signal.finalScore,
  ticker: (signal) => signal.ticker,
  type: (signal) => signal.signalType,
  price: (signal) => signal.currentPrice,
  change: (signal) => signal.priceChangePercent,
  ratio: (signal) => signal.riskRewardRatio,
  age: (signal) => signal.createdAt,
} satisfies Record<string, (signal: SignalSummary) => string | number | null>;

export type SortColumn = keyof typeof SORT_KEYS;

export function readView(search: URLSearchParams): ListView {
  const sort = search.get('sort') ?? 'score';
  const minScore = Number(search.get('min'));
  const rows = Number(search.get('rows'));
  return {
    minScore: minScore > 0 && minScore <= 100 ? Math.round(minScore) : 0,
    sector: search.get('sector') ?? '',
    type: search.get('type') ?? '',
    market: search.get('market') ?? '',
    compliant: search.get('shariah') === 'compliant',
    saved: search.get('saved') === 'yes',
    search: search.get('q') ?? '',
    sort: Object.hasOwn(SORT_KEYS, sort) ? (sort as SortColumn) : 'score',
    order: search.get('order') === 'asc' ? 'ascending' : 'descending',
    rows: rows > ROWS_STEP ? Math.round(rows) : ROWS_STEP,
  };
}

/** The address of a view: `/signals?min=80&q=bank`. */
export function viewAddress(view: ListView): string {
  const search = new URLSearchParams();
  if (view.minScore > 0) search.set('min', String(view.minScore));
  if (view.sector) search.set('sector', view.sector);
  if (view.type) search.set('type', view.type);
  if (view.market) search.set('market', view.market);
  if (view.compliant) search.set('shariah', 'compliant');
  if (view.saved) search.set('saved', 'yes');
  if (view.search) search.set('q', view.search);
  if (view.sort !== 'score') search.set('sort', view.sort);
  if (view.order !== 'descending') search.set('order', 'asc');
  if (view.rows !== ROWS_STEP) search.set('rows', String(view.rows));
  const text = search.toString();
  return text ? `/signals?${text}` : '/signals';
}

export function isFiltered(view: ListView): boolean {
  const { minScore, sector, type, market, compliant, saved, search } = view;
  return minScore > 0 || compliant || saved || [sector, type, market, search].some((value) => value !== '');
}

export const UNFILTERED = {
  ...{ minScore: 0, sector: '', type: '', market: '', compliant: false, saved: false, search: '' },
} satisfies Partial<ListView>;

const NOTHING: ReadonlySet<string> = new Set();

/** The signals that pass the filters, in the order asked for; missing values last, ties by ticker. `bookmarks`: ids. */
export function arrange(
  signals: readonly SignalSummary[],
  view: ListView,
  bookmarks: ReadonlySet<string> = NOTHING,
): SignalSummary[] {
  const wanted = view.search.trim().toLowerCase();
  const key = SORT_KEYS[view.sort];
  const sign = view.order === 'ascending' ? 1 : -1;
  return signals
    .filter(
      (signal) =>
        signal.finalScore >= view.minScore &&
        (!view.sector || signal.sector === view.sector) &&
        (!view.type || signal.signalType === view.type) &&
        (!view.market || signal.market === view.market) &&
        (!view.compliant || signal.isShariahCompliant === true) &&
        (!view.saved || bookmarks.has(signal.id)) &&
        (!wanted || `${signal.ticker} ${signal.companyName ?? ''}`.toLowerCase().includes(wanted)),
    )
    .sort((a, b) => compare(key(a), key(b), sign) || compare(a.ticker, b.ticker, 1));
}

function compare(a: string | number | null, b: string | number | null, sign: number): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -sign : sign;
}

/** What there is to choose from among these signals. */
export function valuesOf(signals: readonly SignalSummary[], key: 'sector' | 'market'): string[] {
  return [...new Set(signals.flatMap((signal) => signal[key] ?? []))].sort();
}
