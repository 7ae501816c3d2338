import type { Bars } from '#quant/bars.ts';
import { lastEma, lastPercentB, lastRangePosition, wilderRsi } from './last-values.ts';
import { roundTo } from './rounding.ts';
import { type NearestLevel, nearestLevel } from './support-resistance.ts';
import type { Readings } from './timeframe-score.ts';

export interface FrameReading {
  readonly readings: Readings;
  readonly level: NearestLevel | null;
}

/**
 * The seven figures at the last bar (kurzora.md 4.3-4.5), rounded as they are scored and stored; null with too few bars.
 * RSI 14: Wilder over all loaded closes, >= 15 of them. MACD: EMA12 - EMA26, each seeded by its own SMA, >= 26.
 * %B: 20 closes, 2 population deviations. %K and %R: 14 bars, unsmoothed, null when flat.
 */
export function readFrame(bars: Bars, provisional: boolean): FrameReading {
  const { close, length } = bars;
  const level = nearestLevel(bars, close[length - 1]!);
  const position = lastRangePosition(bars, 14);
  const readings: Readings = {
    rsi: finite(wilderRsi(close, length, 14), 2),
    macd: finite(lastEma(close, length, 12) - lastEma(close, length, 26), 4),
    percentB: finite(lastPercentB(close, length, 20, 2), 4),
    volumeRatio: volumeRatio(bars.volume, provisional ? length - 1 : length),
    stochasticK: finite(position * 100, 2),
    williamsR: finite((position - 1) * 100, 2),
    proximity: level?.proximity ?? null,
  };
  return { readings, level };
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

const finite = (value: number, decimals: number) => (Number.isFinite(value) ? roundTo(value, decimals) : null);
