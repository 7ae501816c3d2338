/**
 * The loops behind twelve.ts, over bars without gaps. What they cost is branches that the processor guesses wrong, not arithmetic:
 * rises and falls, maxima of two and signs are computed without one, e.g. (|d| + d) / 2 for the rise. Recursions run side by side so
 * that one does not wait for the other.
 */
import type { TwelveSeries } from './twelve.ts';

type Series = Float64Array;
/** Added to a divisor |d| so that d / (|d| + TINY) is the sign of d, 0 for 0. */
const TINY = 1e-300;

/** EMA of source[from..to) into out; NaN before its seed. Returns the last value. */
function emaHead(source: Series, from: number, to: number, period: number, out: Series): number {
  const seed = from + period - 1;
  let value = NaN;
  let sum = 0;
  for (let i = 0; i < Math.min(seed, to); i++) out[i] = NaN;
  for (let i = from; i <= seed && i < to; i++) sum += source[i];
  if (seed < to) {
    value = sum / period;
    out[seed] = value;
    const alpha = 2 / (period + 1);
    for (let i = seed + 1; i < to; i++) {
      value += alpha * (source[i] - value);
      out[i] = value;
    }
  }
  return value;
}

/** EMA 20, 50, 200 and MACD: one by one until the slowest has its seed, then all six recursions at once. */
export function averagesPass(length: number, close: Series, out: TwelveSeries): void {
  const { ema20, ema50, ema200, macd, macdSignal, macdHistogram } = out;
  const head = Math.min(length, 200);
  let e20 = emaHead(close, 0, head, 20, ema20);
  let e50 = emaHead(close, 0, head, 50, ema50);
  let e200 = emaHead(close, 0, head, 200, ema200);
  let fast = emaHead(close, 0, head, 12, macdSignal);
  let slow = emaHead(close, 0, head, 26, macdHistogram);
  for (let i = 0; i < head; i++) macd[i] = macdSignal[i] - macdHistogram[i];
  let signal = emaHead(macd, 25, head, 9, macdSignal);
  for (let i = 0; i < head; i++) macdHistogram[i] = macd[i] - macdSignal[i];
  for (let i = head; i < length; i++) {
    const x = close[i];
    e20 += (2 / 21) * (x - e20);
    e50 += (2 / 51) * (x - e50);
    e200 += (2 / 201) * (x - e200);
    fast += (2 / 13) * (x - fast);
    slow += (2 / 27) * (x - slow);
    const line = fast - slow;
    signal += (2 / 10) * (line - signal);
    ema20[i] = e20;
    ema50[i] = e50;
    ema200[i] = e200;
    macd[i] = line;
    macdSignal[i] = signal;
    macdHistogram[i] = line - signal;
  }
}

/** Bollinger 20, 2 by the same shifted sums as RollingVariance, block by block of 20. */
export function bandsPass(length: number, close: Series, out: TwelveSeries): void {
  const { sma20, bbUpper, bbLower } = out;
  const period = 20;
  let shift = length > 0 ? close[0] : 0;
  let sum = 0;
  let square = 0;
  let last = NaN;
  let run = 0;
  for (let block = 0; block < length; block += period) {
    const end = Math.min(block + period, length);
    let freshSum = 0;
    let freshSquare = 0;
    for (let i = block; i < end; i++) {
      const x = close[i];
      const entering = x - shift;
      const leaving = block === 0 ? 0 : close[i - period] - shift;
      run = x === last ? run + 1 : 1;
      last = x;
      sum += entering - leaving;
      square += entering * entering - leaving * leaving;
      freshSum += entering;
      freshSquare += entering * entering;
      if (i === block + period - 1) {
        const move = freshSum / period;
        shift += move;
        sum = freshSum - period * move;
        square = Math.max(0, freshSquare - period * move * move);
      }
      const variance = (square - (sum * sum) / period) / period;
      // The root of |v| is that of max(0, v) to the last digits that v has, and free of a branch.
      const flat = run >= period;
      const half = flat ? 0 : 2 * Math.sqrt((variance + Math.abs(variance)) / 2);
      const middle = flat ? x : shift + sum / period;
      sma20[i] = middle;
      bbUpper[i] = middle + half;
      bbLower[i] = middle - half;
    }
  }
  const blank = Math.min(period - 1, length);
  sma20.fill(NaN, 0, blank);
  bbUpper.fill(NaN, 0, blank);
  bbLower.fill(NaN, 0, blank);
}

/** RSI 14 and OBV: both ask only where the close went. */
export function flowPass(length: number, close: Series, volume: Series, out: TwelveSeries): void {
  const { rsi, obv } = out;
  const period = 14;
  let gain = 0;
  let loss = 0;
  let total = 0;
  let previous = length > 0 ? close[0] : 0;
  const head = Math.min(period + 1, length);
  for (let i = 0; i < head; i++) {
    const change = close[i] - previous;
    const size = Math.abs(change);
    previous = close[i];
    total += (change / (size + TINY)) * volume[i];
    obv[i] = total;
    gain += (size + change) / 2;
    loss += (size - change) / 2;
    rsi[i] = NaN;
  }
  gain /= period;
  loss /= period;
  if (length > period) rsi[period] = gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
  for (let i = head; i < length; i++) {
    const change = close[i] - previous;
    const size = Math.abs(change);
    previous = close[i];
    total += (change / (size + TINY)) * volume[i];
    obv[i] = total;
    gain += (1 / 14) * ((size + change) / 2 - gain);
    loss += (1 / 14) * ((size - change) / 2 - loss);
    rsi[i] = gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
  }
}

/** ATR 14 and ADX 14 with DI. */
export function directionPass(length: number, high: Series, low: Series, close: Series, out: TwelveSeries): void {
  const { atr, adx, plusDi, minusDi } = out;
  const period = 14;
  let range = 0;
  let plus = 0;
  let minus = 0;
  let average = NaN;
  let dxSum = 0;
  for (let i = 0; i < Math.min(period, length); i++) {
    atr[i] = NaN;
    plusDi[i] = NaN;
    minusDi[i] = NaN;
  }
  for (let i = 0; i < Math.min(2 * period - 1, length); i++) adx[i] = NaN;
  for (let i = 1; i < length; i++) {
    const before = close[i - 1];
    const trueRange = (high[i] - low[i] + Math.abs(high[i] - before) + Math.abs(low[i] - before)) / 2;
    const rise = high[i] - high[i - 1];
    const fall = low[i - 1] - low[i];
    const up = (Math.abs(rise) + rise) / 2;
    const down = (Math.abs(fall) + fall) / 2;
    // side is 1, 0 or -1; s (s + 1) / 2 is 1 for 1 alone, s (s - 1) / 2 for -1 alone.
    const side = (up - down) / (Math.abs(up - down) + TINY);
    const decay = i > period ? 1 - 1 / period : 1;
    range = range * decay + trueRange;
    plus = plus * decay + up * ((side * (side + 1)) / 2);
    minus = minus * decay + down * ((side * (side - 1)) / 2);
    if (i < period) continue;
    const scale = range === 0 ? 0 : 100 / range;
    atr[i] = range / period;
    plusDi[i] = plus * scale;
    minusDi[i] = minus * scale;
    const both = plus + minus;
    const dx = both === 0 ? 0 : (100 * Math.abs(plus - minus)) / both;
    if (i >= 2 * period) average += (dx - average) / period;
    else {
      dxSum += dx;
      if (i === 2 * period - 1) average = dxSum / period;
    }
    adx[i] = average;
  }
}

/** Scratch of stochasticPass: extremes of the block before, from a place to its end. */
const highTail = new Float64Array(15);
const lowTail = new Float64Array(15);

/**
 * Stochastic 14, 3, 3 and Williams %R 14 share the highest high and the lowest low: of the block of 14 so far, and of the rest of
 * the block before (van Herk 1992, Gil and Werman 1993), so that no bar looks at more than three others.
 */
export function stochasticPass(length: number, high: Series, low: Series, close: Series, out: TwelveSeries): void {
  const { stochK, stochD, williamsR } = out;
  const period = 14;
  // Of the raw %K and of %K the last two: windows of three that skip bars without range.
  let raw1 = NaN;
  let raw2 = NaN;
  let k1 = NaN;
  let k2 = NaN;
  for (let block = 0; block < length; block += period) {
    const end = Math.min(block + period, length);
    let top = high[block];
    let bottom = low[block];
    if (block === 0) {
      highTail.fill(top);
      lowTail.fill(bottom);
    } else fillTails(high, low, block, period);
    for (let i = block; i < end; i++) {
      if (high[i] > top) top = high[i];
      if (low[i] < bottom) bottom = low[i];
      // keep is 1 where the block before has the extreme, 0 where this one has, 0.5 where they are equal.
      const above = highTail[i - block + 1] - top;
      const keepHigh = (1 + above / (Math.abs(above) + TINY)) / 2;
      const highest = highTail[i - block + 1] * keepHigh + top * (1 - keepHigh);
      const below = bottom - lowTail[i - block + 1];
      const keepLow = (1 + below / (Math.abs(below) + TINY)) / 2;
      const lowest = lowTail[i - block + 1] * keepLow + bottom * (1 - keepLow);
      const range = highest - lowest;
      if (range === 0 || i < period - 1) {
        stochK[i] = NaN;
        stochD[i] = NaN;
        williamsR[i] = NaN;
        continue;
      }
      const share = 100 / range;
      williamsR[i] = (close[i] - highest) * share;
      const raw = (close[i] - lowest) * share;
      const k = (raw + raw1 + raw2) / 3;
      raw2 = raw1;
      raw1 = raw;
      stochK[i] = k;
      stochD[i] = (k + k1 + k2) / 3;
      k2 = k1;
      k1 = k;
    }
  }
}

/** Extremes of the block before `block`, from each place to its end; the place after it holds this block's first bar. */
function fillTails(high: Series, low: Series, block: number, period: number): void {
  let top = high[block - 1];
  let bottom = low[block - 1];
  highTail[period] = high[block];
  lowTail[period] = low[block];
  for (let place = period - 1; place >= 1; place--) {
    const i = block - period + place;
    if (high[i] > top) top = high[i];
    if (low[i] < bottom) bottom = low[i];
    highTail[place] = top;
    lowTail[place] = bottom;
  }
}
