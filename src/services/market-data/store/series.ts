import type { Bars } from '#quant/bars.ts';
import { lowerBound } from '../aggregation/bisect.ts';

export const COLUMNS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;

export interface UpsertCounts {
  added: number;
  updated: number;
  unchanged: number;
  /** Start of the oldest bar that was added or changed; Infinity when none was. */
  since: number;
}

/**
 * Room for bars to come. All stocks get their bars at the same moments: with the same room each, thousands of them would move to
 * larger arrays within one live tick, which then takes seconds. So each series that is made or moved gets one more than the one before.
 */
const LEAST_ROOM = 16;
const MOST_ROOM = 64;
let room = LEAST_ROOM;

function nextRoom(): number {
  room = room < MOST_ROOM ? room + 1 : LEAST_ROOM;
  return room;
}

/** Bars of one symbol and timeframe in arrays that grow, oldest first, times strictly ascending. */
export class Series implements Bars {
  length = 0;
  time!: Float64Array;
  open!: Float64Array;
  high!: Float64Array;
  low!: Float64Array;
  close!: Float64Array;
  volume!: Float64Array;

  constructor(capacity = 64) {
    this.#allocate(capacity);
  }

  /** For `length` bars and the live ones to come. */
  static withRoom(length: number): Series {
    return new Series(length + nextRoom());
  }

  /** Makes room for `capacity` bars in all; an eighth more than it had at least, so that many small steps do not copy it each time. */
  reserve(capacity: number): void {
    const held = this.time.length;
    if (capacity <= held) return;
    const old = COLUMNS.map((column) => this[column].subarray(0, this.length));
    this.#allocate(Math.max(capacity + nextRoom(), held + (held >> 3)));
    for (const [index, column] of COLUMNS.entries()) this[column].set(old[index]!);
  }

  /** One block of memory for all columns: thousands of stocks have few objects for the collector to follow. */
  #allocate(capacity: number): void {
    const memory = new Float64Array(capacity * COLUMNS.length);
    for (const [index, column] of COLUMNS.entries())
      this[column] = memory.subarray(index * capacity, (index + 1) * capacity);
  }

  /** Adds a bar that is newer than all others. */
  append(time: number, open: number, high: number, low: number, close: number, volume: number): void {
    if (this.length === this.time.length) this.reserve(this.length + 1);
    this.length += 1;
    this.#put(this.length - 1, time, open, high, low, close, volume);
  }

  /** Holds the bars of `bars` with from <= index < to, and no others. */
  copy(bars: Bars, from: number, to: number): void {
    this.length = 0;
    this.reserve(to - from);
    for (const column of COLUMNS) this[column].set(bars[column].subarray(from, to));
    this.length = to - from;
  }

  /** Drops the bars from index `length` on. */
  truncate(length: number): void {
    this.length = Math.min(this.length, length);
  }

  /** Drops the bars that start before `time`. */
  dropBefore(time: number): void {
    const first = lowerBound(this.time, this.length, time);
    if (first === 0) return;
    for (const column of COLUMNS) this[column].copyWithin(0, first, this.length);
    this.length -= first;
  }

  /** Adds, corrects or leaves each of `bars` (ascending in time). Late bars find their place: O(new + old) once, not per bar. */
  upsert(bars: Bars): UpsertCounts {
    const counts: UpsertCounts = { added: 0, updated: 0, unchanged: 0, since: Number.POSITIVE_INFINITY };
    if (bars.length === 0) return counts;
    const overlap = lowerBound(this.time, this.length, bars.time[0]!);
    if (overlap === this.length) {
      this.#appendAll(bars);
      return { added: bars.length, updated: 0, unchanged: 0, since: bars.time[0]! };
    }
    if (!this.#overwrite(bars, overlap, counts)) this.#merge(bars, overlap, counts);
    return counts;
  }

  #put(at: number, time: number, open: number, high: number, low: number, close: number, volume: number): void {
    this.time[at] = time;
    this.open[at] = open;
    this.high[at] = high;
    this.low[at] = low;
    this.close[at] = close;
    this.volume[at] = volume;
  }

  #appendAll(bars: Bars): void {
    this.reserve(this.length + bars.length);
    for (const column of COLUMNS) this[column].set(bars[column].subarray(0, bars.length), this.length);
    this.length += bars.length;
  }

  #same(at: number, bars: Bars, from: number): boolean {
    return (
      this.open[at] === bars.open[from] &&
      this.high[at] === bars.high[from] &&
      this.low[at] === bars.low[from] &&
      this.close[at] === bars.close[from] &&
      this.volume[at] === bars.volume[from]
    );
  }

  /** In place, when no bar is to be put between others: the case of every tick. False, with nothing changed, when one is. */
  #overwrite(bars: Bars, overlap: number, counts: UpsertCounts): boolean {
    let at = overlap;
    for (let from = 0; from < bars.length; from++, at++)
      if (at < this.length && this.time[at] !== bars.time[from]) return false;
    at = overlap;
    for (let from = 0; from < bars.length; from++, at++) this.#place(at, bars, from, counts);
    return true;
  }

  #place(at: number, bars: Bars, from: number, counts: UpsertCounts): void {
    const isNew = at >= this.length;
    if (isNew) this.reserve(at + 1);
    else if (this.#same(at, bars, from)) {
      counts.unchanged += 1;
      return;
    }
    if (isNew) this.length += 1;
    counts[isNew ? 'added' : 'updated'] += 1;
    counts.since = Math.min(counts.since, bars.time[from]!);
    for (const column of COLUMNS) this[column][at] = bars[column][from]!;
  }

  #merge(bars: Bars, overlap: number, counts: UpsertCounts): void {
    const old = new Series(this.length - overlap);
    for (const column of COLUMNS) old[column].set(this[column].subarray(overlap, this.length));
    old.length = this.length - overlap;
    this.length = overlap;
    this.reserve(overlap + old.length + bars.length);
    let left = 0;
    for (let from = 0; from < bars.length; from++) {
      while (left < old.length && old.time[left]! < bars.time[from]!) this.#copy(old, left++);
      if (left < old.length && old.time[left] === bars.time[from]) {
        this.#copy(old, left++);
        this.#place(this.length - 1, bars, from, counts);
      } else this.#place(this.length, bars, from, counts);
    }
    while (left < old.length) this.#copy(old, left++);
  }

  #copy(from: Series, index: number): void {
    for (const column of COLUMNS) this[column][this.length] = from[column][index]!;
    this.length += 1;
  }
}

/** The bars with from <= index < to, sharing memory with `bars`. */
export function slice(bars: Bars, from: number, to: number): Bars {
  return {
    length: to - from,
    time: bars.time.subarray(from, to),
    open: bars.open.subarray(from, to),
    high: bars.high.subarray(from, to),
    low: bars.low.subarray(from, to),
    close: bars.close.subarray(from, to),
    volume: bars.volume.subarray(from, to),
  };
}
