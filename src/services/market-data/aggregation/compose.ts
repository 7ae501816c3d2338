/**
 * One bar out of finer ones. Within a span of time the coarsest stored bar wins; where it is missing, or has not closed yet,
 * finer ones fill the gap. The choice is made slot by slot and looks at nothing that closes after `asOf`, so that a bar
 * built as of a moment is the same whether or not later bars are known.
 */

import type { Series } from '../store/series.ts';
import { lowerBound } from './bisect.ts';
import { LENGTH, type StoredTimeframe } from './timeframes.ts';

/** A stored series as a source of composition, with a cursor: spans must be asked for in ascending order. */
export interface Level {
  readonly series: Series;
  readonly length: number;
  cursor: number;
}

export function levelsOf(stored: readonly (readonly [StoredTimeframe, Series])[], target: StoredTimeframe): Level[] {
  return stored
    .filter(([timeframe]) => LENGTH[timeframe] <= LENGTH[target])
    .map(([timeframe, series]) => ({ series, length: LENGTH[timeframe], cursor: 0 }));
}

/** Puts every cursor at the first bar with a start >= time. */
export function seek(levels: readonly Level[], time: number): void {
  for (const level of levels) level.cursor = lowerBound(level.series.time, level.series.length, time);
}

/** The bar being built; `count` is the number of bars in it, 0 when the span holds none. */
export class Composition {
  count = 0;
  open = 0;
  high = 0;
  low = 0;
  close = 0;
  volume = 0;
  /** When the newest bar in it closed. */
  end = 0;

  reset(): void {
    this.count = 0;
  }

  add(series: Series, at: number, end: number): void {
    const high = series.high[at]!;
    const low = series.low[at]!;
    if (this.count === 0) {
      this.open = series.open[at]!;
      this.high = high;
      this.low = low;
      this.volume = series.volume[at]!;
    } else {
      if (high > this.high) this.high = high;
      if (low < this.low) this.low = low;
      this.volume += series.volume[at]!;
    }
    this.close = series.close[at]!;
    this.end = end;
    this.count += 1;
  }

  /** Adds a composition that comes after this one. */
  join(later: Composition): void {
    if (this.count === 0) {
      this.open = later.open;
      this.high = later.high;
      this.low = later.low;
      this.volume = later.volume;
    } else {
      this.high = Math.max(this.high, later.high);
      this.low = Math.min(this.low, later.low);
      this.volume += later.volume;
    }
    this.close = later.close;
    this.end = later.end;
    this.count += later.count;
  }

  /** Adds the bars that start in [from, to) and close by `asOf`. The span lies within the session that closes at `close`. */
  fill(levels: readonly Level[], depth: number, from: number, to: number, close: number, asOf: number): void {
    const level = levels[depth];
    if (level === undefined) return;
    const { series, length } = level;
    const { time } = series;
    const count = series.length;
    let at = level.cursor;
    let reached = from;
    while (at < count && time[at]! < from) at += 1;
    while (at < count && time[at]! < to) {
      const end = Math.min(time[at]! + length, close);
      if (end > asOf) break;
      if (time[at]! > reached) this.fill(levels, depth + 1, reached, time[at]!, close, asOf);
      this.add(series, at, end);
      reached = end;
      at += 1;
    }
    level.cursor = at;
    if (reached < to) this.fill(levels, depth + 1, reached, to, close, asOf);
  }
}
