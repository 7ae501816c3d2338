/** Indicators that weigh price by volume. */
import { define, machine } from './definition.ts';
import { Ema, Lag, RollingSum, ratio, Sma } from './filters.ts';

export const obv = define({
  name: 'obv',
  title: 'On-balance volume',
  inputs: ['close', 'volume'],
  parameters: { start: 'zero' },
  choices: { start: ['zero', 'volume'] },
  outputs: ['obv'],
  seed: "0; 'volume': the first bar's volume. Only differences mean anything",
  smoothing: 'none: a running total',
  source: "Granville 1963; TradingView and StockCharts start at 0, start 'volume' is TA-Lib's",
  warmUp: () => [0],
  open({ start }) {
    const state = { total: 0, previous: NaN };
    return machine(state, (bar, out) => {
      if (Number.isNaN(state.previous)) state.total = start === 'volume' ? bar.volume : 0;
      else state.total += Math.sign(bar.close - state.previous) * bar.volume;
      state.previous = bar.close;
      out[0] = state.total;
    });
  },
});

export const vwap = define({
  name: 'vwap',
  title: 'Volume-weighted average price',
  inputs: ['high', 'low', 'close', 'volume', 'time'],
  parameters: { resetMs: 0, offsetMs: 0 },
  outputs: ['vwap'],
  seed: 'the first bar, or the first of each stretch of `resetMs`',
  smoothing: '(high + low + close) / 3, each weighs its volume since the start',
  source:
    'textbook; Stock.Indicators from the first bar. For a session VWAP resetMs 86400000 and offsetMs the exchange midnight from UTC (New York -18000000)',
  degenerate: 'NaN until something was traded',
  warmUp: () => [0],
  open({ resetMs, offsetMs }) {
    const state = { money: 0, volume: 0, stretch: NaN };
    return machine(state, (bar, out) => {
      const stretch = resetMs > 0 ? Math.floor((bar.time + offsetMs) / resetMs) : 0;
      if (stretch !== state.stretch) {
        state.stretch = stretch;
        state.money = 0;
        state.volume = 0;
      }
      state.money += (bar.volume * (bar.high + bar.low + bar.close)) / 3;
      state.volume += bar.volume;
      out[0] = ratio(state.money, state.volume);
    });
  },
});

export const mfi = define({
  name: 'mfi',
  title: 'Money flow index',
  inputs: ['high', 'low', 'close', 'volume'],
  parameters: { period: 14 },
  outputs: ['mfi'],
  seed: 'none: the window must be full',
  smoothing: 'sums of (high + low + close) / 3 x volume of rising and of falling bars',
  source: 'Quong and Soudack 1989; TA-Lib, Tulip',
  degenerate: '100 without falling money, 50 without any',
  warmUp: ({ period }) => [period],
  open({ period }) {
    const state = { up: new RollingSum(period), down: new RollingSum(period), previous: NaN };
    return machine(state, (bar, out) => {
      const typical = (bar.high + bar.low + bar.close) / 3;
      const change = typical - state.previous;
      state.previous = typical;
      if (Number.isNaN(change)) return;
      const money = typical * bar.volume;
      const up = Math.max(0, state.up.next(change > 0 ? money : 0));
      const down = Math.max(0, state.down.next(change < 0 ? money : 0));
      out[0] = up + down === 0 ? 50 : (100 * up) / (up + down);
    });
  },
});

export const volumeRatio = define({
  name: 'volumeRatio',
  title: 'Volume ratio',
  inputs: ['volume'],
  parameters: { period: 20, bar: 'including' },
  choices: { bar: ['including', 'before'] },
  outputs: ['ratio', 'average'],
  seed: 'none: the window must be full',
  smoothing: "volume over the SMA of volume; bar 'before' keeps this bar out of its own average",
  source: 'textbook (relative volume)',
  degenerate: 'NaN when nothing was traded in the window',
  warmUp: ({ period, bar }) => (bar === 'before' ? [period, period] : [period - 1, period - 1]),
  open({ period, bar: which }) {
    const state = { average: new Sma(period), lag: new Lag(1) };
    return machine(state, (bar, out) => {
      const average = state.average.next(which === 'before' ? state.lag.next(bar.volume) : bar.volume);
      out[1] = average;
      out[0] = ratio(bar.volume, average);
    });
  },
});

/** Where the close lies in the bar, -1 at the low to 1 at the high; 0 for a bar without range. */
function moneyFlowMultiplier(bar: { high: number; low: number; close: number }): number {
  const range = bar.high - bar.low;
  return range === 0 ? 0 : (bar.close - bar.low - (bar.high - bar.close)) / range;
}

export const accumulationDistribution = define({
  name: 'accumulationDistribution',
  title: 'Accumulation/distribution line',
  inputs: ['high', 'low', 'close', 'volume'],
  parameters: {},
  outputs: ['adl', 'moneyFlowMultiplier', 'moneyFlowVolume'],
  seed: '0 before the first bar',
  smoothing: 'none: a running total',
  source: 'Chaikin; TA-Lib, Tulip',
  degenerate: 'a bar without range adds nothing',
  warmUp: () => [0, 0, 0],
  open() {
    const state = { total: 0 };
    return machine(state, (bar, out) => {
      out[1] = moneyFlowMultiplier(bar);
      out[2] = out[1] * bar.volume;
      state.total += out[2];
      out[0] = state.total;
    });
  },
});

export const chaikinOscillator = define({
  name: 'chaikinOscillator',
  title: 'Chaikin oscillator',
  inputs: ['high', 'low', 'close', 'volume'],
  parameters: { fastPeriod: 3, slowPeriod: 10, seed: 'sma' },
  choices: { seed: ['sma', 'first'] },
  outputs: ['oscillator'],
  seed: 'as EMA',
  smoothing: 'difference of two EMAs of the accumulation/distribution line',
  source: "Chaikin; Stock.Indicators; seed 'first' is TA-Lib's and Tulip's",
  warmUp: ({ fastPeriod, slowPeriod }) => [Math.max(fastPeriod, slowPeriod) - 1],
  open({ fastPeriod, slowPeriod, seed }) {
    const kind = seed === 'first' ? 'first' : 'sma';
    const state = { total: 0, count: 0, fast: new Ema(fastPeriod, kind), slow: new Ema(slowPeriod, kind) };
    return machine(state, (bar, out) => {
      state.total += moneyFlowMultiplier(bar) * bar.volume;
      const difference = state.fast.next(state.total) - state.slow.next(state.total);
      if (state.count < Math.max(fastPeriod, slowPeriod)) state.count++;
      if (state.count === Math.max(fastPeriod, slowPeriod)) out[0] = difference;
    });
  },
});

export const chaikinMoneyFlow = define({
  name: 'chaikinMoneyFlow',
  title: 'Chaikin money flow',
  inputs: ['high', 'low', 'close', 'volume'],
  parameters: { period: 20 },
  outputs: ['cmf', 'moneyFlowMultiplier', 'moneyFlowVolume'],
  seed: 'none: the window must be full',
  smoothing: 'sum of money flow volume over sum of volume',
  source: 'Chaikin; Stock.Indicators, StockCharts',
  degenerate: 'NaN when nothing was traded in the window; a bar without range has multiplier 0',
  warmUp: ({ period }) => [period - 1, 0, 0],
  open({ period }) {
    const state = { flow: new RollingSum(period), volume: new RollingSum(period) };
    return machine(state, (bar, out) => {
      out[1] = moneyFlowMultiplier(bar);
      out[2] = out[1] * bar.volume;
      out[0] = ratio(state.flow.next(out[2]), state.volume.next(bar.volume));
    });
  },
});

export const forceIndex = define({
  name: 'forceIndex',
  title: 'Force index',
  inputs: ['close', 'volume'],
  parameters: { period: 13 },
  outputs: ['forceIndex'],
  seed: 'as EMA',
  smoothing: 'EMA of volume x change of the close',
  source: 'Elder 1993; Stock.Indicators',
  warmUp: ({ period }) => [period],
  open({ period }) {
    const state = { average: new Ema(period), previous: NaN };
    return machine(state, (bar, out) => {
      out[0] = state.average.next(bar.volume * (bar.close - state.previous));
      state.previous = bar.close;
    });
  },
});
