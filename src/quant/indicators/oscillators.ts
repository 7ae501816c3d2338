/** Momentum oscillators. */
import { define, machine } from './definition.ts';
import { Ema, Lag, RollingExtreme, RollingSum, ratio, Sma, TrueRange, Wilder } from './filters.ts';

export const rsi = define({
  name: 'rsi',
  title: 'Relative strength index',
  inputs: ['close'],
  parameters: { period: 14 },
  outputs: ['rsi'],
  seed: 'mean of the first `period` gains and losses',
  smoothing: 'Wilder, alpha = 1 / period',
  source: 'Wilder 1978; TA-Lib, TradingView, StockCharts, Tulip',
  degenerate: '100 without losses, 50 without any change',
  warmUp: ({ period }) => [period],
  open({ period }) {
    const state = { strength: relativeStrength(period) };
    return machine(state, (bar, out) => {
      out[0] = nextStrength(state.strength, bar.close);
    });
  },
});

function relativeStrength(period: number) {
  return { gain: new Wilder(period), loss: new Wilder(period), previous: NaN };
}

function nextStrength(state: ReturnType<typeof relativeStrength>, close: number): number {
  const change = close - state.previous;
  state.previous = close;
  if (Number.isNaN(change)) return NaN;
  const gain = state.gain.next((Math.abs(change) + change) / 2);
  const loss = state.loss.next((Math.abs(change) - change) / 2);
  return gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
}

export const macd = define({
  name: 'macd',
  title: 'Moving average convergence divergence',
  inputs: ['close'],
  parameters: { fastPeriod: 12, slowPeriod: 26, signalPeriod: 9, compat: 'tradingview' },
  choices: { compat: ['tradingview', 'talib'] },
  outputs: ['macd', 'signal', 'histogram'],
  seed: "each EMA from the mean of its own first values; 'talib': the fast one from the `fastPeriod` closes that end with the slow one's seed, and nothing is shown before the signal is there",
  smoothing: 'EMA',
  source: "Appel 1979 as TradingView has it; compat 'talib' is TA-Lib's. They differ in the first ~100 bars only",
  warmUp({ fastPeriod, slowPeriod, signalPeriod, compat }) {
    const line = Math.max(fastPeriod, slowPeriod) - 1;
    const signal = line + signalPeriod - 1;
    return [compat === 'talib' ? signal : line, signal, signal];
  },
  open({ fastPeriod, slowPeriod, signalPeriod, compat }) {
    const state = { fast: new Ema(fastPeriod), slow: new Ema(slowPeriod), signal: new Ema(signalPeriod), skipped: 0 };
    const late = compat === 'talib' ? Math.max(0, slowPeriod - fastPeriod) : 0;
    return machine(state, (bar, out) => {
      const fast = state.skipped < late ? NaN : state.fast.next(bar.close);
      if (state.skipped < late) state.skipped++;
      const line = fast - state.slow.next(bar.close);
      const signal = state.signal.next(line);
      out[0] = compat === 'talib' && Number.isNaN(signal) ? NaN : line;
      out[1] = signal;
      out[2] = line - signal;
    });
  },
});

export const stochastic = define({
  name: 'stochastic',
  title: 'Stochastic oscillator',
  inputs: ['high', 'low', 'close'],
  parameters: { period: 14, smoothPeriod: 3, signalPeriod: 3 },
  outputs: ['k', 'd', 'j'],
  seed: 'none: the windows must be full',
  smoothing:
    '%K is smoothed by SMA(smoothPeriod), %D is SMA(signalPeriod) of that; smoothPeriod 1 is the fast stochastic',
  source: 'Lane; full 14,3,3 as StockCharts and TA-Lib have it (TradingView shows 14,1,3); j = 3k - 2d',
  degenerate: 'NaN when highest high = lowest low; such a bar is left out of the smoothing',
  warmUp({ period, smoothPeriod, signalPeriod }) {
    const k = period + smoothPeriod - 2;
    return [k, k + signalPeriod - 1, k + signalPeriod - 1];
  },
  open({ period, smoothPeriod, signalPeriod }) {
    const state = { ...channel(period), k: new Sma(smoothPeriod), d: new Sma(signalPeriod) };
    return machine(state, (bar, out) => {
      const high = state.highest.next(bar.high);
      const low = state.lowest.next(bar.low);
      const k = state.k.next(100 * ratio(bar.close - low, high - low));
      const d = state.d.next(k);
      out[0] = k;
      out[1] = d;
      out[2] = 3 * k - 2 * d;
    });
  },
});

/** Highest high and lowest low of a window. */
export function channel(period: number) {
  return { highest: new RollingExtreme(period, 1), lowest: new RollingExtreme(period, -1) };
}

export const stochasticRsi = define({
  name: 'stochasticRsi',
  title: 'Stochastic RSI',
  inputs: ['close'],
  parameters: { rsiPeriod: 14, period: 14, signalPeriod: 3, smoothPeriod: 1 },
  outputs: ['stochRsi', 'signal'],
  seed: 'as RSI',
  smoothing: 'stochastic of the RSI, SMA(smoothPeriod), signal SMA(signalPeriod)',
  source: 'Chande and Kroll 1994; in percent as Stock.Indicators and TradingView have it (Tulip: 0..1)',
  degenerate: 'NaN when the RSI did not move in the window; such a bar is left out of the smoothing',
  warmUp({ rsiPeriod, period, signalPeriod, smoothPeriod }) {
    const line = rsiPeriod + period + smoothPeriod - 2;
    return [line, line + signalPeriod - 1];
  },
  open({ rsiPeriod, period, signalPeriod, smoothPeriod }) {
    const averages = { line: new Sma(smoothPeriod), signal: new Sma(signalPeriod) };
    const state = { strength: relativeStrength(rsiPeriod), ...channel(period), ...averages };
    return machine(state, (bar, out) => {
      const value = nextStrength(state.strength, bar.close);
      const low = state.lowest.next(value);
      out[0] = state.line.next(100 * ratio(value - low, state.highest.next(value) - low));
      out[1] = state.signal.next(out[0]);
    });
  },
});

export const williamsR = define({
  name: 'williamsR',
  title: 'Williams %R',
  inputs: ['high', 'low', 'close'],
  parameters: { period: 14 },
  outputs: ['williamsR'],
  seed: 'none: the window must be full',
  smoothing: 'none',
  source: 'Williams 1973; all libraries agree',
  degenerate: 'NaN when highest high = lowest low',
  warmUp: ({ period }) => [period - 1],
  open({ period }) {
    const state = channel(period);
    return machine(state, (bar, out) => {
      const high = state.highest.next(bar.high);
      out[0] = -100 * ratio(high - bar.close, high - state.lowest.next(bar.low));
    });
  },
});

export const cci = define({
  name: 'cci',
  title: 'Commodity channel index',
  inputs: ['high', 'low', 'close'],
  parameters: { period: 20 },
  outputs: ['cci'],
  seed: 'none: the window must be full',
  smoothing:
    'SMA and mean absolute deviation of (high + low + close) / 3, scaled by 0.015; the deviation takes `period` steps a bar',
  source: 'Lambert 1980; TA-Lib, TradingView, Tulip',
  degenerate: 'NaN when the typical price did not move',
  warmUp: ({ period }) => [period - 1],
  open({ period }) {
    const state = { total: new RollingSum(period) };
    const { window } = state.total;
    return machine(state, (bar, out) => {
      const typical = (bar.high + bar.low + bar.close) / 3;
      const mean = state.total.next(typical) / period;
      if (!window.full) return;
      let deviation = 0;
      let same = true;
      for (let k = 0; k < period; k++) {
        deviation += Math.abs(window.values[k] - mean);
        same &&= window.values[k] === typical;
      }
      out[0] = same ? NaN : ratio(typical - mean, (0.015 * deviation) / period);
    });
  },
});

export const roc = define({
  name: 'roc',
  title: 'Rate of change and momentum',
  inputs: ['close'],
  parameters: { period: 14 },
  outputs: ['roc', 'momentum'],
  seed: 'none',
  smoothing: 'none',
  source: 'textbook, in percent; TA-Lib ROC and MOM',
  degenerate: 'roc is NaN when the price then was zero',
  warmUp: ({ period }) => [period, period],
  open({ period }) {
    const state = { lag: new Lag(period) };
    return machine(state, (bar, out) => {
      const before = state.lag.next(bar.close);
      out[1] = bar.close - before;
      out[0] = 100 * ratio(out[1], before);
    });
  },
});

export const ultimateOscillator = define({
  name: 'ultimateOscillator',
  title: 'Ultimate oscillator',
  inputs: ['high', 'low', 'close'],
  parameters: { shortPeriod: 7, middlePeriod: 14, longPeriod: 28 },
  outputs: ['ultimate'],
  seed: 'none: the windows must be full',
  smoothing: 'buying pressure over true range in three windows, weighed 4:2:1',
  source: 'Williams 1976; TA-Lib, Tulip',
  degenerate: 'NaN when there was no range',
  warmUp: ({ shortPeriod, middlePeriod, longPeriod }) => [Math.max(shortPeriod, middlePeriod, longPeriod)],
  open({ shortPeriod, middlePeriod, longPeriod }) {
    const pair = (period: number) => ({ pressure: new RollingSum(period), range: new RollingSum(period) });
    const windows = { short: pair(shortPeriod), middle: pair(middlePeriod), long: pair(longPeriod) };
    const state = { ...windows, range: new TrueRange(), previous: NaN };
    return machine(state, (bar, out) => {
      const range = state.range.next(bar.high, bar.low, bar.close);
      const pressure = bar.close - Math.min(bar.low, state.previous);
      state.previous = bar.close;
      const share = (of: ReturnType<typeof pair>) => ratio(of.pressure.next(pressure), of.range.next(range));
      out[0] = (100 * (4 * share(state.short) + 2 * share(state.middle) + share(state.long))) / 7;
    });
  },
});

export const awesome = define({
  name: 'awesome',
  title: 'Awesome oscillator',
  inputs: ['high', 'low'],
  parameters: { fastPeriod: 5, slowPeriod: 34 },
  outputs: ['oscillator', 'normalized'],
  seed: 'none: the windows must be full',
  smoothing: 'difference of two SMAs of (high + low) / 2; normalized in percent of that price',
  source: 'Bill Williams; Tulip agrees',
  degenerate: 'normalized is NaN at price zero',
  warmUp: ({ fastPeriod, slowPeriod }) => Array(2).fill(Math.max(fastPeriod, slowPeriod) - 1),
  open({ fastPeriod, slowPeriod }) {
    const state = { fast: new Sma(fastPeriod), slow: new Sma(slowPeriod) };
    return machine(state, (bar, out) => {
      const middle = (bar.high + bar.low) / 2;
      out[0] = state.fast.next(middle) - state.slow.next(middle);
      out[1] = 100 * ratio(out[0], middle);
    });
  },
});

export const tsi = define({
  name: 'tsi',
  title: 'True strength index',
  inputs: ['close'],
  parameters: { slowPeriod: 25, fastPeriod: 13, signalPeriod: 7 },
  outputs: ['tsi', 'signal'],
  seed: 'each EMA from the mean of its first values',
  smoothing: 'EMA(fast) of EMA(slow) of the change, over the same of its size; signal EMA',
  source: 'Blau 1991; Stock.Indicators, StockCharts',
  degenerate: 'NaN when the price did not move',
  warmUp({ slowPeriod, fastPeriod, signalPeriod }) {
    const line = slowPeriod + fastPeriod - 1;
    return [line, line + signalPeriod - 1];
  },
  open({ slowPeriod, fastPeriod, signalPeriod }) {
    const pair = () => ({ slow: new Ema(slowPeriod), fast: new Ema(fastPeriod) });
    const state = { change: pair(), size: pair(), signal: new Ema(signalPeriod), previous: NaN };
    return machine(state, (bar, out) => {
      const change = bar.close - state.previous;
      state.previous = bar.close;
      const smooth = (of: ReturnType<typeof pair>, x: number) => of.fast.next(of.slow.next(x));
      out[0] = 100 * ratio(smooth(state.change, change), smooth(state.size, Math.abs(change)));
      out[1] = state.signal.next(out[0]);
    });
  },
});
