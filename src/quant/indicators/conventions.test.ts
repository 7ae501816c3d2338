/** Where libraries differ, the other convention is an option; each is checked against its own wording. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compute, indicator, macd, obv, volumeRatio } from './index.ts';
import { walk } from './testing/market.ts';

const bars = walk(300, 11);
const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;

function assertNear(actual: number, expected: number, label: string): void {
  const near = Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
  assert.ok(near, `${label}: ${actual}, expected ${expected}`);
}

test("MACD compat 'talib': both averages have their seed at bar 25, and nothing shows before the signal at bar 33", () => {
  const { close } = bars;
  const actual = macd(close, 12, 26, 9, { compat: 'talib' });
  let fast = mean(close.subarray(14, 26));
  let slow = mean(close.subarray(0, 26));
  const lines = [fast - slow];
  let signal = NaN;
  for (let i = 26; i < close.length; i++) {
    fast = close[i] * (2 / 13) + fast * (11 / 13);
    slow = close[i] * (2 / 27) + slow * (25 / 27);
    lines.push(fast - slow);
    if (lines.length < 9) continue;
    const line = lines.at(-1) as number;
    signal = lines.length === 9 ? lines.reduce((a, b) => a + b) / 9 : line * 0.2 + signal * 0.8;
    assertNear(actual.macd[i], line, `line ${i}`);
    assertNear(actual.signal[i], signal, `signal ${i}`);
    assertNear(actual.histogram[i], line - signal, `histogram ${i}`);
  }
  assert.ok(Number.isNaN(actual.macd[32]) && Number.isNaN(actual.signal[32]));
});

test("ADX compat 'talib': sums of 13 movements, smoothed once before the first value", () => {
  const { high, low, close } = bars;
  const { plusDi } = compute(indicator('adx'), bars, { compat: 'talib' });
  let [range, plus] = [0, 0];
  for (let i = 1; i < bars.length; i++) {
    const up = high[i] - high[i - 1];
    const down = low[i - 1] - low[i];
    const keep = i < 14 ? 1 : 13 / 14;
    range =
      range * keep + Math.max(high[i] - low[i], Math.abs(high[i] - close[i - 1]), Math.abs(low[i] - close[i - 1]));
    plus = plus * keep + (up > down && up > 0 ? up : 0);
    if (i >= 14) assertNear(plusDi[i], (100 * plus) / range, `+DI ${i}`);
  }
});

test("OBV start 'volume' is the other one plus the first volume", () => {
  const zero = obv(bars.close, bars.volume);
  const volume = obv(bars.close, bars.volume, { start: 'volume' });
  assert.equal(zero[0], 0);
  for (let i = 0; i < bars.length; i++) assert.equal(volume[i], zero[i] + bars.volume[0]);
});

test("Donchian bar 'including' is the other one a bar earlier", () => {
  const before = compute(indicator('donchian'), bars);
  const including = compute(indicator('donchian'), bars, { bar: 'including' });
  for (let i = 20; i < bars.length; i++) assert.equal(before.upper[i], including.upper[i - 1]);
});

test("volume ratio bar 'before' keeps a bar out of its own average", () => {
  const ratio = volumeRatio(bars.volume, 20, { bar: 'before' });
  assertNear(ratio[100], bars.volume[100] / mean(bars.volume.subarray(80, 100)), 'ratio');
});

test("parabolic SAR start 'immediately' differs only before the first reversal has ended its guess", () => {
  const late = compute(indicator('parabolicSar'), bars).sar;
  const early = compute(indicator('parabolicSar'), bars, { start: 'immediately' }).sar;
  const first = late.findIndex((x) => !Number.isNaN(x));
  assert.ok(first > 1 && !Number.isNaN(early[1]));
  assert.deepEqual(late.slice(first), early.slice(first));
});

test('VWAP begins anew with each session of the exchange', () => {
  const hour = 3_600_000;
  // 09:30 to 15:30 in New York (14:30 to 20:30 UTC) on two winter days.
  const times = [0, 1].flatMap((day) => Array.from({ length: 7 }, (_, k) => day * 24 * hour + (14.5 + k) * hour));
  const session = { ...walk(14, 3), time: Float64Array.from(times) };
  const { vwap } = compute(indicator('vwap'), session, { resetMs: 24 * hour, offsetMs: -5 * hour });
  const typical = (i: number) => (session.high[i] + session.low[i] + session.close[i]) / 3;
  assertNear(vwap[7], typical(7), 'first bar of the second day');
  const [a, b] = [session.volume[7], session.volume[8]];
  assertNear(vwap[8], (typical(7) * a + typical(8) * b) / (a + b), 'second bar of the second day');
});
