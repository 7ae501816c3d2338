/**
 * Indicators as functions over Float64Arrays, oldest value first. Each returns one array per output, as long as the input, NaN during
 * warm-up; views made with `subarray` are fine. `out` gives arrays to reuse. Conventions: docs/indicators.md, from the definitions.
 */
import * as averages from './moving-averages.ts';
import * as oscillators from './oscillators.ts';
import { compute, computeOne } from './run.ts';
import * as trend from './trend.ts';
import * as volatility from './volatility.ts';
import * as volumes from './volume.ts';

export type { Definition, Input, Machine, Parameters } from './definition.ts';
export { families, indicator, indicators } from './registry.ts';
export { type Columns, compute, IndicatorStream } from './run.ts';
export {
  computeTwelve,
  computeTwelveOfEach,
  TWELVE_OUTPUTS,
  type TwelveInput,
  type TwelveOutput,
  type TwelveSeries,
  twelveSeries,
} from './twelve.ts';
export { TwelveTicks } from './twelve-ticks.ts';

type Series = Float64Array;
/** Arrays to reuse, by output name. */
type Out<K extends string> = Partial<Record<K, Series>>;
type Result<K extends string> = Record<K, Series>;

export function sma(source: Series, period = 20, out?: Series): Series {
  return computeOne(averages.sma, { close: source }, { period }, out);
}

export function ema(source: Series, period = 20, out?: Series): Series {
  return computeOne(averages.ema, { close: source }, { period }, out);
}

export function wma(source: Series, period = 14, out?: Series): Series {
  return computeOne(averages.wma, { close: source }, { period }, out);
}

/** 0..100; 50 when the price did not move at all, 100 when it only rose. */
export function rsi(close: Series, period = 14, out?: Series): Series {
  return computeOne(oscillators.rsi, { close }, { period }, out);
}

export function macd(
  close: Series,
  fastPeriod = 12,
  slowPeriod = 26,
  signalPeriod = 9,
  options: { readonly compat?: 'tradingview' | 'talib' } = {},
  out?: Out<'macd' | 'signal' | 'histogram'>,
): Result<'macd' | 'signal' | 'histogram'> {
  return compute(oscillators.macd, { close }, { fastPeriod, slowPeriod, signalPeriod, ...options }, out) as never;
}

/** percentB is 0.5 while the bands have no width. */
export function bollinger(
  close: Series,
  period = 20,
  deviations = 2,
  out?: Out<'middle' | 'upper' | 'lower' | 'percentB' | 'width' | 'zScore'>,
): Result<'middle' | 'upper' | 'lower' | 'percentB' | 'width' | 'zScore'> {
  return compute(volatility.bollinger, { close }, { period, deviations }, out) as never;
}

export function atr(
  high: Series,
  low: Series,
  close: Series,
  period = 14,
  options: { readonly firstRange?: 'none' | 'high-low' } = {},
  out?: Series,
): Series {
  return computeOne(volatility.atr, { high, low, close }, { period, ...options }, out);
}

export function adx(
  high: Series,
  low: Series,
  close: Series,
  period = 14,
  options: { readonly compat?: 'wilder' | 'talib' } = {},
  out?: Out<'adx' | 'plusDi' | 'minusDi' | 'dx' | 'adxr'>,
): Result<'adx' | 'plusDi' | 'minusDi' | 'dx' | 'adxr'> {
  return compute(trend.adx, { high, low, close }, { period, ...options }, out) as never;
}

/** NaN where the window has no range. smoothPeriod 1 is the fast stochastic. */
export function stochastic(
  high: Series,
  low: Series,
  close: Series,
  period = 14,
  smoothPeriod = 3,
  signalPeriod = 3,
  out?: Out<'k' | 'd' | 'j'>,
): Result<'k' | 'd' | 'j'> {
  return compute(oscillators.stochastic, { high, low, close }, { period, smoothPeriod, signalPeriod }, out) as never;
}

/** -100..0; NaN where the window has no range. */
export function williamsR(high: Series, low: Series, close: Series, period = 14, out?: Series): Series {
  return computeOne(oscillators.williamsR, { high, low, close }, { period }, out);
}

/** Volume over its mean of `period` bars, which by default include this one; NaN when nothing was traded in them. */
export function volumeRatio(
  volume: Series,
  period = 20,
  options: { readonly bar?: 'including' | 'before' } = {},
  out?: Series,
): Series {
  return computeOne(volumes.volumeRatio, { volume }, { period, ...options }, out);
}

export function obv(
  close: Series,
  volume: Series,
  options: { readonly start?: 'zero' | 'volume' } = {},
  out?: Series,
): Series {
  return computeOne(volumes.obv, { close, volume }, { ...options }, out);
}

export function cci(high: Series, low: Series, close: Series, period = 20, out?: Series): Series {
  return computeOne(oscillators.cci, { high, low, close }, { period }, out);
}

export function mfi(high: Series, low: Series, close: Series, volume: Series, period = 14, out?: Series): Series {
  return computeOne(volumes.mfi, { high, low, close, volume }, { period }, out);
}

/** In percent. */
export function roc(close: Series, period = 14, out?: Series): Series {
  return computeOne(oscillators.roc, { close }, { period }, out);
}
