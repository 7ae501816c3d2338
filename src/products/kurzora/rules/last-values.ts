/**
 * The last value of indicators whose definitions are quant's (RSI, EMA, Bollinger, ATR; a test holds them equal). Written out
 * because a scan wants one number of each of 24,000 series: whole series through the general machinery cost three times the
 * scan's budget.
 */
import type { Bars } from '#quant/bars.ts';

/**
 * Wilder's RSI of every bar into `out` (NaN for the first `period`): the first averages are plain means of the first
 * `period` gains and losses; 100 without losses, 50 without any change. Returns the last value, NaN when there is none.
 */
export function wilderRsi(close: Float64Array, length: number, period: number, out?: Float64Array): number {
  out?.fill(Number.NaN, 0, Math.min(period, length));
  if (length <= period) return Number.NaN;
  let gain = 0;
  let loss = 0;
  for (let index = 1; index <= period; index += 1) {
    const change = close[index]! - close[index - 1]!;
    gain += (Math.abs(change) + change) / 2;
    loss += (Math.abs(change) - change) / 2;
  }
  gain /= period;
  loss /= period;
  if (out) out[period] = strength(gain, loss);
  for (let index = period + 1; index < length; index += 1) {
    const change = close[index]! - close[index - 1]!;
    gain += ((Math.abs(change) + change) / 2 - gain) / period;
    loss += ((Math.abs(change) - change) / 2 - loss) / period;
    if (out) out[index] = strength(gain, loss);
  }
  return strength(gain, loss);
}

const strength = (gain: number, loss: number) => (gain + loss === 0 ? 50 : (100 * gain) / (gain + loss));

/** Exponential average at the last bar, seeded by the mean of the first `period` values; NaN with fewer. */
export function lastEma(values: Float64Array, length: number, period: number): number {
  if (length < period) return Number.NaN;
  let average = 0;
  for (let index = 0; index < period; index += 1) average += values[index]!;
  average /= period;
  const alpha = 2 / (period + 1);
  for (let index = period; index < length; index += 1) average += (values[index]! - average) * alpha;
  return average;
}

/** (close - lower) / (upper - lower) of the bands `deviations` population deviations around the last `period` closes; 0.5 when flat. */
export function lastPercentB(close: Float64Array, length: number, period: number, deviations: number): number {
  if (length < period) return Number.NaN;
  let mean = 0;
  for (let index = length - period; index < length; index += 1) mean += close[index]!;
  mean /= period;
  let squares = 0;
  let flat = true;
  for (let index = length - period; index < length; index += 1) {
    squares += (close[index]! - mean) ** 2;
    flat &&= close[index] === close[length - 1];
  }
  // The mean of equal prices can miss them by a rounding error, which must not look like a band.
  const half = flat ? 0 : deviations * Math.sqrt(squares / period);
  return half === 0 ? 0.5 : (close[length - 1]! - mean + half) / (2 * half);
}

/** Wilder's average true range at the last bar, the first range being that of bar 1; NaN with `period` bars or fewer. */
export function lastAtr({ high, low, close, length }: Bars, period: number): number {
  if (length <= period) return Number.NaN;
  const rangeAt = (index: number) =>
    Math.max(high[index]!, close[index - 1]!) - Math.min(low[index]!, close[index - 1]!);
  let average = 0;
  for (let index = 1; index <= period; index += 1) average += rangeAt(index);
  average /= period;
  for (let index = period + 1; index < length; index += 1) average += (rangeAt(index) - average) / period;
  return average;
}

/** Where the last close lies between the lowest low (0) and highest high (1) of the last `period` bars; NaN when flat or too short. */
export function lastRangePosition({ high, low, close, length }: Bars, period: number): number {
  if (length < period) return Number.NaN;
  let highest = Number.NEGATIVE_INFINITY;
  let lowest = Number.POSITIVE_INFINITY;
  for (let index = length - period; index < length; index += 1) {
    if (high[index]! > highest) highest = high[index]!;
    if (low[index]! < lowest) lowest = low[index]!;
  }
  return (close[length - 1]! - lowest) / (highest - lowest);
}
