/** Direction: ADX, Aroon, stops that follow the price, regression, Ichimoku, Heikin-Ashi. */
import { define, machine } from './definition.ts';
import { Ema, Lag, type RollingExtreme, RollingVariance, ratio, Sma, TrueRange, Wilder, Wma } from './filters.ts';
import { channel } from './oscillators.ts';

export const adx = define({
  name: 'adx',
  title: 'Average directional index with DI',
  inputs: ['high', 'low', 'close'],
  parameters: { period: 14, compat: 'wilder' },
  choices: { compat: ['wilder', 'talib'] },
  outputs: ['adx', 'plusDi', 'minusDi', 'dx', 'adxr'],
  seed: "sums of the first `period` movements; 'talib': of the first `period - 1`, smoothed once. ADX from the mean of the first `period` DX",
  smoothing: 'Wilder',
  source: "Wilder 1978 (Stock.Indicators, TradingView); compat 'talib' is TA-Lib's and Tulip's seed. They converge",
  degenerate: 'DI 0 without any range; DX 0 when neither side moved',
  warmUp: ({ period }) => [2 * period - 1, period, period, period, 3 * period - 1],
  open({ period, compat }) {
    const state = {
      range: directionSum(),
      plus: directionSum(),
      minus: directionSum(),
      trueRange: new TrueRange(),
      average: new Wilder(period),
      lag: new Lag(period),
      high: NaN,
      low: NaN,
    };
    const seedCount = compat === 'talib' ? period - 1 : period;
    return machine(state, (bar, out) => {
      const up = bar.high - state.high;
      const down = state.low - bar.low;
      state.high = bar.high;
      state.low = bar.low;
      const range = state.trueRange.next(bar.high, bar.low, bar.close);
      if (Number.isNaN(range)) return;
      const total = smoothSum(state.range, range, period, seedCount);
      const plus = smoothSum(state.plus, up > down && up > 0 ? up : 0, period, seedCount);
      const minus = smoothSum(state.minus, down > up && down > 0 ? down : 0, period, seedCount);
      if (state.range.count < period) return;
      out[1] = total === 0 ? 0 : (100 * plus) / total;
      out[2] = total === 0 ? 0 : (100 * minus) / total;
      out[3] = plus + minus === 0 ? 0 : (100 * Math.abs(plus - minus)) / (plus + minus);
      out[0] = state.average.next(out[3]);
      out[4] = (out[0] + state.lag.next(out[0])) / 2;
    });
  },
});

const directionSum = () => ({ value: 0, count: 0 });

/** Wilder's running sum: adds up `seedCount` values, then value = value (1 - 1 / period) + x. */
function smoothSum(sum: { value: number; count: number }, x: number, period: number, seedCount: number): number {
  sum.value = (sum.count < seedCount ? sum.value : sum.value * (1 - 1 / period)) + x;
  if (sum.count < period) sum.count++;
  return sum.value;
}

export const aroon = define({
  name: 'aroon',
  title: 'Aroon',
  inputs: ['high', 'low'],
  parameters: { period: 25, tie: 'oldest' },
  choices: { tie: ['oldest', 'newest'] },
  outputs: ['up', 'down', 'oscillator'],
  seed: 'none: the window of `period + 1` bars must be full',
  smoothing: 'none',
  source: "Chande 1995; of equal extremes the oldest counts (Stock.Indicators); tie 'newest' is TA-Lib's and Tulip's",
  warmUp: ({ period }) => [period, period, period],
  open({ period, tie }) {
    const state = channel(period + 1);
    return machine(state, (bar, out) => {
      if (Number.isNaN(state.highest.next(bar.high) + state.lowest.next(bar.low))) return;
      out[0] = (100 * (period - ageOf(state.highest, tie))) / period;
      out[1] = (100 * (period - ageOf(state.lowest, tie))) / period;
      out[2] = out[0] - out[1];
    });
  },
});

function ageOf(extreme: RollingExtreme, tie: string): number {
  if (tie === 'newest') return extreme.age;
  let age = extreme.period - 1;
  while (extreme.window.at(age) !== extreme.best) age--;
  return age;
}

export const superTrend = define({
  name: 'superTrend',
  title: 'SuperTrend',
  inputs: ['high', 'low', 'close'],
  parameters: { period: 10, multiplier: 3 },
  outputs: ['superTrend', 'upper', 'lower', 'direction'],
  seed: 'as ATR; the first side is below the middle of the bar: short, else long',
  smoothing: '(high + low) / 2 ± multiplier x Wilder ATR, the band that holds only tightens',
  source:
    'Seban; Stock.Indicators. upper shows while it is the stop of a short, lower of a long; direction 1 long, -1 short',
  warmUp: ({ period }) => [period, period, period, period],
  open({ period, multiplier }) {
    const average = { range: new TrueRange(), average: new Wilder(period) };
    const state = { ...average, long: true, upper: NaN, lower: NaN, close: NaN };
    return machine(state, (bar, out) => {
      const distance = multiplier * state.average.next(state.range.next(bar.high, bar.low, bar.close));
      if (!Number.isNaN(distance)) superTrendStep(state, bar, distance, out);
      state.close = bar.close;
    });
  },
});

interface SuperTrendState {
  long: boolean;
  upper: number;
  lower: number;
  close: number;
}

function superTrendStep(
  state: SuperTrendState,
  bar: { high: number; low: number; close: number },
  distance: number,
  out: Float64Array,
): void {
  const middle = (bar.high + bar.low) / 2;
  if (Number.isNaN(state.upper)) state.long = bar.close >= middle;
  if (!(state.upper <= middle + distance && state.close <= state.upper)) state.upper = middle + distance;
  if (!(state.lower >= middle - distance && state.close >= state.lower)) state.lower = middle - distance;
  if (bar.close <= (state.long ? state.lower : state.upper)) {
    state.long = false;
    out[1] = state.upper;
  } else {
    state.long = true;
    out[2] = state.lower;
  }
  out[0] = state.long ? state.lower : state.upper;
  out[3] = state.long ? 1 : -1;
}

export const parabolicSar = define({
  name: 'parabolicSar',
  title: 'Parabolic stop and reverse',
  inputs: ['high', 'low'],
  parameters: { step: 0.02, maximum: 0.2, start: 'first-reversal' },
  choices: { start: ['first-reversal', 'immediately'] },
  outputs: ['sar', 'reversal'],
  seed: "assumes a rise from the first low and shows nothing until the first reversal has ended that guess; 'immediately' shows the guess too",
  smoothing:
    'sar += af (extreme - sar), af grows by `step` with each new extreme up to `maximum`; never inside the last two bars',
  source: 'Wilder 1978; Stock.Indicators. reversal is 1 on the bar that turned',
  warmUp: ({ start }) => (start === 'immediately' ? [1, 1] : [2, 2]),
  open({ step, maximum, start }) {
    const bars = { high1: NaN, high2: NaN, low1: NaN, low2: NaN };
    const state = { ...bars, long: true, sar: NaN, extreme: NaN, factor: step, shown: start === 'immediately' };
    return machine(state, (bar, out) => {
      if (Number.isNaN(state.sar)) {
        state.sar = bar.low;
        state.extreme = bar.high;
      } else {
        const turned = sarStep(state, bar, step, maximum);
        if (state.shown) {
          out[0] = state.sar;
          out[1] = turned ? 1 : 0;
        }
        state.shown ||= turned;
      }
      state.high2 = state.high1;
      state.low2 = state.low1;
      state.high1 = bar.high;
      state.low1 = bar.low;
    });
  },
});

interface SarState {
  high1: number;
  high2: number;
  low1: number;
  low2: number;
  long: boolean;
  sar: number;
  extreme: number;
  factor: number;
}

/** Moves the stop by one bar; true when the bar went through it and the position turned. */
function sarStep(state: SarState, bar: { high: number; low: number }, step: number, maximum: number): boolean {
  let sar = state.sar + state.factor * (state.extreme - state.sar);
  if (!Number.isNaN(state.low2)) {
    sar = state.long ? Math.min(sar, state.low1, state.low2) : Math.max(sar, state.high1, state.high2);
  }
  if (state.long ? bar.low < sar : bar.high > sar) {
    state.sar = state.extreme;
    state.long = !state.long;
    state.factor = step;
    state.extreme = state.long ? bar.high : bar.low;
    return true;
  }
  state.sar = sar;
  if (state.long ? bar.high > state.extreme : bar.low < state.extreme) {
    state.extreme = state.long ? bar.high : bar.low;
    state.factor = Math.min(state.factor + step, maximum);
  }
  return false;
}

export const linearRegression = define({
  name: 'linearRegression',
  title: 'Linear regression',
  inputs: ['close'],
  parameters: { period: 14 },
  outputs: ['slope', 'intercept', 'end', 'stdDev', 'rSquared'],
  seed: 'none: the window must be full',
  smoothing: 'least squares over the window',
  source:
    'textbook; Tulip linreg, TA-Lib LINEARREG; slope per bar, intercept where the line meets the first bar of the series (bar 1) as Stock.Indicators has it, end on this bar, stdDev of the closes',
  degenerate: 'rSquared NaN when the price did not move',
  warmUp: ({ period }) => Array(5).fill(period - 1),
  open({ period }) {
    const state = { weights: new Wma(period), variance: new RollingVariance(period), origin: NaN, index: 0 };
    const varianceX = (period * period - 1) / 12;
    return machine(state, (bar, out) => {
      state.index++;
      if (Number.isNaN(state.origin)) state.origin = bar.close;
      const weighted = state.weights.weightedSum(bar.close - state.origin);
      const variance = state.variance.next(bar.close);
      if (Number.isNaN(variance)) return;
      const mean = state.variance.mean;
      const covariance = weighted / period - ((period + 1) / 2) * (mean - state.origin);
      const slope = variance === 0 || varianceX === 0 ? 0 : covariance / varianceX;
      out[0] = slope;
      out[1] = mean - slope * (state.index - (period - 1) / 2);
      out[2] = mean + (slope * (period - 1)) / 2;
      out[3] = Math.sqrt(variance);
      out[4] = ratio(slope * slope * varianceX, variance);
    });
  },
});

export const ichimoku = define({
  name: 'ichimoku',
  title: 'Ichimoku cloud',
  inputs: ['high', 'low', 'close'],
  parameters: { tenkanPeriod: 9, kijunPeriod: 26, senkouPeriod: 52 },
  outputs: ['tenkan', 'kijun', 'senkouA', 'senkouB', 'chikou'],
  seed: 'none: the windows must be full',
  smoothing: 'middles of Donchian windows; the spans stand `kijunPeriod` bars after the bars they come from',
  source:
    'Hosoda 1969; Stock.Indicators. chikou is the close of this bar, to be drawn `kijunPeriod` bars back: a value placed there would be known only later',
  warmUp({ tenkanPeriod, kijunPeriod, senkouPeriod }) {
    const base = Math.max(tenkanPeriod, kijunPeriod) - 1;
    return [tenkanPeriod - 1, kijunPeriod - 1, base + kijunPeriod, senkouPeriod - 1 + kijunPeriod, 0];
  },
  open({ tenkanPeriod, kijunPeriod, senkouPeriod }) {
    const lines = { tenkan: channel(tenkanPeriod), kijun: channel(kijunPeriod), senkou: channel(senkouPeriod) };
    const state = { ...lines, spanA: new Lag(kijunPeriod), spanB: new Lag(kijunPeriod) };
    return machine(state, (bar, out) => {
      const middle = (of: ReturnType<typeof channel>) => (of.highest.next(bar.high) + of.lowest.next(bar.low)) / 2;
      out[0] = middle(state.tenkan);
      out[1] = middle(state.kijun);
      out[2] = state.spanA.next((out[0] + out[1]) / 2);
      out[3] = state.spanB.next(middle(state.senkou));
      out[4] = bar.close;
    });
  },
});

export const heikinAshi = define({
  name: 'heikinAshi',
  title: 'Heikin-Ashi bars',
  inputs: ['open', 'high', 'low', 'close'],
  parameters: {},
  outputs: ['open', 'high', 'low', 'close'],
  seed: 'the first open is the middle of the first body',
  smoothing: 'open is the middle of the body before, close the mean of the bar',
  source: 'Valcu 2004; Stock.Indicators, TradingView',
  warmUp: () => [0, 0, 0, 0],
  open() {
    const state = { open: NaN, close: NaN };
    return machine(state, (bar, out) => {
      const close = (bar.open + bar.high + bar.low + bar.close) / 4;
      const open = Number.isNaN(state.open) ? (bar.open + bar.close) / 2 : (state.open + state.close) / 2;
      state.open = open;
      state.close = close;
      out[0] = open;
      out[1] = Math.max(bar.high, open, close);
      out[2] = Math.min(bar.low, open, close);
      out[3] = close;
    });
  },
});

export const vortex = define({
  name: 'vortex',
  title: 'Vortex',
  inputs: ['high', 'low', 'close'],
  parameters: { period: 14 },
  outputs: ['plus', 'minus'],
  seed: 'none: the window must be full',
  smoothing: 'means of |high - low before| and |low - high before| over that of the true range',
  source: 'Botes and Siepman 2010; Stock.Indicators, StockCharts',
  degenerate: 'NaN when there was no range',
  warmUp: ({ period }) => [period, period],
  open({ period }) {
    const sums = { plus: new Sma(period), minus: new Sma(period), range: new Sma(period) };
    const state = { ...sums, trueRange: new TrueRange(), high: NaN, low: NaN };
    return machine(state, (bar, out) => {
      const range = state.range.next(state.trueRange.next(bar.high, bar.low, bar.close));
      out[0] = ratio(state.plus.next(Math.abs(bar.high - state.low)), range);
      out[1] = ratio(state.minus.next(Math.abs(bar.low - state.high)), range);
      state.high = bar.high;
      state.low = bar.low;
    });
  },
});

export const elderRay = define({
  name: 'elderRay',
  title: 'Elder ray',
  inputs: ['high', 'low', 'close'],
  parameters: { period: 13 },
  outputs: ['ema', 'bullPower', 'bearPower'],
  seed: 'as EMA',
  smoothing: 'high and low against the EMA of the close',
  source: 'Elder 1993; Stock.Indicators',
  warmUp: ({ period }) => [period - 1, period - 1, period - 1],
  open({ period }) {
    const state = { average: new Ema(period) };
    return machine(state, (bar, out) => {
      out[0] = state.average.next(bar.close);
      out[1] = bar.high - out[0];
      out[2] = bar.low - out[0];
    });
  },
});

export const fractal = define({
  name: 'fractal',
  title: "Williams' fractal, when confirmed",
  inputs: ['high', 'low'],
  parameters: { sidePeriod: 2 },
  outputs: ['bear', 'bull'],
  seed: 'none: the window must be full',
  smoothing:
    'none: the high (bear) or low (bull) of the bar `sidePeriod` back when strictly beyond that many bars on both sides',
  source:
    'Bill Williams; Stock.Indicators, which puts the value on the pivot bar: here it stands where it became known, `sidePeriod` bars later',
  degenerate: 'NaN on bars that confirm nothing',
  warmUp: ({ sidePeriod }) => [2 * sidePeriod, 2 * sidePeriod],
  open({ sidePeriod }) {
    const state = { high: new Lag(2 * sidePeriod + 1), low: new Lag(2 * sidePeriod + 1) };
    return machine(state, (bar, out) => {
      state.high.next(bar.high);
      state.low.next(bar.low);
      if (!state.high.window.full) return;
      const high = state.high.window.at(sidePeriod);
      const low = state.low.window.at(sidePeriod);
      let bear = true;
      let bull = true;
      for (let age = 0; age <= 2 * sidePeriod; age++) {
        if (age === sidePeriod) continue;
        bear &&= state.high.window.at(age) < high;
        bull &&= state.low.window.at(age) > low;
      }
      if (bear) out[0] = high;
      if (bull) out[1] = low;
    });
  },
});
