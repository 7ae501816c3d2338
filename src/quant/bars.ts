/**
 * Columnar bars of one symbol and timeframe, oldest first. `time` is the start of the bar in epoch milliseconds (UTC);
 * prices in the currency of the listing; volume in shares. Arrays may be longer than `length`: read only the first `length`.
 */
export interface Bars {
  readonly length: number;
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

export interface Bar {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Columnar form of a list of bars, already ordered by time. */
export function barsOf(list: readonly Bar[]): Bars {
  return {
    length: list.length,
    time: Float64Array.from(list, (bar) => bar.time),
    open: Float64Array.from(list, (bar) => bar.open),
    high: Float64Array.from(list, (bar) => bar.high),
    low: Float64Array.from(list, (bar) => bar.low),
    close: Float64Array.from(list, (bar) => bar.close),
    volume: Float64Array.from(list, (bar) => bar.volume),
  };
}
