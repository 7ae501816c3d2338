import type { Bars } from '#quant/bars.ts';
import type { Timeframe } from '../api.ts';
import { Series, type UpsertCounts } from '../store/series.ts';
import { lowerBound, upperBound } from './bisect.ts';
import { Composition, levelsOf, seek } from './compose.ts';
import { deriveFrom, deriveWeeks } from './derive.ts';
import type { SessionTable } from './sessions.ts';
import { endOf, isStored, LENGTH, STORED, type StoredTimeframe } from './timeframes.ts';

interface Derived {
  readonly series: Series;
  /** Bars before this moment are right; the rest is rebuilt when next asked for. */
  rightUntil: number;
}

/** Newest closed bar of a stock: its close is the price. */
export interface LastClose {
  readonly value: number;
  /** When the bar closed. */
  readonly end: number;
  /** Start of the bar. */
  readonly time: number;
  readonly timeframe: StoredTimeframe;
}

/** All bars of one stock: the stored series, and the frames derived from them, kept until a bar they hold changes. */
export class StockBars {
  readonly #sessions: SessionTable;
  /** Coarsest first. */
  #stored: (readonly [StoredTimeframe, Series])[] = [];
  readonly #derived = new Map<Timeframe, Derived>();

  constructor(sessions: SessionTable) {
    this.#sessions = sessions;
  }

  get stored(): readonly (readonly [StoredTimeframe, Series])[] {
    return this.#stored;
  }

  series(timeframe: StoredTimeframe): Series | undefined {
    return this.#stored.find(([name]) => name === timeframe)?.[1];
  }

  /** Takes a whole stored series as its own, in place of the one it had. */
  adopt(timeframe: StoredTimeframe, series: Series): void {
    this.#stored = [...this.#stored.filter(([name]) => name !== timeframe), [timeframe, series] as const].sort(
      (a, b) => STORED.indexOf(a[0]) - STORED.indexOf(b[0]),
    );
    this.#derived.clear();
  }

  upsert(timeframe: StoredTimeframe, bars: Bars): UpsertCounts {
    let series = this.series(timeframe);
    if (!series) {
      series = Series.withRoom(bars.length);
      this.adopt(timeframe, series);
    }
    const counts = series.upsert(bars);
    for (const derived of this.#derived.values()) derived.rightUntil = Math.min(derived.rightUntil, counts.since);
    return counts;
  }

  /** The newest bar of any timeframe that closed at or before `asOf`; of several that closed together, the coarsest. */
  lastClose(asOf: number): LastClose | null {
    let last: LastClose | null = null;
    for (const [timeframe, series] of this.#stored) {
      const at = this.#closedCount(series, timeframe, asOf) - 1;
      if (at < 0) continue;
      const time = series.time[at]!;
      const end = endOf(this.#sessions, timeframe, time);
      if (!last || end > last.end) last = { value: series.close[at]!, end, time, timeframe };
    }
    return last;
  }

  /** Bars of a timeframe that closed by `asOf`: the series (do not keep it) and how many of its first bars those are. */
  closed(timeframe: Timeframe, asOf: number): { series: Series; count: number } {
    const series = this.#frame(timeframe);
    return { series, count: this.#closedCount(series, timeframe, asOf) };
  }

  /** Puts the running bar of `timeframe` as of `asOf` into `bar` and gives its start; null when none is running or it has no bar yet. */
  running(timeframe: Timeframe, asOf: number, bar: Composition): number | null {
    bar.reset();
    const sessions = this.#sessions;
    const session = sessions.lastOpened(asOf);
    if (session < 0) return null;
    if (timeframe === '1W') return this.#runningWeek(session, asOf, bar);
    const open = sessions.open[session]!;
    const close = sessions.close[session]!;
    if (asOf >= close) return null;
    const length = LENGTH[timeframe];
    const start = length === Number.POSITIVE_INFINITY ? open : open + Math.floor((asOf - open) / length) * length;
    const levels = levelsOf(this.#stored, timeframe as StoredTimeframe);
    seek(levels, start);
    bar.fill(levels, 0, start, Math.min(start + length, close), close, asOf);
    return bar.count > 0 ? start : null;
  }

  #runningWeek(session: number, asOf: number, bar: Composition): number | null {
    const sessions = this.#sessions;
    if (asOf >= sessions.close[sessions.lastOfWeek(session)]!) return null;
    const start = sessions.open[sessions.firstOfWeek(session)]!;
    const today = new Composition();
    const runningDay = this.running('1D', asOf, today);
    const { series, count } = this.closed('1D', asOf);
    for (let day = lowerBound(series.time, count, start); day < count; day++)
      bar.add(series, day, endOf(sessions, '1D', series.time[day]!));
    if (runningDay !== null) bar.join(today);
    return bar.count > 0 ? start : null;
  }

  #closedCount(series: Series, timeframe: Timeframe, asOf: number): number {
    let count = upperBound(series.time, series.length, asOf);
    while (count > 0 && endOf(this.#sessions, timeframe, series.time[count - 1]!) > asOf) count -= 1;
    return count;
  }

  #frame(timeframe: Timeframe): Series {
    const only = this.#onlySource(timeframe);
    if (only) return only;
    let derived = this.#derived.get(timeframe);
    if (!derived) {
      derived = { series: new Series(isStored(timeframe) ? 0 : 96), rightUntil: Number.NEGATIVE_INFINITY };
      this.#derived.set(timeframe, derived);
    }
    if (derived.rightUntil !== Number.POSITIVE_INFINITY) {
      if (isStored(timeframe)) deriveFrom(this.#sessions, this.#stored, timeframe, derived.series, derived.rightUntil);
      else deriveWeeks(this.#sessions, this.#frame('1D'), derived.series, derived.rightUntil);
      derived.rightUntil = Number.POSITIVE_INFINITY;
    }
    return derived.series;
  }

  /** A frame that nothing finer could fill is the stored series itself: no copy. */
  #onlySource(timeframe: Timeframe): Series | undefined {
    if (!isStored(timeframe)) return undefined;
    const sources = this.#stored.filter(([name]) => LENGTH[name] <= LENGTH[timeframe]);
    return sources.length === 1 && sources[0]![0] === timeframe ? sources[0]![1] : undefined;
  }
}
