/**
 * Indicators straight from the textbook: whole windows, no running sums, nothing shared with the real ones. Slow on purpose.
 * Each gives, per output it knows, the value at every bar, NaN where there is none.
 */
import type { Bars } from '../../bars.ts';

type Row = number[];
type Book = Record<string, (bars: Bars) => Record<string, Row>>;

const sum = (values: Row) => values.reduce((a, b) => a + b, 0);
const mean = (values: Row) => sum(values) / values.length;
const row = (bars: Bars, value: (i: number) => number): Row => Array.from({ length: bars.length }, (_, i) => value(i));
const windowAt = (values: Row, i: number, period: number): Row => values.slice(Math.max(0, i - period + 1), i + 1);

/** A window's value where it is full and defined throughout. */
function rolling(values: Row, period: number, of: (window: Row) => number): Row {
  return values.map((_, i) => {
    const window = windowAt(values, i, period);
    return window.length < period || window.some(Number.isNaN) ? NaN : of(window);
  });
}

/** Average with weight alpha on the newest value, from the mean of the first `period` defined ones. */
function recursive(values: Row, period: number, alpha: number): Row {
  const start = values.findIndex((x) => !Number.isNaN(x));
  let value = NaN;
  return values.map((x, i) => {
    if (start < 0 || i < start + period - 1) return NaN;
    value = i === start + period - 1 ? mean(values.slice(start, i + 1)) : alpha * x + (1 - alpha) * value;
    return value;
  });
}
const ema = (values: Row, period: number) => recursive(values, period, 2 / (period + 1));
const wilder = (values: Row, period: number) => recursive(values, period, 1 / period);
const wma = (values: Row, period: number) =>
  rolling(values, period, (w) => sum(w.map((x, k) => x * (k + 1))) / sum(w.map((_, k) => k + 1)));
const deviation = (w: Row) => Math.sqrt(mean(w.map((x) => (x - mean(w)) ** 2)));
const minus = (a: Row, b: Row) => a.map((x, i) => x - b[i]);
const divided = (a: number, b: number) => (b === 0 ? NaN : a / b);

const closes = (bars: Bars) => row(bars, (i) => bars.close[i]);
const changes = (bars: Bars) => row(bars, (i) => (i === 0 ? NaN : bars.close[i] - bars.close[i - 1]));
const typical = (bars: Bars) => row(bars, (i) => (bars.high[i] + bars.low[i] + bars.close[i]) / 3);
const trueRange = (bars: Bars) =>
  row(bars, (i) =>
    i === 0
      ? NaN
      : Math.max(
          bars.high[i] - bars.low[i],
          Math.abs(bars.high[i] - bars.close[i - 1]),
          Math.abs(bars.low[i] - bars.close[i - 1]),
        ),
  );
const highest = (bars: Bars, period: number) =>
  rolling(
    row(bars, (i) => bars.high[i]),
    period,
    (w) => Math.max(...w),
  );
const lowest = (bars: Bars, period: number) =>
  rolling(
    row(bars, (i) => bars.low[i]),
    period,
    (w) => Math.min(...w),
  );
const flowMultiplier = (bars: Bars, i: number) =>
  bars.high[i] === bars.low[i] ? 0 : (2 * bars.close[i] - bars.high[i] - bars.low[i]) / (bars.high[i] - bars.low[i]);

/** With the defaults of the definitions. */
export const textbook: Book = {
  sma: (bars) => ({ sma: rolling(closes(bars), 20, mean) }),
  ema: (bars) => ({ ema: ema(closes(bars), 20) }),
  smma: (bars) => ({ smma: wilder(closes(bars), 14) }),
  wma: (bars) => ({ wma: wma(closes(bars), 14) }),
  hma: (bars) => {
    const close = closes(bars);
    const raw = minus(
      wma(close, 7).map((x) => 2 * x),
      wma(close, 14),
    );
    return { hma: wma(raw, 3) };
  },
  vwma: (bars) => ({
    vwma: row(bars, (i) =>
      i < 13
        ? NaN
        : divided(sum(range(i - 13, i).map((k) => bars.close[k] * bars.volume[k])), volumeIn(bars, i - 13, i)),
    ),
  }),
  maEnvelopes: (bars) => {
    const centerline = rolling(closes(bars), 20, mean);
    return { centerline, upper: centerline.map((x) => x * 1.025), lower: centerline.map((x) => x * 0.975) };
  },
  rsi: (bars) => {
    const up = wilder(
      changes(bars).map((d) => (d > 0 ? d : d <= 0 ? 0 : NaN)),
      14,
    );
    const down = wilder(
      changes(bars).map((d) => (d < 0 ? -d : d >= 0 ? 0 : NaN)),
      14,
    );
    return {
      rsi: row(bars, (i) =>
        up[i] === 0 && down[i] === 0 ? 50 : down[i] === 0 ? 100 : 100 - 100 / (1 + up[i] / down[i]),
      ),
    };
  },
  macd: (bars) => {
    const line = minus(ema(closes(bars), 12), ema(closes(bars), 26));
    const signal = ema(line, 9);
    return { macd: line, signal, histogram: minus(line, signal) };
  },
  stochastic: (bars) => {
    const top = highest(bars, 14);
    const bottom = lowest(bars, 14);
    const raw = row(bars, (i) => divided(100 * (bars.close[i] - bottom[i]), top[i] - bottom[i]));
    const k = skipping(raw, (values) => rolling(values, 3, mean));
    const d = skipping(k, (values) => rolling(values, 3, mean));
    return { k, d, j: k.map((x, i) => 3 * x - 2 * d[i]) };
  },
  williamsR: (bars) => {
    const top = highest(bars, 14);
    const bottom = lowest(bars, 14);
    return { williamsR: row(bars, (i) => divided(-100 * (top[i] - bars.close[i]), top[i] - bottom[i])) };
  },
  cci: (bars) => {
    const price = typical(bars);
    const average = rolling(price, 20, mean);
    const spread = rolling(price, 20, (w) =>
      w.every((x) => x === w[0]) ? 0 : mean(w.map((x) => Math.abs(x - mean(w)))),
    );
    return { cci: row(bars, (i) => divided(price[i] - average[i], 0.015 * spread[i])) };
  },
  roc: (bars) => {
    const momentum = row(bars, (i) => (i < 14 ? NaN : bars.close[i] - bars.close[i - 14]));
    return { momentum, roc: row(bars, (i) => divided(100 * momentum[i], i < 14 ? 1 : bars.close[i - 14])) };
  },
  awesome: (bars) => {
    const middle = row(bars, (i) => (bars.high[i] + bars.low[i]) / 2);
    return { oscillator: minus(rolling(middle, 5, mean), rolling(middle, 34, mean)) };
  },
  ultimateOscillator: (bars) => {
    const ranges = trueRange(bars);
    const pressure = row(bars, (i) => (i === 0 ? NaN : bars.close[i] - Math.min(bars.low[i], bars.close[i - 1])));
    const share = (i: number, period: number) =>
      divided(sum(windowAt(pressure, i, period)), sum(windowAt(ranges, i, period)));
    return {
      ultimate: row(bars, (i) => (i < 28 ? NaN : (100 * (4 * share(i, 7) + 2 * share(i, 14) + share(i, 28))) / 7)),
    };
  },
  standardDeviation: (bars) => ({
    stdDev: rolling(closes(bars), 14, deviation),
    mean: rolling(closes(bars), 14, mean),
  }),
  bollinger: (bars) => {
    const middle = rolling(closes(bars), 20, mean);
    const spread = rolling(closes(bars), 20, deviation);
    return {
      middle,
      upper: middle.map((x, i) => x + 2 * spread[i]),
      lower: middle.map((x, i) => x - 2 * spread[i]),
    };
  },
  trueRange: (bars) => ({ tr: trueRange(bars) }),
  atr: (bars) => ({ atr: wilder(trueRange(bars), 14), tr: trueRange(bars) }),
  keltner: (bars) => {
    const middle = ema(closes(bars), 20);
    const spread = wilder(trueRange(bars), 10);
    return { middle, upper: middle.map((x, i) => x + 2 * spread[i]), lower: middle.map((x, i) => x - 2 * spread[i]) };
  },
  donchian: (bars) => {
    const before = (values: Row) => values.map((_, i) => (i === 0 ? NaN : values[i - 1]));
    return { upper: before(highest(bars, 20)), lower: before(lowest(bars, 20)) };
  },
  adx: (bars) => {
    const up = row(bars, (i) => (i === 0 ? NaN : bars.high[i] - bars.high[i - 1]));
    const down = row(bars, (i) => (i === 0 ? NaN : bars.low[i - 1] - bars.low[i]));
    const smooth = (values: Row) => wilder(values, 14);
    const ranges = smooth(trueRange(bars));
    const plus = smooth(row(bars, (i) => (i === 0 ? NaN : up[i] > down[i] && up[i] > 0 ? up[i] : 0)));
    const less = smooth(row(bars, (i) => (i === 0 ? NaN : down[i] > up[i] && down[i] > 0 ? down[i] : 0)));
    const plusDi = row(bars, (i) => (ranges[i] === 0 ? 0 : (100 * plus[i]) / ranges[i]));
    const minusDi = row(bars, (i) => (ranges[i] === 0 ? 0 : (100 * less[i]) / ranges[i]));
    const dx = row(bars, (i) =>
      plus[i] + less[i] === 0 ? 0 : (100 * Math.abs(plus[i] - less[i])) / (plus[i] + less[i]),
    );
    return { plusDi, minusDi, dx, adx: wilder(dx, 14) };
  },
  aroon: (bars) => ({
    up: row(bars, (i) => (i < 25 ? NaN : 4 * indexOfBest(range(i - 25, i).map((k) => bars.high[k])))),
    down: row(bars, (i) => (i < 25 ? NaN : 4 * indexOfBest(range(i - 25, i).map((k) => -bars.low[k])))),
  }),
  obv: (bars) => ({
    obv: row(bars, (i) => sum(range(1, i).map((k) => Math.sign(bars.close[k] - bars.close[k - 1]) * bars.volume[k]))),
  }),
  vwap: (bars) => ({
    vwap: row(bars, (i) =>
      divided(sum(range(0, i).map((k) => typical(bars)[k] * bars.volume[k])), volumeIn(bars, 0, i)),
    ),
  }),
  mfi: (bars) => {
    const price = typical(bars);
    const flow = (i: number, sign: number) =>
      sum(range(i - 13, i).map((k) => (Math.sign(price[k] - price[k - 1]) === sign ? price[k] * bars.volume[k] : 0)));
    return {
      mfi: row(bars, (i) => {
        if (i < 14) return NaN;
        return flow(i, -1) === 0 ? (flow(i, 1) === 0 ? 50 : 100) : 100 - 100 / (1 + flow(i, 1) / flow(i, -1));
      }),
    };
  },
  volumeRatio: (bars) => ({
    ratio: row(bars, (i) => (i < 19 ? NaN : divided(bars.volume[i], volumeIn(bars, i - 19, i) / 20))),
  }),
  accumulationDistribution: (bars) => ({
    adl: row(bars, (i) => sum(range(0, i).map((k) => flowMultiplier(bars, k) * bars.volume[k]))),
  }),
  chaikinMoneyFlow: (bars) => ({
    cmf: row(bars, (i) => {
      if (i < 19) return NaN;
      return divided(
        sum(range(i - 19, i).map((k) => flowMultiplier(bars, k) * bars.volume[k])),
        volumeIn(bars, i - 19, i),
      );
    }),
  }),
  linearRegression: (bars) => {
    const slopeOf = (w: Row) => {
      const places = w.map((_, k) => k - (w.length - 1) / 2);
      return sum(places.map((x, k) => x * (w[k] - mean(w)))) / sum(places.map((x) => x * x));
    };
    return {
      slope: rolling(closes(bars), 14, slopeOf),
      end: rolling(closes(bars), 14, (w) => mean(w) + 6.5 * slopeOf(w)),
    };
  },
};

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => from + k);
}

function volumeIn(bars: Bars, from: number, to: number): number {
  return sum(range(from, to).map((k) => bars.volume[k]));
}

/** Place of the largest value, the first of equals. */
function indexOfBest(values: Row): number {
  return values.indexOf(Math.max(...values));
}

/** Applies a filter to the defined values as if the others were not there. */
function skipping(values: Row, filter: (defined: Row) => Row): Row {
  const defined = filter(values.filter((x) => !Number.isNaN(x)));
  let at = 0;
  return values.map((x) => (Number.isNaN(x) ? NaN : defined[at++]));
}
