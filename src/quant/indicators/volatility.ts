/** Spread, range and the bands built on them. */
import { define, machine } from './definition.ts';
import { Ema, Lag, RollingExtreme, RollingSum, RollingVariance, ratio, TrueRange, Wilder } from './filters.ts';
import { channel } from './oscillators.ts';

export const standardDeviation = define({
  name: 'standardDeviation',
  title: 'Standard deviation',
  inputs: ['close'],
  parameters: { period: 14 },
  outputs: ['stdDev', 'mean', 'zScore'],
  seed: 'none: the window must be full',
  smoothing: 'population (divided by `period`), from sums shifted near the mean',
  source: 'textbook; TA-Lib STDDEV, ta.stdev of TradingView',
  degenerate: 'stdDev 0 and zScore NaN when the price did not move',
  warmUp: ({ period }) => [period - 1, period - 1, period - 1],
  open({ period }) {
    const state = { variance: new RollingVariance(period) };
    return machine(state, (bar, out) => {
      out[0] = Math.sqrt(state.variance.next(bar.close));
      out[1] = state.variance.mean;
      out[2] = ratio(bar.close - out[1], out[0]);
    });
  },
});

export const bollinger = define({
  name: 'bollinger',
  title: 'Bollinger bands',
  inputs: ['close'],
  parameters: { period: 20, deviations: 2 },
  outputs: ['middle', 'upper', 'lower', 'percentB', 'width', 'zScore'],
  seed: 'none: the window must be full',
  smoothing: 'SMA and population standard deviation, from sums shifted near the mean',
  source: 'Bollinger; TA-Lib, TradingView, Tulip. width = (upper - lower) / middle',
  degenerate:
    'flat prices: width 0, percentB 0.5 (the price is at the middle), zScore NaN; width NaN when the middle is zero',
  warmUp: ({ period }) => Array(6).fill(period - 1),
  open({ period, deviations }) {
    const state = { variance: new RollingVariance(period) };
    return machine(state, (bar, out) => {
      const deviation = Math.sqrt(state.variance.next(bar.close));
      if (Number.isNaN(deviation)) return;
      const middle = state.variance.mean;
      const half = deviations * deviation;
      out[0] = middle;
      out[1] = middle + half;
      out[2] = middle - half;
      out[3] = half === 0 ? 0.5 : (bar.close - middle + half) / (2 * half);
      out[4] = ratio(2 * half, middle);
      out[5] = ratio(bar.close - middle, deviation);
    });
  },
});

const firstRanges = ['none', 'high-low'] as const;
type FirstRange = (typeof firstRanges)[number];
const rangeSource =
  "TA-Lib; firstRange 'high-low' is Wilder's own of 1978 and TradingView's: the first bar has the range high - low";

export const trueRange = define({
  name: 'trueRange',
  title: 'True range',
  inputs: ['high', 'low', 'close'],
  parameters: { firstRange: 'none' },
  choices: { firstRange: firstRanges },
  outputs: ['tr'],
  seed: 'the first bar has none',
  smoothing: 'none',
  source: rangeSource,
  warmUp: ({ firstRange }) => [firstRange === 'none' ? 1 : 0],
  open({ firstRange }) {
    const state = { range: new TrueRange(firstRange as FirstRange) };
    return machine(state, (bar, out) => {
      out[0] = state.range.next(bar.high, bar.low, bar.close);
    });
  },
});

export const atr = define({
  name: 'atr',
  title: 'Average true range',
  inputs: ['high', 'low', 'close'],
  parameters: { period: 14, firstRange: 'none' },
  choices: { firstRange: firstRanges },
  outputs: ['atr', 'tr', 'atrp'],
  seed: 'mean of the first `period` true ranges',
  smoothing: 'Wilder, alpha = 1 / period; atrp in percent of the close',
  source: rangeSource,
  degenerate: 'atrp is NaN when the close is zero',
  warmUp({ period, firstRange }) {
    const first = firstRange === 'none' ? 1 : 0;
    return [period - 1 + first, first, period - 1 + first];
  },
  open({ period, firstRange }) {
    const state = { range: new TrueRange(firstRange as FirstRange), average: new Wilder(period) };
    return machine(state, (bar, out) => {
      out[1] = state.range.next(bar.high, bar.low, bar.close);
      out[0] = state.average.next(out[1]);
      out[2] = 100 * ratio(out[0], bar.close);
    });
  },
});

export const keltner = define({
  name: 'keltner',
  title: 'Keltner channels',
  inputs: ['high', 'low', 'close'],
  parameters: { period: 20, multiplier: 2, atrPeriod: 10 },
  outputs: ['middle', 'upper', 'lower', 'width'],
  seed: 'as EMA and ATR',
  smoothing: 'EMA of the close, widened by Wilder ATR',
  source: 'Chester Keltner as Raschke changed it; Stock.Indicators, StockCharts',
  degenerate: 'width is NaN when the middle is zero',
  warmUp: ({ period, atrPeriod }) => Array(4).fill(Math.max(period - 1, atrPeriod)),
  open({ period, multiplier, atrPeriod }) {
    const state = { average: new Ema(period), range: new TrueRange(), spread: new Wilder(atrPeriod) };
    return machine(state, (bar, out) => {
      const middle = state.average.next(bar.close);
      const half = multiplier * state.spread.next(state.range.next(bar.high, bar.low, bar.close));
      if (Number.isNaN(middle + half)) return;
      out[0] = middle;
      out[1] = middle + half;
      out[2] = middle - half;
      out[3] = ratio(2 * half, middle);
    });
  },
});

export const donchian = define({
  name: 'donchian',
  title: 'Donchian channels',
  inputs: ['high', 'low'],
  parameters: { period: 20, bar: 'before' },
  choices: { bar: ['before', 'including'] },
  outputs: ['upper', 'middle', 'lower', 'width'],
  seed: 'none: the window must be full',
  smoothing: 'none',
  source:
    "Donchian's breakout rule: the `period` bars before this one (Stock.Indicators); bar 'including' has the window end with this bar (TradingView, TA-Lib MAX/MIN)",
  degenerate: 'width is NaN when the middle is zero',
  warmUp: ({ period, bar }) => Array(4).fill(bar === 'before' ? period : period - 1),
  open({ period, bar: which }) {
    const state = { ...channel(period), high: new Lag(1), low: new Lag(1) };
    return machine(state, (bar, out) => {
      const upper = state.highest.next(which === 'before' ? state.high.next(bar.high) : bar.high);
      const lower = state.lowest.next(which === 'before' ? state.low.next(bar.low) : bar.low);
      out[0] = upper;
      out[1] = (upper + lower) / 2;
      out[2] = lower;
      out[3] = ratio(upper - lower, out[1]);
    });
  },
});

export const choppiness = define({
  name: 'choppiness',
  title: 'Choppiness index',
  inputs: ['high', 'low', 'close'],
  parameters: { period: 14 },
  outputs: ['chop'],
  seed: 'none: the window must be full',
  smoothing: '100 log10(sum of true ranges / (highest true high - lowest true low)) / log10(period)',
  source: 'Dreiss; Stock.Indicators',
  degenerate: 'NaN when there was no range, or period is 1',
  warmUp: ({ period }) => [period],
  open({ period }) {
    const state = { ...channel(period), total: new RollingSum(period), previous: NaN };
    return machine(state, (bar, out) => {
      const before = state.previous;
      state.previous = bar.close;
      if (Number.isNaN(before)) return;
      const high = Math.max(bar.high, before);
      const low = Math.min(bar.low, before);
      const spread = state.highest.next(high) - state.lowest.next(low);
      const share = ratio(state.total.next(high - low), spread);
      out[0] = share > 0 ? 100 * ratio(Math.log10(share), Math.log10(period)) : NaN;
    });
  },
});

export const ulcerIndex = define({
  name: 'ulcerIndex',
  title: 'Ulcer index',
  inputs: ['close'],
  parameters: { period: 14 },
  outputs: ['ulcerIndex'],
  seed: 'none: the window must be full',
  smoothing:
    'root mean square of the drawdowns in percent; the high is the one within the window so far; takes `period` steps a bar',
  source: 'Martin 1987; Stock.Indicators',
  degenerate: 'NaN when the high is zero',
  warmUp: ({ period }) => [period - 1],
  open({ period }) {
    const state = { lag: new Lag(period) };
    const { window } = state.lag;
    return machine(state, (bar, out) => {
      state.lag.next(bar.close);
      if (!window.full) return;
      let high = window.at(period - 1);
      let squares = 0;
      for (let age = period - 1; age >= 0; age--) {
        const close = window.at(age);
        high = Math.max(high, close);
        squares += ratio(100 * (close - high), high) ** 2;
      }
      out[0] = Math.sqrt(squares / period);
    });
  },
});

export const chandelier = define({
  name: 'chandelier',
  title: 'Chandelier exit',
  inputs: ['high', 'low', 'close'],
  parameters: { period: 22, multiplier: 3 },
  outputs: ['long', 'short'],
  seed: 'as ATR',
  smoothing: 'highest high less, lowest low plus a multiple of Wilder ATR',
  source: 'Le Beau; Stock.Indicators, StockCharts',
  warmUp: ({ period }) => [period, period],
  open({ period, multiplier }) {
    const ranges = { range: new TrueRange(), average: new Wilder(period) };
    const state = { highest: new RollingExtreme(period, 1), lowest: new RollingExtreme(period, -1), ...ranges };
    return machine(state, (bar, out) => {
      const distance = multiplier * state.average.next(state.range.next(bar.high, bar.low, bar.close));
      out[0] = state.highest.next(bar.high) - distance;
      out[1] = state.lowest.next(bar.low) + distance;
    });
  },
});
