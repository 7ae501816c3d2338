/**
 * Market data as the products see it: which stocks there are, their bars, and the exchange's calendar.
 * Times are epoch milliseconds (UTC) of a bar's start; a bar is *closed* at its end: start + length for intraday bars,
 * the session's close for 1D, the last session's close of the week for 1W.
 */
import type { Bars } from '#quant/bars.ts';
import type { WindowMemory } from './aggregation/window.ts';

export type Timeframe = '1m' | '5m' | '15m' | '1H' | '4H' | '1D' | '1W';
/** Where a bar came from; part of its key, so that simulated and real bars never mix. */
export type Source = 'simulated' | 'polygon' | 'files';

export interface ExchangeSession {
  /** `2026-11-20`, in the exchange's time zone. */
  readonly date: string;
  readonly open: number;
  readonly close: number;
  readonly early: boolean;
}

export interface ExchangeCalendar {
  readonly exchange: string;
  readonly timeZone: string;
  /** The session of a calendar date, or null on a closed day. Throws RangeError outside the supported years. */
  session(date: string): ExchangeSession | null;
  /** The session that is open at this moment (open <= time < close), or null. */
  sessionAt(time: number): ExchangeSession | null;
  /** The last session whose close is <= time. */
  lastClosed(time: number): ExchangeSession;
  /** The first session whose open is > time. */
  next(time: number): ExchangeSession;
  previous(session: ExchangeSession): ExchangeSession;
  /** Sessions with from <= date <= to, in order. */
  between(from: string, to: string): ExchangeSession[];
  /** The calendar date at this moment in the exchange's time zone. */
  dateOf(time: number): string;
}

export interface Stock {
  readonly ticker: string;
  readonly companyName: string | null;
  readonly sector: string | null;
  readonly industry: string | null;
  readonly marketCap: number | null;
  readonly priority: number;
  readonly source: Source;
}

/** One timeframe of one stock as of a moment. */
export interface Frame {
  readonly timeframe: Timeframe;
  /** Oldest first, at least one bar; nothing in it was knowable later than the as-of moment. */
  readonly bars: Bars;
  /** The last bar is still running: built from the closed finer bars so far. */
  readonly provisional: boolean;
}

export type ScanTimeframe = '1H' | '4H' | '1D' | '1W';

/** What the engine gets for one stock. */
export interface StockWindow {
  readonly ticker: string;
  readonly frames: Partial<Record<ScanTimeframe, Frame>>;
  /** Close of the newest closed bar of any timeframe, when it is at most 7 days old; null otherwise. */
  readonly price: { readonly value: number; readonly time: number; readonly timeframe: Timeframe } | null;
  /** Close of the trading day before the one `price` belongs to. */
  readonly previousClose: number | null;
}

export interface WindowRequest {
  readonly asOf: number;
  readonly timeframes: readonly ScanTimeframe[];
  /** Calendar days of history; 500 by default. */
  readonly days?: number;
  /** Newest bars kept per timeframe other than 1D; 200 by default. */
  readonly intradayLimit?: number;
  /** Where to cut the window; it then holds until the next one is cut there. Fresh memory when absent. */
  readonly memory?: WindowMemory;
}

export interface ImportReport {
  readonly file: string;
  readonly timeframe: Timeframe;
  readonly symbols: number;
  readonly read: number;
  readonly stored: number;
  readonly unchanged: number;
  readonly updated: number;
  /** Count per reason; `firstLines` shows at most 5 of each: `line 17: high 3 is below close 4: AAPL,2020-01-02,...`. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly firstLines: readonly string[];
  readonly from: string | null;
  readonly to: string | null;
}

export interface MarketData {
  readonly calendar: ExchangeCalendar;
  readonly source: Source;
  /**
   * Active stocks of this source by priority, then ticker. With `asOf` only those of which a bar had closed by then, the ones that
   * traded in the 7 days before first: what was listed or imported later is not there, and a limit is not spent on what is gone.
   */
  universe(limit?: number, asOf?: number): Promise<Stock[]>;
  /** Makes the in-memory store hold these symbols (all of the source when absent) back to `from`. Cheap when it already does. */
  load(options: {
    symbols?: readonly string[];
    from: number;
    onProgress?: (done: number, total: number) => void;
  }): Promise<void>;
  /** Pure read of the in-memory store; null when the stock has no bar at or before `asOf`. */
  window(ticker: string, request: WindowRequest): StockWindow | null;
  /**
   * Pure read of the in-memory store: the finest stored bars that opened at or after `from` and closed by `to`, in each session
   * those of its finest timeframe. Of length 0 when the stock is not held.
   */
  closedBars(ticker: string, range: { from: number; to: number }): Bars;
  /** Pure read of the in-memory store: the newest close at or before `asOf`, and when it was; null when there is none. */
  lastClose(ticker: string, asOf: number): { readonly value: number; readonly time: number } | null;
  /** Bars of one timeframe for a chart, newest `limit`, read from Postgres and derived from finer bars where needed. */
  bars(ticker: string, timeframe: Timeframe, options: { asOf: number; limit: number }): Promise<Frame | null>;
  /** Fetches what is new from the provider up to `now`, stores it, updates memory. Returns the newest bar time, or null when nothing is stored. */
  refresh(options: {
    now: number;
    symbols?: readonly string[];
    onProgress?: (done: number, total: number) => void;
    signal?: AbortSignal;
  }): Promise<{ bars: number; symbols: number; newest: number | null }>;
  /** `symbol` is for files without a symbol column whose name does not begin with one. Throws OperatorError; nothing is stored then. */
  importFile(
    path: string,
    options: {
      symbol?: string;
      onProgress?: (bytes: number, total: number) => void;
      /** After the bytes are read: 0 symbols stored at first. */
      onStoring?: (symbols: number, total: number) => void;
    },
  ): Promise<ImportReport>;
  /** Whether the source has a bar finer than 1D that starts in the 30 days up to `asOf`: decides which timeframe set a scan uses. */
  hasIntraday(asOf: number): Promise<boolean>;
  /** Upkeep after a session: folds live bars into chunks, makes partitions ahead, drops what retention says. Safe to repeat. */
  maintain(options: { now: number }): Promise<{ folded: number; dropped: readonly string[] }>;
  close(): Promise<void>;
}

export { WindowMemory } from './aggregation/window.ts';
export { nyseCalendar } from './calendar/exchange-calendar.ts';
export { type MarketInMemory, marketInMemory, readMarketFile } from './in-memory.ts';
export { openMarketData } from './market-data.ts';
export { atExchangeTime, everyMinutesWhileOpen } from './schedules.ts';

/** Tables of bars and stocks: a product that uses market data lists this before its own migrations. */
export const marketDataMigrations = Object.freeze({
  ledger: 'market-data',
  folder: new URL('./sql/', import.meta.url),
});
