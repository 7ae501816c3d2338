/** Averages of one series (read as `close`); VWMA weighs it by volume. */
import { define, machine } from './definition.ts';
import { Ema, Lag, RollingSum, ratio, type Seed, Sma, Wilder, Wma } from './filters.ts';

const seeds = ['sma', 'first'] as const;
const seedSource = "TA-Lib, TradingView, StockCharts; seed 'first' is Tulip's";

export const sma = define({
  name: 'sma',
  title: 'Simple moving average',
  inputs: ['close'],
  parameters: { period: 20 },
  outputs: ['sma'],
  seed: 'none: the window must be full',
  smoothing: 'arithmetic mean of the window',
  source: 'textbook; all libraries agree',
  warmUp: ({ period }) => [period - 1],
  open({ period }) {
    const state = { average: new Sma(period) };
    return machine(state, (bar, out) => {
      out[0] = state.average.next(bar.close);
    });
  },
});

export const ema = define({
  name: 'ema',
  title: 'Exponential moving average',
  inputs: ['close'],
  parameters: { period: 20, seed: 'sma' },
  choices: { seed: seeds },
  outputs: ['ema'],
  seed: 'mean of the first `period` values',
  smoothing: 'alpha = 2 / (period + 1)',
  source: seedSource,
  warmUp: ({ period, seed }) => [seed === 'first' ? 0 : period - 1],
  open({ period, seed }) {
    const state = { average: new Ema(period, seed as Seed) };
    return machine(state, (bar, out) => {
      out[0] = state.average.next(bar.close);
    });
  },
});

export const smma = define({
  name: 'smma',
  title: "Wilder's smoothed moving average (RMA)",
  inputs: ['close'],
  parameters: { period: 14 },
  outputs: ['smma'],
  seed: 'mean of the first `period` values',
  smoothing: 'Wilder, alpha = 1 / period',
  source: 'Wilder 1978; ta.rma of TradingView; Tulip `wilders`',
  warmUp: ({ period }) => [period - 1],
  open({ period }) {
    const state = { average: new Wilder(period) };
    return machine(state, (bar, out) => {
      out[0] = state.average.next(bar.close);
    });
  },
});

export const wma = define({
  name: 'wma',
  title: 'Weighted moving average',
  inputs: ['close'],
  parameters: { period: 14 },
  outputs: ['wma'],
  seed: 'none: the window must be full',
  smoothing: 'weights 1..period, the newest value weighs most',
  source: 'textbook; all libraries agree',
  warmUp: ({ period }) => [period - 1],
  open({ period }) {
    const state = { average: new Wma(period) };
    return machine(state, (bar, out) => {
      out[0] = state.average.next(bar.close);
    });
  },
});

export const dema = define({
  name: 'dema',
  title: 'Double exponential moving average',
  inputs: ['close'],
  parameters: { period: 14, seed: 'overlapped' },
  choices: { seed: ['overlapped', 'sma', 'first'] },
  outputs: ['dema'],
  seed: "'overlapped': both averages start at the mean of the first `period` closes; 'sma': the second is seeded from the first's values",
  smoothing: '2 e1 - e2, each an EMA',
  source: "Mulloy 1994; overlapped is Stock.Indicators', sma TA-Lib's and TradingView's, first Tulip's",
  warmUp: ({ period, seed }) => [seed === 'overlapped' ? period - 1 : 2 * (period - 1)],
  open({ period, seed }) {
    const state = emaChain(period, seed, 2);
    return machine(state, (bar, out) => {
      const [e1, e2] = nextOfChain(state, bar.close);
      out[0] = 2 * e1 - e2;
    });
  },
});

export const tema = define({
  name: 'tema',
  title: 'Triple exponential moving average',
  inputs: ['close'],
  parameters: { period: 20, seed: 'overlapped' },
  choices: { seed: ['overlapped', 'sma', 'first'] },
  outputs: ['tema'],
  seed: "as DEMA's",
  smoothing: '3 e1 - 3 e2 + e3, each an EMA',
  source: "Mulloy 1994; overlapped is Stock.Indicators', sma TA-Lib's and TradingView's, first Tulip's",
  warmUp: ({ period, seed }) => [seed === 'overlapped' ? period - 1 : 3 * (period - 1)],
  open({ period, seed }) {
    const state = emaChain(period, seed, 3);
    return machine(state, (bar, out) => {
      const [e1, e2, e3] = nextOfChain(state, bar.close);
      out[0] = 3 * e1 - 3 * e2 + e3;
    });
  },
});

interface EmaChain {
  readonly averages: Ema[];
  readonly overlapped: boolean;
  readonly period: number;
  /** Values seen, until the slowest seed is complete. */
  count: number;
}

/** EMAs of EMAs, `depth` deep. */
export function emaChain(period: number, seed: string, depth: number): EmaChain {
  const averages = Array.from({ length: depth }, () => new Ema(period, seed === 'first' ? 'first' : 'sma'));
  return { averages, overlapped: seed === 'overlapped', period, count: 0 };
}

/** The values of the chain; NaN until the convention of the seed gives one. */
export function nextOfChain(chain: EmaChain, x: number): number[] {
  const { averages, overlapped, period } = chain;
  const seen = chain.count;
  if (seen < averages.length * (period - 1)) chain.count++;
  const silent = !overlapped && seen < averages.length * (period - 1);
  const values: number[] = [];
  let value = x;
  for (const [level, average] of averages.entries()) {
    // Overlapped: every level takes the first level's seed as its own, at the same bar.
    if (overlapped && level > 0 && Number.isNaN(average.value) && !Number.isNaN(value)) {
      average.value = value;
      average.count = period;
    } else value = average.next(!overlapped && seen < level * (period - 1) ? NaN : value);
    values.push(silent ? NaN : value);
  }
  return values;
}

export const trix = define({
  name: 'trix',
  title: 'Rate of change of a triple EMA',
  inputs: ['close'],
  parameters: { period: 14, seed: 'overlapped' },
  choices: { seed: ['overlapped', 'sma', 'first'] },
  outputs: ['trix', 'ema3'],
  seed: "as DEMA's",
  smoothing: 'three EMAs in a row, then the change in percent',
  source: "Hutson; seeds as DEMA's",
  degenerate: 'NaN when the average before was zero',
  warmUp: ({ period, seed }) =>
    seed === 'overlapped' ? [period, period] : [3 * (period - 1) + 1, 3 * (period - 1) + 1],
  open({ period, seed }) {
    const state = { chain: emaChain(period, seed, 3), previous: NaN };
    return machine(state, (bar, out) => {
      const e3 = nextOfChain(state.chain, bar.close)[2];
      const before = state.previous;
      state.previous = e3;
      out[0] = 100 * ratio(e3 - before, before);
      out[1] = Number.isNaN(before) ? NaN : e3;
    });
  },
});

export const hma = define({
  name: 'hma',
  title: 'Hull moving average',
  inputs: ['close'],
  parameters: { period: 14 },
  outputs: ['hma'],
  seed: 'none: the windows must be full',
  smoothing: 'WMA(⌊√period⌋) of 2 WMA(⌊period / 2⌋) - WMA(period)',
  source: 'Hull 2005; Tulip agrees',
  warmUp: ({ period }) => [period + Math.floor(Math.sqrt(period)) - 2],
  open({ period }) {
    const half = new Wma(Math.max(1, Math.floor(period / 2)));
    const state = { half, full: new Wma(period), last: new Wma(Math.floor(Math.sqrt(period))) };
    return machine(state, (bar, out) => {
      out[0] = state.last.next(2 * state.half.next(bar.close) - state.full.next(bar.close));
    });
  },
});

export const vwma = define({
  name: 'vwma',
  title: 'Volume-weighted moving average',
  inputs: ['close', 'volume'],
  parameters: { period: 14 },
  outputs: ['vwma'],
  seed: 'none: the window must be full',
  smoothing: 'each close weighs its volume',
  source: 'textbook; Tulip agrees',
  degenerate: 'NaN when nothing was traded in the window',
  warmUp: ({ period }) => [period - 1],
  open({ period }) {
    const state = { money: new RollingSum(period), volume: new RollingSum(period) };
    return machine(state, (bar, out) => {
      out[0] = ratio(state.money.next(bar.close * bar.volume), state.volume.next(bar.volume));
    });
  },
});

export const maEnvelopes = define({
  name: 'maEnvelopes',
  title: 'Moving average envelopes',
  inputs: ['close'],
  parameters: { period: 20, percentOffset: 2.5 },
  outputs: ['centerline', 'upper', 'lower'],
  seed: 'none: the window must be full',
  smoothing: 'SMA, widened by a percentage',
  source: 'textbook; Stock.Indicators agrees',
  warmUp: ({ period }) => [period - 1, period - 1, period - 1],
  open({ period, percentOffset }) {
    const state = { average: new Sma(period) };
    return machine(state, (bar, out) => {
      const middle = state.average.next(bar.close);
      out[0] = middle;
      out[1] = middle * (1 + percentOffset / 100);
      out[2] = middle * (1 - percentOffset / 100);
    });
  },
});

export const kama = define({
  name: 'kama',
  title: "Kaufman's adaptive moving average",
  inputs: ['close'],
  parameters: { period: 10, fastPeriod: 2, slowPeriod: 30 },
  outputs: ['kama', 'efficiency'],
  seed: 'the close at bar `period - 1`',
  smoothing: 'alpha = (er (2/(fast+1) - 2/(slow+1)) + 2/(slow+1))²; er is net change over path length',
  source: 'Kaufman 1995; TA-Lib, Tulip',
  degenerate: 'efficiency 0 when the price did not move',
  warmUp: ({ period }) => [period - 1, period],
  open({ period, fastPeriod, slowPeriod }) {
    const state = { lag: new Lag(period), path: new RollingSum(period), previous: NaN, value: NaN, count: 0 };
    const slow = 2 / (slowPeriod + 1);
    const fast = 2 / (fastPeriod + 1);
    return machine(state, (bar, out) => {
      const path = state.path.next(Math.abs(bar.close - state.previous));
      const before = state.lag.next(bar.close);
      state.previous = bar.close;
      if (state.count < period) state.count++;
      if (Number.isNaN(before)) state.value = state.count === period ? bar.close : NaN;
      else {
        const efficiency = path > 0 ? Math.min(1, Math.abs(bar.close - before) / path) : 0;
        state.value += (efficiency * (fast - slow) + slow) ** 2 * (bar.close - state.value);
        out[1] = efficiency;
      }
      out[0] = state.value;
    });
  },
});
