import type { Bars } from '#quant/bars.ts';
import type { Source, Stock, Timeframe } from './api.ts';

/** The timeframes a provider can deliver; the others are derived from them by session-aware aggregation. */
export type BaseTimeframe = Extract<Timeframe, '1m' | '5m' | '15m' | '1D'>;

export interface FetchRequest {
  readonly symbols: readonly string[];
  readonly timeframe: BaseTimeframe;
  /** Epoch milliseconds. Bars whose start is >= from and whose close is <= to, and no others. For 1D the start is the session's open. */
  readonly from: number;
  readonly to: number;
  readonly signal?: AbortSignal;
  /** Symbols answered so far (with or without bars) of all that were asked. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Bars of one symbol, oldest first, strictly increasing in time, each with low <= open, close <= high. */
export interface SymbolBars {
  readonly symbol: string;
  readonly timeframe: BaseTimeframe;
  readonly bars: Bars;
}

/** A price that is newer than any closed bar. */
export interface Quote {
  readonly symbol: string;
  readonly price: number;
  /** Epoch milliseconds of the trade or minute it comes from. */
  readonly time: number;
}

/**
 * A place bars come from. Vendors' words and shapes stay behind it. A provider holds no bars: asking twice for a range is
 * safe and answers the same unless the vendor corrected it.
 */
export interface Provider {
  readonly source: Source;
  /** Finest first. */
  readonly baseTimeframes: readonly BaseTimeframe[];
  /** Prices are adjusted for splits: a later split changes bars already fetched, so they must be fetched again. */
  readonly adjusted: boolean;
  /** The stocks that exist, by priority then ticker, at most `limit`. */
  universe(limit: number): Promise<Stock[]>;
  /**
   * Yields each symbol at most once per call for intraday timeframes; 1D may come in several pieces per symbol, oldest
   * piece first. A symbol without bars in the range is not yielded. Throws the signal's reason when aborted, and an
   * `UPSTREAM_ERROR` refusal when the vendor stays unreachable; what was yielded before stays valid.
   */
  fetch(request: FetchRequest): AsyncIterable<SymbolBars>;
  /** Newest known prices, for showing between bars; a provider without them leaves it out. */
  quotes?(symbols: readonly string[], signal?: AbortSignal): Promise<Quote[]>;
  /** What a fetch dropped since the provider was made, count per reason, e.g. `outside session`. */
  readonly dropped?: Readonly<Record<string, number>>;
}
