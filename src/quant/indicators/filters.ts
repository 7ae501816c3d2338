/**
 * The filters that indicators are composed of. Each holds its state in own fields (numbers and Float64Arrays only, so that
 * `snapshot.ts` can copy it) and maps one value to one value: `next(x)`, NaN during warm-up. NaN in gives NaN out and leaves the
 * state alone, so a chain of filters warms up by itself and a gap in the source never poisons what follows.
 *
 * Running sums are replaced, once per window, by a sum that was accumulated afresh over exactly that window: drift lives for at
 * most two windows however long the series, and an update stays O(1).
 */

/** Ring of the last `size` values. */
export class Window {
  readonly values: Float64Array;
  position = 0;
  count = 0;

  readonly size: number;

  constructor(size: number) {
    this.size = size;
    this.values = new Float64Array(size);
  }

  get full(): boolean {
    return this.count === this.size;
  }

  /** Stores x and returns the value it pushed out, NaN while the ring was not full. */
  push(x: number): number {
    const old = this.count === this.size ? this.values[this.position] : NaN;
    this.values[this.position] = x;
    this.position = this.position + 1 === this.size ? 0 : this.position + 1;
    if (this.count < this.size) this.count++;
    return old;
  }

  /** The value `age` pushes ago; 0 is the newest. */
  at(age: number): number {
    const index = this.position - 1 - age;
    return this.values[index < 0 ? index + this.size : index];
  }
}

/** Sum of the last `period` values. */
export class RollingSum {
  readonly window: Window;
  sum = 0;
  fresh = 0;

  readonly period: number;

  constructor(period: number) {
    this.period = period;
    this.window = new Window(period);
  }

  next(x: number): number {
    if (Number.isNaN(x)) return NaN;
    const old = this.window.push(x);
    this.sum += Number.isNaN(old) ? x : x - old;
    this.fresh += x;
    if (this.window.position === 0) {
      this.sum = this.fresh;
      this.fresh = 0;
    }
    return this.window.full ? this.sum : NaN;
  }
}

/** Arithmetic mean of the last `period` values. */
export class Sma {
  readonly total: RollingSum;

  readonly period: number;

  constructor(period: number) {
    this.period = period;
    this.total = new RollingSum(period);
  }

  next(x: number): number {
    return this.total.next(x) / this.period;
  }
}

/** How a recursive average starts: the mean of its first `period` values, or its first value as it is. */
export type Seed = 'sma' | 'first';

/** Recursive average value += alpha * (x - value). */
export class Recursive {
  value = NaN;
  count = 0;
  sum = 0;

  readonly period: number;
  readonly alpha: number;
  readonly seed: Seed;

  constructor(period: number, alpha: number, seed: Seed = 'sma') {
    this.period = period;
    this.alpha = alpha;
    this.seed = seed;
  }

  next(x: number): number {
    if (Number.isNaN(x)) return NaN;
    if (this.count >= this.period || (this.seed === 'first' && this.count > 0)) {
      this.value += this.alpha * (x - this.value);
    } else {
      this.sum += x;
      this.count++;
      if (this.seed === 'first') {
        this.value = x;
        this.count = this.period;
      } else if (this.count === this.period) this.value = this.sum / this.period;
    }
    return this.value;
  }
}

/** Exponential moving average, alpha = 2 / (period + 1). */
export class Ema extends Recursive {
  constructor(period: number, seed: Seed = 'sma') {
    super(period, 2 / (period + 1), seed);
  }
}

/** Wilder's average (RMA, SMMA), alpha = 1 / period. */
export class Wilder extends Recursive {
  constructor(period: number, seed: Seed = 'sma') {
    super(period, 1 / period, seed);
  }
}

/** Linearly weighted mean, the newest value weighs `period`. */
export class Wma {
  readonly total: RollingSum;
  weighted = 0;
  fresh = 0;

  readonly period: number;

  constructor(period: number) {
    this.period = period;
    this.total = new RollingSum(period);
  }

  /** Sum of the values, each times its place in the window (oldest 1, newest `period`). */
  weightedSum(x: number): number {
    const { window } = this.total;
    const place = window.position + 1;
    this.weighted += window.full ? this.period * x - this.total.sum : place * x;
    this.fresh += place * x;
    this.total.next(x);
    if (window.position === 0) {
      this.weighted = this.fresh;
      this.fresh = 0;
    }
    return window.full ? this.weighted : NaN;
  }

  next(x: number): number {
    if (Number.isNaN(x)) return NaN;
    return this.weightedSum(x) / ((this.period * (this.period + 1)) / 2);
  }
}

/**
 * Population variance and mean of the last `period` values from sums shifted near the mean: raw E[x²]-E[x]² loses every digit
 * when the price is large against its spread. The shift moves once per window, and a window of equal values is exactly zero.
 */
export class RollingVariance {
  readonly window: Window;
  shift = NaN;
  sum = 0;
  square = 0;
  freshSum = 0;
  freshSquare = 0;
  last = NaN;
  run = 0;

  readonly period: number;

  constructor(period: number) {
    this.period = period;
    this.window = new Window(period);
  }

  get mean(): number {
    if (!this.window.full) return NaN;
    return this.run >= this.period ? this.last : this.shift + this.sum / this.period;
  }

  next(x: number): number {
    if (Number.isNaN(x)) return NaN;
    if (Number.isNaN(this.shift)) this.shift = x;
    this.run = x === this.last ? this.run + 1 : 1;
    this.last = x;
    const old = this.window.push(x);
    this.slide(x - this.shift, Number.isNaN(old) ? 0 : old - this.shift);
    if (!this.window.full) return NaN;
    if (this.run >= this.period) return 0;
    return Math.max(0, (this.square - (this.sum * this.sum) / this.period) / this.period);
  }

  slide(entering: number, leaving: number): void {
    this.sum += entering - leaving;
    this.square += entering * entering - leaving * leaving;
    this.freshSum += entering;
    this.freshSquare += entering * entering;
    if (this.window.position === 0) this.restart();
  }

  restart(): void {
    const move = this.freshSum / this.period;
    this.shift += move;
    this.sum = this.freshSum - this.period * move;
    this.square = Math.max(0, this.freshSquare - this.period * move * move);
    this.freshSum = 0;
    this.freshSquare = 0;
  }
}

/** Highest (sign 1) or lowest (sign -1) of the last `period` values, with its age in bars; the newest wins a tie. */
export class RollingExtreme {
  readonly window: Window;
  best = NaN;
  age = 0;

  readonly period: number;
  readonly sign: 1 | -1;

  constructor(period: number, sign: 1 | -1) {
    this.period = period;
    this.sign = sign;
    this.window = new Window(period);
  }

  next(x: number): number {
    if (Number.isNaN(x)) return NaN;
    this.window.push(x);
    this.age++;
    if (!(this.sign * x < this.sign * this.best)) {
      this.best = x;
      this.age = 0;
    } else if (this.age >= this.period) this.rescan();
    return this.window.full ? this.best : NaN;
  }

  rescan(): void {
    this.age = 0;
    for (let age = 1; age < this.period; age++) {
      if (this.sign * this.window.at(age) > this.sign * this.window.at(this.age)) this.age = age;
    }
    this.best = this.window.at(this.age);
  }
}

/** True range of a bar: the range of the bar widened to the previous close. */
export class TrueRange {
  previous = NaN;

  /** `first`: what the first bar has: its own range (Wilder 1978, TradingView) or none (TA-Lib). */
  readonly first: 'none' | 'high-low';

  constructor(first: 'none' | 'high-low' = 'none') {
    this.first = first;
  }

  next(high: number, low: number, close: number): number {
    const before = this.previous;
    this.previous = close;
    if (Number.isNaN(before)) return this.first === 'none' ? NaN : high - low;
    return Math.max(high, before) - Math.min(low, before);
  }
}

/** The value `period` values ago. */
export class Lag {
  readonly window: Window;

  readonly period: number;

  constructor(period: number) {
    this.period = period;
    this.window = new Window(period);
  }

  next(x: number): number {
    return Number.isNaN(x) ? NaN : this.window.push(x);
  }
}

/** a / b, NaN where b is zero: an undefined ratio is no number, least of all infinity. */
export function ratio(a: number, b: number): number {
  return b === 0 ? NaN : a / b;
}
