import { bollinger, ema, rsi, stochastic, williamsR } from '#quant/indicators/index.ts';
import type { Bars } from '#quant/bars.ts';
import { roundTo } from './rounding.ts';
import { nearestLevel, type NearestLevel } from './support-resistance.ts';
import type { Readings } from './timeframe-score.ts';

export interface FrameReading {
  readonly readings: Readings;
  readonly level: NearestLevel | null;
}

/** Arrays the series are written into and read from at once: one allocation for thousands of stocks. */
let first = new Float64Array(1024);
let second = new Float64Array(1024);

/**
 * The seven figures at the last bar (kurzora.md 4.3-4.5), rounded as they are scored and stored.
 * RSI 14: Wilder over all loaded closes, >= 15 of them. MACD: EMA12 - EMA26, each seeded by its own SMA, >= 26.
 * %B: 20 closes, 2 population deviations. %K and %R: 14 bars, unsmoothed, null when flat.
 */
export function readFrame(bars: Bars, provisional: boolean): FrameReading {
  const { length } = bars;
  const close = bars.close.subarray(0, length);
  const level = nearestLevel(bars, close[length - 1]!);
  const readings: Readings = {
    rsi: length < 15 ? null : finite(rsi(close, 14, room(length))[length - 1]!, 2),
    macd: length < 26 ? null : macdLine(close),
    percentB: length < 20 ? null : finite(bollinger(close.subarray(length - 20), 20, 2).percentB[19]!, 4),
    volumeRatio: volumeRatio(bars.volume, provisional ? length - 1 : length),
    ...range(bars),
    proximity: level?.proximity ?? null,
  };
  return { readings, level };
}

/** The RSI 14 of every bar (NaN for the first 14), in an array that the next call of this module overwrites. */
export function rsiSeries(bars: Bars): Float64Array {
  return rsi(bars.close.subarray(0, bars.length), 14, room(bars.length));
}

function macdLine(close: Float64Array): number | null {
  const last = close.length - 1;
  const fast = ema(close, 12, room(close.length))[last]!;
  const slow = ema(close, 26, second.subarray(0, close.length))[last]!;
  return finite(fast - slow, 4);
}

/**
 * Volume of the last completed bar over the mean volume of all loaded completed bars, itself included (T-20): a bar that is
 * still running has traded for a part of its time only and would always look quiet. Null without volume.
 */
export function volumeRatio(volume: Float64Array, completed: number): number | null {
  if (completed < 1) return null;
  let sum = 0;
  for (let index = 0; index < completed; index += 1) sum += volume[index]!;
  return sum > 0 ? roundTo(volume[completed - 1]! / (sum / completed), 2) : null;
}

function range({ high, low, close, length }: Bars): Pick<Readings, 'stochasticK' | 'williamsR'> {
  if (length < 14) return { stochasticK: null, williamsR: null };
  const [highs, lows, closes] = [high, low, close].map((column) => column.subarray(length - 14, length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return {
    stochasticK: finite(stochastic(highs, lows, closes, 14, 1, 1).k[13]!, 2),
    williamsR: finite(williamsR(highs, lows, closes, 14)[13]!, 2),
  };
}

const finite = (value: number, decimals: number) => (Number.isFinite(value) ? roundTo(value, decimals) : null);

function room(length: number): Float64Array {
  if (first.length < length) {
    first = new Float64Array(length * 2);
    second = new Float64Array(length * 2);
  }
  return first.subarray(0, length);
}
