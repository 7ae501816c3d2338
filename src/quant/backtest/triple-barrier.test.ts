import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barsOf } from '../bars.ts';
import { seededNormal } from './randomness.ts';
import { STOP, TARGET, TIMEOUT, tripleBarrier, UNKNOWN } from './triple-barrier.ts';

type Day = readonly [open: number, high: number, low: number, close: number];
const SIGNAL: Day = [100, 101, 99, 100];

function outcome(days: readonly Day[], horizon = 3, risk = 2) {
  const bars = barsOf(days.map(([open, high, low, close], time) => ({ time, open, high, low, close, volume: 1 })));
  const out = new Float64Array(3);
  tripleBarrier(bars, 0, risk, { multiple: 2, horizon }, out);
  return [...out];
}

test('the first level that is touched decides, and in one bar the stop does', () => {
  assert.deepEqual(outcome([SIGNAL, [100, 101, 99, 100], [100, 104, 99.5, 103]]), [TARGET, 2, 100]);
  assert.deepEqual(outcome([SIGNAL, [100, 101, 98, 99], [100, 110, 99, 110]]), [STOP, -1, 100]);
  assert.deepEqual(outcome([SIGNAL, [100, 104, 98, 103]]), [STOP, -1, 100]);
});

test('a bar that opens beyond a level fills at its open, for better or worse', () => {
  assert.deepEqual(outcome([SIGNAL, SIGNAL, [96, 97, 95, 97]]), [STOP, -2, 100]);
  assert.deepEqual(outcome([SIGNAL, SIGNAL, [106, 107, 105, 106]]), [TARGET, 3, 100]);
});

test('the entry is the next open, not the close of the signal', () => {
  assert.deepEqual(outcome([SIGNAL, [110, 111, 109, 110.5]], 1), [TIMEOUT, 0.25, 110]);
});

test('time runs out at the close of the last bar held, and later bars change nothing', () => {
  const quiet: Day = [100, 101, 99, 100.5];
  const short = outcome([SIGNAL, quiet, quiet, quiet]);
  assert.deepEqual(short, [TIMEOUT, 0.25, 100]);
  assert.deepEqual(outcome([SIGNAL, quiet, quiet, quiet, [200, 300, 1, 250]]), short);
});

test('without a next bar or a risk there is no outcome', () => {
  assert.equal(outcome([SIGNAL])[0], UNKNOWN);
  assert.equal(outcome([SIGNAL, SIGNAL], 3, 0)[0], UNKNOWN);
  assert.equal(outcome([SIGNAL, SIGNAL], 3, Number.NaN)[0], UNKNOWN);
});

test('a price without memory reaches 2R before 1R a third of the time', () => {
  const normal = seededNormal(11);
  let hits = 0;
  const trials = 3000;
  for (let trial = 0; trial < trials; trial++) {
    let price = 100;
    const days: Day[] = Array.from({ length: 400 }, () => {
      const [open, close] = [price, price + 0.2 * normal()];
      price = close;
      return [open, Math.max(open, close), Math.min(open, close), close];
    });
    const [kind] = outcome(days, 399, 1);
    if (kind === TARGET) hits += 1;
  }
  // (1 + 0.12) / (3 + 0.23) with the overshoot of a step of 0.2 beyond each level (0.583 of it), and three standard errors.
  assert.ok(Math.abs(hits / trials - 0.346) < 0.027, `${hits / trials}`);
});
