import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Bars } from '../bars.ts';
import { compute, indicator } from './index.ts';
import { anyMarket, anyMarketWithGaps, barAt, flat, walk } from './testing/market.ts';
import { computeTwelve, computeTwelveOfEach, TWELVE_OUTPUTS, type TwelveOutput, twelveSeries } from './twelve.ts';
import { TwelveTicks } from './twelve-ticks.ts';

/** Between -100 and 100, whatever the price. */
const PERCENT = new Set<string>(['rsi', 'adx', 'plusDi', 'minusDi', 'stochK', 'stochD', 'williamsR']);

/** The series as the separate machines give them. */
function separate(bars: Bars): Record<TwelveOutput, Float64Array> {
  const of = (name: string, parameters = {}) => compute(indicator(name), bars, parameters);
  const bands = of('bollinger');
  const macd = of('macd');
  const adx = of('adx');
  const stochastic = of('stochastic');
  return {
    sma20: of('sma', { period: 20 }).sma,
    ema20: of('ema', { period: 20 }).ema,
    ema50: of('ema', { period: 50 }).ema,
    ema200: of('ema', { period: 200 }).ema,
    rsi: of('rsi').rsi,
    macd: macd.macd,
    macdSignal: macd.signal,
    macdHistogram: macd.histogram,
    bbUpper: bands.upper,
    bbLower: bands.lower,
    atr: of('atr').atr,
    adx: adx.adx,
    plusDi: adx.plusDi,
    minusDi: adx.minusDi,
    stochK: stochastic.k,
    stochD: stochastic.d,
    williamsR: of('williamsR').williamsR,
    obv: of('obv').obv,
  };
}

function assertEqualSeries(actual: Record<string, ArrayLike<number>>, bars: Bars): void {
  const expected = separate(bars);
  const price = Math.max(0, ...bars.close.filter((x) => Math.abs(x) < 1e100).map(Math.abs));
  for (const name of TWELVE_OUTPUTS) {
    for (let i = 0; i < bars.length; i++) {
      const [ours, theirs] = [actual[name][i], expected[name][i]];
      const tolerance = 1e-9 * Math.max(PERCENT.has(name) ? 100 : price, Math.abs(theirs));
      const same = (Number.isNaN(ours) && Number.isNaN(theirs)) || Math.abs(ours - theirs) <= tolerance;
      assert.ok(same, `${name} at ${i} of ${bars.length}: ${ours}, separately ${theirs}`);
    }
  }
}

function ticked(bars: Bars, ticks: TwelveTicks, symbol: number): Record<string, number[]> {
  const result: Record<string, number[]> = Object.fromEntries(TWELVE_OUTPUTS.map((name) => [name, []]));
  for (let i = 0; i < bars.length; i++) {
    ticks.update(symbol, barAt(bars, i));
    for (const [k, name] of TWELVE_OUTPUTS.entries())
      result[name].push(ticks.values[symbol * TWELVE_OUTPUTS.length + k]);
  }
  return result;
}

describe('twelve indicators at once', () => {
  test('equal the separate machines on walks of every length around a warm-up', () => {
    for (const length of [0, 1, 2, 13, 14, 15, 19, 20, 21, 26, 28, 29, 34, 50, 199, 200, 201, 700]) {
      const bars = walk(length, length + 1);
      const out = twelveSeries(length);
      computeTwelve(bars, out);
      assertEqualSeries(out, bars);
      assert.equal(out.obv.length, length);
    }
  });

  test('equal the separate machines in any market', () => {
    const out = twelveSeries(100);
    fc.assert(
      fc.property(fc.oneof(anyMarket, anyMarketWithGaps), (bars) => {
        computeTwelve(bars, out);
        assertEqualSeries(out, bars);
      }),
      { numRuns: 300 },
    );
  });

  test('are defined on flat prices: RSI 50, no band width, no direction, no stochastic', () => {
    const out = twelveSeries(300);
    computeTwelve(flat(300), out);
    assertEqualSeries(out, flat(300));
    assert.equal(out.rsi[299], 50);
    assert.equal(out.bbUpper[299], 50);
    assert.equal(out.adx[299], 0);
    assert.ok(Number.isNaN(out.stochK[299]));
  });

  test('of many symbols are each their own, whatever lengths and gaps stand side by side', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyMarket, anyMarketWithGaps), { maxLength: 7 }), (markets) => {
        const symbols = [...markets, walk(600, markets.length), walk(1300, 5)];
        const visited: number[] = [];
        computeTwelveOfEach(symbols, (index, series) => {
          visited.push(index);
          assertEqualSeries(series, symbols[index]);
        });
        assert.deepEqual(visited, [...symbols.keys()]);
      }),
      { numRuns: 40 },
    );
  });

  test('refuse series that are too short', () => {
    assert.throws(() => computeTwelve(walk(10), twelveSeries(9)), /the series hold 9 of 10 bars/);
  });
});

describe('twelve indicators bar by bar', () => {
  test('equal the separate machines in any market, gaps and all', () => {
    fc.assert(
      fc.property(fc.oneof(anyMarket, anyMarketWithGaps), (bars) => {
        assertEqualSeries(ticked(bars, new TwelveTicks(1), 0), bars);
      }),
      { numRuns: 300 },
    );
  });

  test('keep symbols apart and go on from a snapshot', () => {
    const [a, b] = [walk(450, 1), walk(450, 2)];
    const ticks = new TwelveTicks(2);
    for (let i = 0; i < 300; i++) {
      ticks.update(0, barAt(a, i));
      ticks.update(1, barAt(b, i));
    }
    const later = new TwelveTicks(2);
    later.restore(ticks.snapshot());
    for (let i = 300; i < 450; i++) {
      later.update(1, barAt(b, i));
      later.update(0, barAt(a, i));
    }
    for (const [symbol, bars] of [a, b].entries()) {
      const expected = separate(bars);
      for (const [k, name] of TWELVE_OUTPUTS.entries()) {
        const value = later.values[symbol * TWELVE_OUTPUTS.length + k];
        assert.ok(Math.abs(value - expected[name][449]) <= 1e-9 * Math.max(1, Math.abs(value)), name);
      }
    }
    assert.throws(() => new TwelveTicks(3).restore(ticks.snapshot()), /the snapshot has 2 symbols, not 3/);
    assert.throws(() => ticks.update(2, barAt(a, 0)), /symbol 2 of 2/);
  });
});
