/** Agreement with the frozen results of two other libraries, on data that lies beside the project. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { sharedData } from '../../../test/shared-data.ts';
import { compute, indicator } from './index.ts';
import { readGzip, readQuotes, readVectors } from './testing/baselines.ts';

const folder = sharedData('ta');

/** Our output name -> theirs, where they differ. `null`: they have no such series, or place it on an earlier bar. */
const NAMES: Record<string, string | null> = {
  plusDi: 'pdi',
  minusDi: 'mdi',
  'aroon.up': 'aroonUp',
  'aroon.down': 'aroonDown',
  'bollinger.middle': 'sma',
  'bollinger.upper': 'upperBand',
  'bollinger.lower': 'lowerBand',
  'donchian.upper': 'upperBand',
  'donchian.middle': 'centerline',
  'donchian.lower': 'lowerBand',
  'keltner.upper': 'upperBand',
  'keltner.middle': 'centerline',
  'keltner.lower': 'lowerBand',
  'maEnvelopes.upper': 'upperEnvelope',
  'maEnvelopes.lower': 'lowerEnvelope',
  tenkan: 'tenkanSen',
  kijun: 'kijunSen',
  senkouA: 'senkouSpanA',
  senkouB: 'senkouSpanB',
  chikou: null,
  reversal: 'isReversal',
  'superTrend.upper': 'upperBand',
  'superTrend.lower': 'lowerBand',
  direction: null,
  end: null,
  'fractal.bear': 'fractalBear',
  'fractal.bull': 'fractalBull',
};

/** Baseline file -> indicator, with its default parameters, which are theirs. */
const FILES: Record<string, string> = {
  adl: 'accumulationDistribution',
  adx: 'adx',
  aroon: 'aroon',
  atr: 'atr',
  awesome: 'awesome',
  bb: 'bollinger',
  cci: 'cci',
  chop: 'choppiness',
  cmf: 'chaikinMoneyFlow',
  dema: 'dema',
  donchian: 'donchian',
  'elder-ray': 'elderRay',
  ema: 'ema',
  fractal: 'fractal',
  heikinashi: 'heikinAshi',
  hma: 'hma',
  ichimoku: 'ichimoku',
  keltner: 'keltner',
  'ma-env': 'maEnvelopes',
  macd: 'macd',
  mfi: 'mfi',
  obv: 'obv',
  psar: 'parabolicSar',
  roc: 'roc',
  rsi: 'rsi',
  slope: 'linearRegression',
  sma: 'sma',
  stdev: 'standardDeviation',
  stoch: 'stochastic',
  'stoch-rsi': 'stochasticRsi',
  supertrend: 'superTrend',
  tema: 'tema',
  tr: 'trueRange',
  trix: 'trix',
  ulcer: 'ulcerIndex',
  uo: 'ultimateOscillator',
  vwap: 'vwap',
  vwma: 'vwma',
  willr: 'williamsR',
  wma: 'wma',
};

/** Bars that ours stands later than theirs: a fractal is known only when the bars after it are there. */
const LATER: Record<string, number> = { fractal: 2 };

/** Not definitions of ours: the first two are pivots of price levels, a zigzag is redrawn when later bars arrive. */
const LEFT_OUT = ['pivot-points', 'rolling-pivots', 'zigzag'];

describe('Stock.Indicators baselines, every bar to 1e-9', { skip: folder.skip }, () => {
  if (folder.skip) return;
  const bars = readQuotes(`${folder.path}/quotes_default.csv.gz`);

  test('there is one test for every baseline that is not left out', () => {
    const present = readdirSync(`${folder.path}/results`).map((name) => name.replace('.json.gz', ''));
    assert.deepEqual(present.filter((name) => !LEFT_OUT.includes(name)).sort(), Object.keys(FILES).sort());
  });

  for (const [file, name] of Object.entries(FILES)) {
    test(`${file}: ${name}`, () => {
      const expected = JSON.parse(readGzip(`${folder.path}/results/${file}.json.gz`));
      const result = compute(indicator(name), bars);
      const later = LATER[name] ?? 0;
      let compared = 0;
      for (const output of indicator(name).outputs) {
        const theirs = NAMES[`${name}.${output}`] ?? (output in NAMES ? NAMES[output] : output);
        if (theirs === null) continue;
        assert.ok(expected[theirs], `${file} has no ${theirs}: ${Object.keys(expected)}`);
        for (let i = later; i < bars.length; i++) {
          const value = expected[theirs][i - later];
          const ours = result[output][i];
          if (value === null) assert.ok(Number.isNaN(ours), `${output} at ${i}: ${ours}, theirs has none`);
          else assertNear(ours, Number(value), 1e-9, `${output} at ${i}`);
          compared += value === null ? 0 : 1;
        }
      }
      assert.ok(compared > 60, `compared ${compared} values`);
    });
  }
});

/** Relative above 1: the totals of volume have 1e10 and no digits behind the sixth place. */
function assertNear(actual: number, expected: number, tolerance: number, label: string): void {
  const off = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  assert.ok(off <= tolerance, `${label}: ${actual}, theirs ${expected}`);
}

type Case = readonly [
  ours: string,
  inputs: string,
  parameters: (options: readonly number[]) => Record<string, number | string>,
  outputs: string,
  scale?: number,
];

const period = ([n]: readonly number[]) => ({ period: n });
const first = ([n]: readonly number[]) => ({ period: n, seed: 'first' });

/**
 * Not here: ao (its vector is too short for a value), adx, dx and di (their first range is the first bar's own) and trix (in percent of the
 * newer average). Tulip's name -> ours, inputs in Tulip's order, parameters from its options, outputs in its order, our unit over theirs.
 */
const TULIP: Record<string, Case> = {
  ad: ['accumulationDistribution', 'high low close volume', () => ({}), 'adl'],
  adosc: [
    'chaikinOscillator',
    'high low close volume',
    ([f, s]) => ({ fastPeriod: f, slowPeriod: s, seed: 'first' }),
    'oscillator',
  ],
  aroon: ['aroon', 'high low', ([n]) => ({ period: n, tie: 'newest' }), 'down up'],
  aroonosc: ['aroon', 'high low', ([n]) => ({ period: n, tie: 'newest' }), 'oscillator'],
  atr: ['atr', 'high low close', ([n]) => ({ period: n, firstRange: 'high-low' }), 'atr'],
  natr: ['atr', 'high low close', ([n]) => ({ period: n, firstRange: 'high-low' }), 'atrp'],
  bbands: ['bollinger', 'close', ([n, deviations]) => ({ period: n, deviations }), 'lower middle upper'],
  dema: ['dema', 'close', first, 'dema'],
  ema: ['ema', 'close', first, 'ema'],
  hma: ['hma', 'close', period, 'hma'],
  kama: ['kama', 'close', period, 'kama'],
  linreg: ['linearRegression', 'close', period, 'end'],
  linregslope: ['linearRegression', 'close', period, 'slope'],
  mfi: ['mfi', 'high low close volume', period, 'mfi'],
  mom: ['roc', 'close', period, 'momentum'],
  obv: ['obv', 'close volume', () => ({}), 'obv'],
  roc: ['roc', 'close', period, 'roc', 100],
  rsi: ['rsi', 'close', period, 'rsi'],
  sma: ['sma', 'close', period, 'sma'],
  stddev: ['standardDeviation', 'close', period, 'stdDev'],
  stoch: ['stochastic', 'high low close', ([n, k, d]) => ({ period: n, smoothPeriod: k, signalPeriod: d }), 'k d'],
  stochrsi: ['stochasticRsi', 'close', ([n]) => ({ rsiPeriod: n, period: n }), 'stochRsi', 100],
  tema: ['tema', 'close', first, 'tema'],
  tr: ['trueRange', 'high low close', () => ({ firstRange: 'high-low' }), 'tr'],
  ultosc: [
    'ultimateOscillator',
    'high low close',
    ([a, b, c]) => ({ shortPeriod: a, middlePeriod: b, longPeriod: c }),
    'ultimate',
  ],
  vwma: ['vwma', 'close volume', period, 'vwma'],
  wilders: ['smma', 'close', period, 'smma'],
  willr: ['williamsR', 'high low close', period, 'williamsR'],
  wma: ['wma', 'close', period, 'wma'],
};

describe('Tulip vectors, which are rounded to three decimals', { skip: folder.skip }, () => {
  if (folder.skip) return;
  const vectors = readVectors(`${folder.path}/tulip_untest.txt.gz`);
  for (const [name, [ours, inputs, parameters, outputs, scale = 1]] of Object.entries(TULIP)) {
    test(`${name}: ${ours}`, () => {
      const vector = vectors.find((one) => one.name === name);
      assert.ok(vector, `no vector ${name}`);
      const columns = Object.fromEntries(
        inputs.split(' ').map((input, k) => [input, Float64Array.from(vector.rows[k])]),
      );
      const result = compute(indicator(ours), columns, parameters(vector.options));
      outputs.split(' ').forEach((output, k) => {
        const expected = vector.rows[inputs.split(' ').length + k];
        // Tulip leaves the warm-up out, so the ends are what lines up.
        const tail = result[output].slice(-expected.length);
        for (const [i, value] of expected.entries()) {
          assert.ok(Math.abs(tail[i] / scale - value) <= 6e-4, `${output} ${i}: ${tail[i] / scale}, theirs ${value}`);
        }
      });
    });
  }
});
