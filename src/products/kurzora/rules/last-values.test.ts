import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Bar, barsOf } from '#quant/bars.ts';
import { atr, bollinger, ema, rsi, stochastic, williamsR } from '#quant/indicators/index.ts';
import { lastAtr, lastEma, lastPercentB, lastRangePosition, wilderRsi } from './last-values.ts';

const walk = fc
  .array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 20 })), {
    minLength: 1,
    maxLength: 120,
  })
  .map((steps) => {
    let close = 100;
    return barsOf(
      steps.map(([move, spread], time): Bar => {
        const open = close;
        // Rounded, so that flat stretches and equal highs occur.
        close = Math.round(close * (1 + move / 1000) * 10) / 10;
        const [high, low] = [Math.max(open, close) * (1 + spread / 1000), Math.min(open, close) * (1 - spread / 1000)];
        return { time, open, high, low, close, volume: 1 };
      }),
    );
  });

test('every last value is the last value of the indicator of the same name in quant', () => {
  fc.assert(
    fc.property(walk, (bars) => {
      const { close, high, low, length } = bars;
      const agree = (name: string, mine: number, series: Float64Array) => {
        const theirs = series[length - 1]!;
        const same = Object.is(mine, theirs) || Math.abs(mine - theirs) <= 1e-7 * Math.max(1, Math.abs(theirs));
        assert.ok(same, `${name} of ${length} bars: ${mine}, quant has ${theirs}`);
      };
      agree('rsi', wilderRsi(close, length, 14), rsi(close, 14));
      agree('ema 12', lastEma(close, length, 12), ema(close, 12));
      agree('ema 26', lastEma(close, length, 26), ema(close, 26));
      agree('percent b', lastPercentB(close, length, 20, 2), bollinger(close, 20, 2).percentB);
      agree('atr', lastAtr(bars, 14), atr(high, low, close, 14));
      agree('percent k', lastRangePosition(bars, 14) * 100, stochastic(high, low, close, 14, 1, 1).k);
      agree('percent r', (lastRangePosition(bars, 14) - 1) * 100, williamsR(high, low, close, 14));
    }),
    { numRuns: 300 },
  );
});

test('the RSI series holds the last value of every prefix', () => {
  fc.assert(
    fc.property(walk, ({ close, length }) => {
      const series = new Float64Array(length);
      wilderRsi(close, length, 14, series);
      for (let end = 1; end <= length; end += 1) assert.ok(Object.is(series[end - 1], wilderRsi(close, end, 14)));
    }),
    { numRuns: 50 },
  );
});

test('prices that never moved have RSI 50, %B 0.5 and no %K', () => {
  const flat = barsOf(
    Array.from({ length: 30 }, (_, time) => ({ time, open: 0.1, high: 0.1, low: 0.1, close: 0.1, volume: 0 })),
  );
  assert.equal(wilderRsi(flat.close, 30, 14), 50);
  assert.equal(lastPercentB(flat.close, 30, 20, 2), 0.5);
  assert.ok(Number.isNaN(lastRangePosition(flat, 14)));
});
