import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Bars } from '../bars.ts';
import { compute, IndicatorStream, indicator, indicators } from './index.ts';
import { anyMarket, anyMarketWithGaps, barAt, flat, prefix, walk } from './testing/market.ts';
import { textbook } from './testing/textbook.ts';

const all = [...indicators.values()];
const RUNS = { numRuns: 60 };

/** The largest number in sight: what a rounding error is measured against. */
function scaleOf(...rows: ArrayLike<number>[]): number {
  let scale = 1e-300;
  for (const row of rows)
    for (const x of Array.from(row)) if (Math.abs(x) < 1e100) scale = Math.max(scale, Math.abs(x));
  return scale;
}

function assertSame(actual: ArrayLike<number>, expected: ArrayLike<number>, scale: number, label: string): void {
  assert.equal(actual.length, expected.length, label);
  for (let i = 0; i < expected.length; i++) {
    const bothMissing = Number.isNaN(actual[i]) && Number.isNaN(expected[i]);
    const near = Math.abs(actual[i] - expected[i]) <= 1e-9 * scale;
    assert.ok(bothMissing || near, `${label} at bar ${i}: ${actual[i]}, expected ${expected[i]}`);
  }
}

test('the registry has every indicator the issue names', () => {
  const named =
    'sma ema wma rsi macd bollinger atr adx stochastic williamsR obv cci mfi roc vwap keltner donchian aroon superTrend parabolicSar volumeRatio';
  for (const name of named.split(' ')) assert.equal(indicator(name).name, name);
  assert.throws(() => indicator('smaa'), /there is no indicator smaa; there are .*\bsma, /);
});

describe('every textbook formula gives the same values on a walk', () => {
  for (const [name, formula] of Object.entries(textbook)) {
    test(name, () => {
      for (const seed of [1, 2, 3]) {
        const bars = walk(260, seed);
        const expected = formula(bars);
        const actual = compute(indicator(name), bars);
        for (const output of Object.keys(expected)) {
          const defined = expected[output].filter((x) => !Number.isNaN(x)).length;
          assert.ok(defined > 150, `the textbook gives ${defined} values of ${name}.${output}`);
          assertSame(actual[output], expected[output], Math.max(1, scaleOf(expected[output])), `${name}.${output}`);
        }
      }
    });
  }
});

test('the textbook agrees on flat prices without volume as well', () => {
  for (const [name, formula] of Object.entries(textbook)) {
    const bars = flat(120);
    const expected = formula(bars);
    const actual = compute(indicator(name), bars);
    for (const output of Object.keys(expected)) assertSame(actual[output], expected[output], 50, `${name}.${output}`);
  }
});

for (const definition of all) {
  describe(definition.name, () => {
    const { name, outputs, parameters } = definition;

    test('starts exactly where its definition says, when prices and volume move', () => {
      const bars = walk(400, 7);
      const result = compute(definition, bars);
      const events = name === 'fractal' || name === 'parabolicSar';
      const sided = name === 'superTrend' ? ['upper', 'lower'] : [];
      definition.warmUp(parameters).forEach((warmUp, k) => {
        const first = result[outputs[k]].findIndex((x) => !Number.isNaN(x));
        const maybeLater = events || sided.includes(outputs[k]);
        assert.ok(maybeLater ? first >= warmUp : first === warmUp, `${outputs[k]} starts at ${first}, not ${warmUp}`);
      });
    });

    test('gives no value for no bars, and none but defined ones for one', () => {
      for (const bars of [walk(0), walk(1)]) {
        const result = compute(definition, bars);
        for (const [k, output] of outputs.entries()) {
          assert.equal(result[output].length, bars.length);
          const expected = definition.warmUp(parameters)[k] === 0 ? bars.length : 0;
          assert.equal(result[output].filter((x) => !Number.isNaN(x)).length, expected, output);
        }
      }
    });

    test('gives finite numbers or NaN on flat prices, nothing traded', () => {
      for (const price of [0, 50]) {
        const result = compute(definition, flat(200, price));
        for (const output of outputs)
          assert.ok(
            result[output].every((x) => Number.isNaN(x) || Number.isFinite(x)),
            output,
          );
      }
    });

    test('never gives infinity, in any market', () => {
      fc.assert(
        fc.property(anyMarketWithGaps, (bars) => {
          const result = compute(definition, bars);
          for (const output of outputs) for (const x of result[output]) assert.ok(Math.abs(x) !== Infinity, output);
        }),
        RUNS,
      );
    });

    test('bar by bar equals all at once, across a snapshot too', () => {
      fc.assert(
        fc.property(anyMarketWithGaps, fc.nat(90), (bars, cut) => {
          const expected = compute(definition, bars);
          let stream = new IndicatorStream(definition);
          for (let i = 0; i < bars.length; i++) {
            if (i === cut) {
              const later = new IndicatorStream(definition);
              later.restore(stream.snapshot());
              stream = later;
            }
            const values = stream.update(barAt(bars, i));
            for (const [k, output] of outputs.entries()) {
              assert.ok(Object.is(values[k], expected[output][i]), `${output} at ${i}`);
            }
          }
        }),
        RUNS,
      );
    });

    test('no value changes when later bars arrive', () => {
      fc.assert(
        fc.property(anyMarket, fc.nat(90), (bars, cut) => {
          const length = Math.min(cut, bars.length);
          const whole = compute(definition, bars);
          const part = compute(definition, prefix(bars, length));
          for (const output of outputs) assert.deepEqual(part[output], whole[output].slice(0, length), output);
        }),
        RUNS,
      );
    });

    test('a gap is NaN and changes nothing after it', () => {
      const bars = walk(300, 5);
      const field = definition.inputs[0];
      const without = compute(definition, bars);
      const holed = withGap(bars, 150, field);
      const result = compute(definition, holed);
      for (const output of outputs) {
        assert.ok(Number.isNaN(result[output][150]), output);
        const closed = [...result[output].slice(0, 150), ...result[output].slice(151)];
        assert.deepEqual(Float64Array.from(closed), without[output], output);
      }
    });
  });
}

/** The bars with one more before bar `at`, whose `field` is NaN. */
function withGap(bars: Bars, at: number, field: 'time' | keyof Omit<Bars, 'length'>): Bars {
  const list = Array.from({ length: bars.length }, (_, i) => barAt(bars, i));
  list.splice(at, 0, { ...list[at], [field]: NaN });
  return { ...prefix(bars, 0), ...columnsOf(list) };
}

function columnsOf(list: ReturnType<typeof barAt>[]): Bars {
  const column = (name: keyof ReturnType<typeof barAt>) => Float64Array.from(list, (bar) => bar[name]);
  const [time, open, high, low, close, volume] = (['time', 'open', 'high', 'low', 'close', 'volume'] as const).map(
    column,
  );
  return { length: list.length, time, open, high, low, close, volume };
}

test('parameters are checked, and what is wrong is said', () => {
  const bars = walk(10);
  assert.throws(() => compute(indicator('sma'), bars, { period: 0 }), /sma: period is 0, not a count of bars/);
  assert.throws(() => compute(indicator('sma'), bars, { period: 2.5 }), /sma: period is 2.5/);
  assert.throws(() => compute(indicator('sma'), bars, { periods: 5 }), /sma has no parameter periods; it has period/);
  assert.throws(
    () => compute(indicator('macd'), bars, { compat: 'x' }),
    /macd: compat is "x", not one of tradingview, talib/,
  );
  assert.throws(() => compute(indicator('atr'), { close: bars.close }), /atr needs the column high/);
  assert.throws(
    () => compute(indicator('obv'), { close: bars.close, volume: bars.volume.subarray(1) }),
    /obv: volume has 9 values, other columns 10/,
  );
});

test('a snapshot of another indicator or other parameters is refused', () => {
  const ema20 = new IndicatorStream(indicator('ema'));
  for (const other of [new IndicatorStream(indicator('ema'), { period: 50 }), new IndicatorStream(indicator('rsi'))]) {
    assert.throws(() => other.restore(ema20.snapshot()), /the snapshot is not of/);
  }
});

test('results go into the arrays they are given, and into views of longer ones', () => {
  const bars = walk(60);
  const long = new Float64Array(100).fill(7);
  const { sma } = compute(indicator('sma'), bars, { period: 5 }, { sma: long });
  assert.equal(sma.buffer, long.buffer);
  assert.equal(long[60], 7);
  assert.deepEqual(sma, compute(indicator('sma'), { close: bars.close.subarray(0, 60) }, { period: 5 }).sma);
  assert.throws(() => compute(indicator('sma'), bars, {}, { sma: new Float64Array(3) }), /sma holds 3 of 60 values/);
});
