/**
 * The twelve indicators a scan needs of every symbol, at once: SMA20 (the middle of the bands), EMA20, EMA50, EMA200, RSI14,
 * MACD(12,26,9), Bollinger(20,2), ATR14, ADX14 with DI, Stochastic(14,3,3), Williams %R 14 and OBV, each by its definition's defaults
 * and equal to it within 1e-9 of the price. The loop is WebAssembly (twelve.c), two symbols in the halves of a vector: about 1/30 of
 * the time of the separate machines, which stay the readable reference and do the symbols that have gaps.
 */
import * as averages from './moving-averages.ts';
import * as oscillators from './oscillators.ts';
import { compute } from './run.ts';
import * as trend from './trend.ts';
import { TWELVE_OUTPUTS, TwelveEngine, type TwelveInput, type TwelveSeries } from './twelve-engine.ts';
import * as volatility from './volatility.ts';
import * as volumes from './volume.ts';

export { TWELVE_OUTPUTS, type TwelveInput, type TwelveOutput, type TwelveSeries } from './twelve-engine.ts';

const NO_BARS: TwelveInput = {
  length: 0,
  high: new Float64Array(),
  low: new Float64Array(),
  close: new Float64Array(),
  volume: new Float64Array(),
};

let engine: TwelveEngine | null = null;

/** Arrays for up to `capacity` bars, to be reused from symbol to symbol. */
export function twelveSeries(capacity: number): TwelveSeries {
  return Object.fromEntries(TWELVE_OUTPUTS.map((name) => [name, new Float64Array(capacity)])) as TwelveSeries;
}

/**
 * Fills the first `bars.length` values of every series; NaN during warm-up, gaps as in run.ts. Throws RangeError when the series are
 * too short. For many symbols use computeTwelveOfEach, at half the time.
 */
export function computeTwelve(bars: TwelveInput, out: TwelveSeries): void {
  const { length } = bars;
  if (out.sma20.length < length) throw new RangeError(`the series hold ${out.sma20.length} of ${length} bars`);
  engine ??= new TwelveEngine();
  const [usable] = engine.run(bars, NO_BARS);
  if (!usable) separately(bars, out);
  else for (const name of TWELVE_OUTPUTS) out[name].set(engine.series[0][name].subarray(0, length));
}

/**
 * Calls `visit` once per symbol, in order, with its series, whose first `bars.length` values are its own; they are overwritten after
 * the visit, so copy what is to stay. A visit must not compute others.
 */
export function computeTwelveOfEach(
  symbols: readonly TwelveInput[],
  visit: (index: number, series: TwelveSeries) => void,
): void {
  engine ??= new TwelveEngine();
  for (let index = 0; index < symbols.length; index += 2) {
    const pair = [symbols[index], symbols[index + 1] ?? NO_BARS] as const;
    const usable = engine.run(...pair);
    for (let k = 0; k < 2 && index + k < symbols.length; k++) {
      visit(index + k, usable[k] ? engine.series[k] : separateSeries(pair[k]));
    }
  }
}

function separateSeries(bars: TwelveInput): TwelveSeries {
  const out = twelveSeries(bars.length);
  separately(bars, out);
  return out;
}

function separately(bars: TwelveInput, out: TwelveSeries): void {
  compute(averages.ema, bars, { period: 20 }, { ema: out.ema20 });
  compute(averages.ema, bars, { period: 50 }, { ema: out.ema50 });
  compute(averages.ema, bars, { period: 200 }, { ema: out.ema200 });
  compute(oscillators.rsi, bars, {}, { rsi: out.rsi });
  compute(oscillators.macd, bars, {}, { macd: out.macd, signal: out.macdSignal, histogram: out.macdHistogram });
  compute(volatility.bollinger, bars, {}, { middle: out.sma20, upper: out.bbUpper, lower: out.bbLower });
  compute(volatility.atr, bars, {}, { atr: out.atr });
  compute(trend.adx, bars, {}, { adx: out.adx, plusDi: out.plusDi, minusDi: out.minusDi });
  compute(oscillators.stochastic, bars, {}, { k: out.stochK, d: out.stochD });
  compute(oscillators.williamsR, bars, {}, { williamsR: out.williamsR });
  compute(volumes.obv, bars, {}, { obv: out.obv });
}
