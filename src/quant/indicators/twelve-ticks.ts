/**
 * The twelve indicators of twelve.ts kept live for many symbols: one new bar costs about half a microsecond, whatever the history.
 * All state is one Float64Array, a record of `RECORD` values per symbol, so a snapshot is a copy of it.
 */
import type { Bar } from '../bars.ts';
import { usable } from './run.ts';
import { TWELVE_OUTPUTS } from './twelve.ts';

const OUTPUTS = TWELVE_OUTPUTS.length;

/** Places in a symbol's record. An average holds its running sum until its seed is complete. */
const AT = {
  closes: 0,
  ranges: 1,
  flows: 2,
  ema20: 3,
  ema50: 4,
  ema200: 5,
  fast: 6,
  slow: 7,
  signal: 8,
  gain: 9,
  loss: 10,
  close: 11,
  shift: 12,
  sum: 13,
  square: 14,
  freshSum: 15,
  freshSquare: 16,
  run: 17,
  rangeClose: 18,
  high: 19,
  low: 20,
  range: 21,
  plus: 22,
  minus: 23,
  adx: 24,
  raw1: 25,
  raw2: 26,
  k1: 27,
  k2: 28,
  flowClose: 29,
  obv: 30,
  closeRing: 31,
  highRing: 51,
  lowRing: 65,
} as const;
const RECORD = 79;

export class TwelveTicks {
  readonly symbols: number;
  /** Outputs of symbol s after its last bar: `values[s * 18 + k]`, k as in TWELVE_OUTPUTS. */
  readonly values: Float64Array;
  readonly #state: Float64Array;

  constructor(symbols: number) {
    this.symbols = symbols;
    this.values = new Float64Array(symbols * OUTPUTS).fill(NaN);
    this.#state = new Float64Array(symbols * RECORD);
    for (let s = 0; s < symbols; s++) {
      for (const name of ['raw1', 'raw2', 'k1', 'k2'] as const) this.#state[s * RECORD + AT[name]] = NaN;
    }
  }

  /** Takes the next closed bar of a symbol. What a gap is, and what it does, is as in run.ts. */
  update(symbol: number, bar: Pick<Bar, 'high' | 'low' | 'close' | 'volume'>): void {
    const at = symbol * RECORD;
    const to = symbol * OUTPUTS;
    if (!(symbol >= 0 && symbol < this.symbols)) throw new RangeError(`symbol ${symbol} of ${this.symbols}`);
    const { high, low, close, volume } = bar;
    this.values.fill(NaN, to, to + OUTPUTS);
    if (!usable(close)) return;
    stepAverages(this.#state, at, close, this.values, to);
    stepBands(this.#state, at, close, this.values, to);
    this.#state[at + AT.closes]++;
    if (usable(high) && usable(low)) {
      stepDirection(this.#state, at, high, low, close, this.values, to);
      stepStochastic(this.#state, at, high, low, close, this.values, to);
      this.#state[at + AT.ranges]++;
    }
    if (usable(volume)) stepFlow(this.#state, at, close, volume, this.values, to);
  }

  snapshot(): Float64Array {
    return this.#state.slice();
  }

  /** Throws RangeError when the snapshot is of another number of symbols. */
  restore(snapshot: Float64Array): void {
    if (snapshot.length !== this.#state.length) {
      throw new RangeError(`the snapshot has ${snapshot.length / RECORD} symbols, not ${this.symbols}`);
    }
    this.#state.set(snapshot);
    this.values.fill(NaN);
  }
}

/** One step of a recursive average that has taken `count` values before; NaN until it has its seed. */
function stepAverage(state: Float64Array, at: number, x: number, count: number, period: number, alpha: number): number {
  if (count >= period) state[at] += alpha * (x - state[at]);
  else {
    state[at] += x;
    if (count + 1 < period) return NaN;
    state[at] /= period;
  }
  return state[at];
}

function stepAverages(state: Float64Array, at: number, close: number, out: Float64Array, to: number): void {
  const count = state[at + AT.closes];
  out[to + 1] = stepAverage(state, at + AT.ema20, close, count, 20, 2 / 21);
  out[to + 2] = stepAverage(state, at + AT.ema50, close, count, 50, 2 / 51);
  out[to + 3] = stepAverage(state, at + AT.ema200, close, count, 200, 2 / 201);
  const fast = stepAverage(state, at + AT.fast, close, count, 12, 2 / 13);
  const line = fast - stepAverage(state, at + AT.slow, close, count, 26, 2 / 27);
  out[to + 5] = line;
  if (count >= 25) out[to + 6] = stepAverage(state, at + AT.signal, line, count - 25, 9, 2 / 10);
  out[to + 7] = line - out[to + 6];
  if (count > 0) {
    const change = close - state[at + AT.close];
    const gain = stepAverage(state, at + AT.gain, (Math.abs(change) + change) / 2, count - 1, 14, 1 / 14);
    const loss = stepAverage(state, at + AT.loss, (Math.abs(change) - change) / 2, count - 1, 14, 1 / 14);
    out[to + 4] = gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
  }
}

/** As RollingVariance in filters.ts, step by step. Comes after stepAverages: it moves the last close. */
function stepBands(state: Float64Array, at: number, close: number, out: Float64Array, to: number): void {
  const period = 20;
  const count = state[at + AT.closes];
  if (count === 0) state[at + AT.shift] = close;
  state[at + AT.run] = count > 0 && close === state[at + AT.close] ? state[at + AT.run] + 1 : 1;
  state[at + AT.close] = close;
  const slot = at + AT.closeRing + (count % period);
  const entering = close - state[at + AT.shift];
  const leaving = count < period ? 0 : state[slot] - state[at + AT.shift];
  state[slot] = close;
  state[at + AT.sum] += entering - leaving;
  state[at + AT.square] += entering * entering - leaving * leaving;
  state[at + AT.freshSum] += entering;
  state[at + AT.freshSquare] += entering * entering;
  if ((count + 1) % period === 0) {
    const move = state[at + AT.freshSum] / period;
    state[at + AT.shift] += move;
    state[at + AT.sum] = state[at + AT.freshSum] - period * move;
    state[at + AT.square] = Math.max(0, state[at + AT.freshSquare] - period * move * move);
    state[at + AT.freshSum] = 0;
    state[at + AT.freshSquare] = 0;
  }
  if (count + 1 < period) return;
  const flat = state[at + AT.run] >= period;
  const sum = state[at + AT.sum];
  const variance = flat ? 0 : Math.max(0, (state[at + AT.square] - (sum * sum) / period) / period);
  const middle = flat ? close : state[at + AT.shift] + sum / period;
  out[to] = middle;
  out[to + 8] = middle + 2 * Math.sqrt(variance);
  out[to + 9] = middle - 2 * Math.sqrt(variance);
}

function stepDirection(
  state: Float64Array,
  at: number,
  high: number,
  low: number,
  close: number,
  out: Float64Array,
  to: number,
): void {
  const period = 14;
  const count = state[at + AT.ranges];
  const before = state[at + AT.rangeClose];
  const up = high - state[at + AT.high];
  const down = state[at + AT.low] - low;
  state[at + AT.rangeClose] = close;
  state[at + AT.high] = high;
  state[at + AT.low] = low;
  if (count === 0) return;
  const decay = count > period ? 1 - 1 / period : 1;
  state[at + AT.range] = state[at + AT.range] * decay + Math.max(high, before) - Math.min(low, before);
  state[at + AT.plus] = state[at + AT.plus] * decay + (up > down && up > 0 ? up : 0);
  state[at + AT.minus] = state[at + AT.minus] * decay + (down > up && down > 0 ? down : 0);
  if (count < period) return;
  const range = state[at + AT.range];
  const plus = state[at + AT.plus];
  const minus = state[at + AT.minus];
  const dx = plus + minus === 0 ? 0 : (100 * Math.abs(plus - minus)) / (plus + minus);
  out[to + 10] = range / period;
  out[to + 11] = stepAverage(state, at + AT.adx, dx, count - period, period, 1 / period);
  out[to + 12] = range === 0 ? 0 : (100 * plus) / range;
  out[to + 13] = range === 0 ? 0 : (100 * minus) / range;
}

function stepStochastic(
  state: Float64Array,
  at: number,
  high: number,
  low: number,
  close: number,
  out: Float64Array,
  to: number,
): void {
  const period = 14;
  const count = state[at + AT.ranges];
  state[at + AT.highRing + (count % period)] = high;
  state[at + AT.lowRing + (count % period)] = low;
  if (count + 1 < period) return;
  let highest = high;
  let lowest = low;
  for (let place = 0; place < period; place++) {
    highest = Math.max(highest, state[at + AT.highRing + place]);
    lowest = Math.min(lowest, state[at + AT.lowRing + place]);
  }
  if (highest === lowest) return;
  const raw = (100 * (close - lowest)) / (highest - lowest);
  const k = (raw + state[at + AT.raw1] + state[at + AT.raw2]) / 3;
  state[at + AT.raw2] = state[at + AT.raw1];
  state[at + AT.raw1] = raw;
  out[to + 14] = k;
  out[to + 16] = (-100 * (highest - close)) / (highest - lowest);
  if (Number.isNaN(k)) return;
  out[to + 15] = (k + state[at + AT.k1] + state[at + AT.k2]) / 3;
  state[at + AT.k2] = state[at + AT.k1];
  state[at + AT.k1] = k;
}

function stepFlow(state: Float64Array, at: number, close: number, volume: number, out: Float64Array, to: number): void {
  if (state[at + AT.flows] > 0) state[at + AT.obv] += Math.sign(close - state[at + AT.flowClose]) * volume;
  state[at + AT.flows]++;
  state[at + AT.flowClose] = close;
  out[to + 17] = state[at + AT.obv];
}
