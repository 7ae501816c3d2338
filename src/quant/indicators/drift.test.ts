/** Running sums must not wander: after 100,000 bars a window's value is that of the window alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedData } from '../../../test/shared-data.ts';
import type { Bars } from '../bars.ts';
import { compute, indicator } from './index.ts';
import { readQuotes } from './testing/baselines.ts';
import { walk } from './testing/market.ts';
import { textbook } from './testing/textbook.ts';
import { computeTwelve, twelveSeries } from './twelve.ts';

const longest = sharedData('ta/quotes_longest.csv.gz');
/** Windows have no memory beyond these bars. */
const MEMORY = 60;
const WINDOWED = {
  sma: ['sma'],
  wma: ['wma'],
  hma: ['hma'],
  vwma: ['vwma'],
  bollinger: ['middle', 'upper', 'lower'],
  standardDeviation: ['stdDev'],
  linearRegression: ['slope', 'end'],
  cci: ['cci'],
  mfi: ['mfi'],
  volumeRatio: ['ratio'],
  chaikinMoneyFlow: ['cmf'],
  awesome: ['oscillator'],
  ultimateOscillator: ['ultimate'],
} as const;

function view(bars: Bars, from: number, to: number): Bars {
  const cut = (values: Float64Array) => values.subarray(from, to);
  const { time, open, high, low, close, volume } = bars;
  return {
    length: to - from,
    time: cut(time),
    open: cut(open),
    high: cut(high),
    low: cut(low),
    close: cut(close),
    volume: cut(volume),
  };
}

function assertNoDrift(bars: Bars, ends: readonly number[]): void {
  for (const [name, outputs] of Object.entries(WINDOWED)) {
    const whole = compute(indicator(name), bars);
    for (const end of ends) {
      const alone = textbook[name](view(bars, end - MEMORY, end));
      for (const output of outputs) {
        const [actual, expected] = [whole[output][end - 1], alone[output][MEMORY - 1]];
        const tolerance = 1e-9 * Math.max(1, Math.abs(expected));
        assert.ok(
          Math.abs(actual - expected) <= tolerance,
          `${name}.${output} at ${end}: ${actual}, alone ${expected}`,
        );
      }
    }
  }
}

test('windows over 100,000 bars equal the window alone to 1e-9', () => {
  const bars = walk(100_000, 3, 1e5);
  assertNoDrift(bars, [99_000, 99_991, 99_999, 100_000]);
});

test('windows over 62 years of an index, from 17 to 1,400 points, equal the window alone', {
  skip: longest.skip,
}, () => {
  const bars = readQuotes(longest.path);
  assert.equal(bars.length, 15_821);
  assertNoDrift(
    bars,
    Array.from({ length: 150 }, (_, k) => 15_821 - 100 * k),
  );
});

test('a price a million times its spread keeps its bands', () => {
  const bars = walk(2000, 4, 1);
  const far = { ...bars, close: bars.close.map((x) => 1e6 + x) };
  const bands = compute(indicator('bollinger'), far);
  const near = compute(indicator('bollinger'), bars);
  for (let i = 19; i < 2000; i++) {
    const width = bands.upper[i] - bands.lower[i];
    assert.ok(Math.abs(width - (near.upper[i] - near.lower[i])) < 1e-9 * 1e6, `${i}`);
  }
});

test('the twelve at once end where the separate machines end after 100,000 bars', () => {
  const bars = walk(100_000, 8, 1e5);
  const out = twelveSeries(bars.length);
  computeTwelve(bars, out);
  const pairs = { sma20: 'sma', rsi: 'rsi', atr: 'atr', adx: 'adx', ema20: 'ema', macd: 'macd', obv: 'obv' } as const;
  for (const [series, name] of Object.entries(pairs)) {
    const expected = compute(indicator(name), bars)[name];
    const actual = out[series as keyof typeof pairs];
    for (const i of [50_000, 99_999]) {
      assert.ok(Math.abs(actual[i] - expected[i]) <= 1e-9 * Math.max(1, Math.abs(expected[i])), `${series} at ${i}`);
    }
  }
});

for (const file of ['quotes_zeros', 'quotes_bad', 'quotes_intraday', 'quotes_compare']) {
  const data = sharedData(`ta/${file}.csv.gz`);
  test(`${file}: every indicator gives finite numbers or NaN`, { skip: data.skip }, () => {
    const bars = readQuotes(data.path);
    assert.ok(bars.length >= 200);
    for (const name of Object.keys(textbook)) {
      const result = compute(indicator(name), bars);
      for (const [output, values] of Object.entries(result)) {
        assert.ok(
          values.every((x) => Number.isNaN(x) || Number.isFinite(x)),
          `${name}.${output}`,
        );
      }
    }
  });
}
