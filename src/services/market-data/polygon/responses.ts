/**
 * From Polygon's shapes to ours: pure, and nothing of what Polygon sends is trusted to be there. Source: the REST
 * documentation of stocks aggregates, grouped daily, snapshot, previous close and reference tickers.
 */
import type { Bar } from '#quant/bars.ts';
import type { ExchangeCalendar, Stock } from '../api.ts';
import type { BaseTimeframe, Quote } from '../provider.ts';

/** Why a row was left out; counted by the provider. */
export type DropReason =
  | 'incomplete row'
  | 'breaks 0 < low <= open, close <= high'
  | 'outside session'
  | 'off the bar grid'
  | 'repeated time'
  | 'not closed yet';
export type Drop = (reason: DropReason) => void;

export const BAR_LENGTH: Readonly<Record<Exclude<BaseTimeframe, '1D'>, number>> = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
};

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** One row of aggregates, `{t, o, h, l, c, v}`, or null with the reason counted. */
function barOf(row: unknown, drop: Drop): Bar | null {
  const { t: time, o: open, h: high, l: low, c: close, v: volume } = fieldsOf(row);
  if (![time, open, high, low, close, volume].every(isNumber)) {
    drop('incomplete row');
    return null;
  }
  const bar = { time, open, high, low, close, volume } as Bar;
  const sound = 0 < bar.low && bar.low <= Math.min(bar.open, bar.close) && Math.max(bar.open, bar.close) <= bar.high;
  if (sound && bar.volume >= 0) return bar;
  drop('breaks 0 < low <= open, close <= high');
  return null;
}

/**
 * Aggregates of one symbol, pages joined, in any order, to bars oldest first. Kept are bars that start inside a session
 * (trading before the open and after the close is dropped and counted), start at or after `from` and close by `to`.
 */
export function barsOfAggregates(
  results: readonly unknown[],
  timeframe: BaseTimeframe,
  limits: { readonly from: number; readonly to: number },
  calendar: ExchangeCalendar,
  drop: Drop,
): Bar[] {
  const byTime = new Map<number, Bar>();
  for (const row of results) {
    const raw = barOf(row, drop);
    const placed = raw && placeOf(raw.time, timeframe, calendar, drop);
    if (!raw || !placed || placed.time < limits.from) continue;
    if (placed.close > limits.to) drop('not closed yet');
    else if (byTime.has(placed.time)) drop('repeated time');
    else byTime.set(placed.time, { ...raw, time: placed.time });
  }
  return [...byTime.values()].sort((a, b) => a.time - b.time);
}

/** Start and close of the bar a vendor's time belongs to. A daily bar carries New York's midnight; ours starts at the open. */
function placeOf(
  time: number,
  timeframe: BaseTimeframe,
  calendar: ExchangeCalendar,
  drop: Drop,
): { time: number; close: number } | null {
  const session = timeframe === '1D' ? calendar.session(calendar.dateOf(time)) : calendar.sessionAt(time);
  if (!session) {
    drop('outside session');
    return null;
  }
  if (timeframe === '1D') return { time: session.open, close: session.close };
  const length = BAR_LENGTH[timeframe];
  if ((time - session.open) % length === 0) return { time, close: time + length };
  drop('off the bar grid');
  return null;
}

/** Rows of the grouped daily answer, `T` being the ticker, as bars of the session that was asked for. */
export function barsOfGroupedDaily(results: unknown, sessionOpen: number, drop: Drop): Map<string, Bar> {
  const bars = new Map<string, Bar>();
  for (const row of listOf(results)) {
    const symbol = textOf(fieldsOf(row)['T']);
    const bar = barOf({ ...fieldsOf(row), t: sessionOpen }, drop);
    if (!symbol || !bar) continue;
    if (bars.has(symbol)) drop('repeated time');
    else bars.set(symbol, bar);
  }
  return bars;
}

/** Tickers of one page of the reference list: what it knows, which is neither sector nor capitalisation. */
export function companiesOf(results: unknown): { ticker: string; companyName: string | null }[] {
  return listOf(results).flatMap((row) => {
    const { ticker, name, active } = fieldsOf(row);
    const text = textOf(ticker);
    return text && active !== false ? [{ ticker: text, companyName: textOf(name) }] : [];
  });
}

/** The most traded first, by dollars of the given day; those without a trade that day come last, by ticker. */
export function rankedByTurnover(
  companies: readonly { ticker: string; companyName: string | null }[],
  day: ReadonlyMap<string, Bar>,
): Stock[] {
  const turnover = (ticker: string): number => {
    const bar = day.get(ticker);
    return bar ? bar.close * bar.volume : 0;
  };
  return [...companies]
    .sort((a, b) => turnover(b.ticker) - turnover(a.ticker) || (a.ticker < b.ticker ? -1 : 1))
    .map(({ ticker, companyName }, index) => ({
      ticker,
      companyName,
      sector: null,
      industry: null,
      marketCap: null,
      priority: index + 1,
      source: 'polygon',
    }));
}

/** Prices of the snapshot: last trade, else the close of the last minute, else of the day; times come in nanoseconds. */
export function quotesOf(tickers: unknown): Quote[] {
  return listOf(tickers).flatMap((row) => {
    const fields = fieldsOf(row);
    const symbol = textOf(fields['ticker']);
    const trade = fieldsOf(fields['lastTrade']);
    const minute = fieldsOf(fields['min']);
    const candidates: readonly (readonly [price: unknown, milliseconds: number])[] = [
      [trade['p'], Number(trade['t']) / 1e6],
      [minute['c'], Number(minute['t'])],
      [fieldsOf(fields['day'])['c'], Number(fields['updated']) / 1e6],
    ];
    const found = candidates.find(([price, time]) => isNumber(price) && price > 0 && Number.isFinite(time) && time > 0);
    return symbol && found ? [{ symbol, price: found[0] as number, time: Math.floor(found[1]) }] : [];
  });
}

/** The answer of `prev`: the close of the last finished session. */
export function previousCloseOf(symbol: string, results: unknown, calendar: ExchangeCalendar): Quote | null {
  const bar = barOf(listOf(results)[0], () => {});
  if (!bar) return null;
  const session = calendar.session(calendar.dateOf(bar.time));
  return session ? { symbol, price: bar.close, time: session.close } : null;
}
