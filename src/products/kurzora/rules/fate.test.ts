import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Bar, type Bars, barsOf } from '#quant/bars.ts';
import { fateOf, firstTouch, type OpenSignal, type PastBars, returnPercent } from './fate.ts';

const LONG = { entry: 100, stop: 95, target: 110 };
const SHORT = { entry: 100, stop: 105, target: 90 };
const HOUR = 3_600_000;
const bar = (open: number, high: number, low: number, close = open, time = 0): Bar => ({
  ...{ time, open, high, low, close, volume: 1 },
});
const touch = (levels: typeof LONG, ...list: Bar[]) => {
  const found = firstTouch(levels, barsOf(list.map((each, index) => ({ ...each, time: index * HOUR }))));
  return found && [found.action, found.price, found.time / HOUR];
};

test('the level that the first bar touches is where a signal ends, at the level or at an open beyond it', () => {
  assert.equal(touch(LONG, bar(100, 109.99, 95.01)), null);
  assert.deepEqual(touch(LONG, bar(100, 101, 99), bar(100, 110, 99)), ['take_profit_hit', 110, 1]);
  assert.deepEqual(touch(LONG, bar(100, 101, 95)), ['stop_loss_hit', 95, 0]);
  assert.deepEqual(touch(LONG, bar(93, 94, 92)), ['stop_loss_hit', 93, 0], 'a gap below the stop');
  assert.deepEqual(touch(LONG, bar(112, 113, 111)), ['take_profit_hit', 112, 0], 'a gap above the target');
});

test('a short position is the mirror of a long one', () => {
  assert.equal(touch(SHORT, bar(100, 104.99, 90.01)), null);
  assert.deepEqual(touch(SHORT, bar(100, 105, 99)), ['stop_loss_hit', 105, 0]);
  assert.deepEqual(touch(SHORT, bar(100, 101, 90)), ['take_profit_hit', 90, 0]);
  assert.deepEqual(touch(SHORT, bar(107, 108, 106)), ['stop_loss_hit', 107, 0]);
  assert.deepEqual(touch(SHORT, bar(88, 89, 87)), ['take_profit_hit', 88, 0]);
  assert.equal(returnPercent(SHORT, 90), 10);
  assert.equal(returnPercent(LONG, 95), -5);
});

test('where one bar touched both levels, the stop came first', () => {
  assert.deepEqual(touch(LONG, bar(100, 111, 94)), ['stop_loss_hit', 95, 0]);
  assert.deepEqual(touch(SHORT, bar(100, 106, 89)), ['stop_loss_hit', 105, 0]);
  assert.deepEqual(touch(LONG, bar(111, 112, 94)), ['stop_loss_hit', 95, 0], 'even where it opened above the target');
});

const SIGNAL: OpenSignal = {
  ...LONG,
  ...{ id: 'a', ticker: 'AAA', type: 'bullish', status: 'active', source: 'files', price: 99 },
  ...{ since: 10 * HOUR, expiresAt: 20 * HOUR },
};
const none: PastBars = { closedBars: () => barsOf([]), lastClose: () => ({ value: 104 }) };
const SCAN = { asOf: 15 * HOUR, source: 'files' };
const verdict = (type: string | null) => ({ ticker: 'AAA', type, reason: type === null ? '1H 50 is below 55' : null });

test('a signal without a touch goes on until its expiry, which ends it at the last close', () => {
  assert.equal(fateOf(SIGNAL, none, SCAN), null);
  assert.equal(fateOf(SIGNAL, none, { ...SCAN, verdict: verdict('bullish') }), null);
  const ended = fateOf(SIGNAL, none, { ...SCAN, asOf: 30 * HOUR });
  assert.deepEqual(ended, {
    ...{ id: 'a', action: 'expired', price: 104, return: 4, days: 0.42, notes: 'reached its expiry' },
  });
});

test('a scan ends an active signal whose stock no longer passes or changed its type, and leaves an executed one alone', () => {
  const notes = (signal: OpenSignal, type: string | null) =>
    fateOf(signal, none, { ...SCAN, verdict: verdict(type) })?.notes;
  assert.equal(notes(SIGNAL, null), 'no longer passes: 1H 50 is below 55');
  assert.equal(notes(SIGNAL, 'neutral'), 'superseded: the stock is now neutral');
  assert.equal(notes({ ...SIGNAL, status: 'triggered' }, null), undefined);
  const other = fateOf({ ...SIGNAL, source: 'simulated' }, none, SCAN);
  assert.deepEqual([other?.action, other?.price], ['expired', 99], 'at the price its own source gave last');
});

test('bars are asked for from the moment of the levels to the expiry, never beyond the scan', () => {
  const asked: object[] = [];
  const closedBars = (_ticker: string, range: object) => {
    asked.push(range);
    return barsOf([]);
  };
  const past = { ...none, closedBars };
  fateOf(SIGNAL, past, SCAN);
  fateOf(SIGNAL, past, { ...SCAN, asOf: 30 * HOUR });
  assert.deepEqual(asked, [
    { from: 10 * HOUR, to: 15 * HOUR },
    { from: 10 * HOUR, to: 20 * HOUR },
  ]);
});

const walk = fc
  .array(fc.tuple(fc.double({ min: -8, max: 8, noNaN: true }), fc.nat({ max: 300 }), fc.nat({ max: 300 })), {
    minLength: 15,
    maxLength: 60,
  })
  .map((steps) => {
    let close = 100;
    return steps.map(([step, up, down], index) => {
      const open = close;
      close = Math.max(1, close + step);
      const [high, low] = [Math.max(open, close) + up / 100, Math.max(0.5, Math.min(open, close) - down / 100)];
      return { time: (10 + index) * HOUR, open, high, low, close, volume: 1 };
    });
  });

test('later bars never change how a signal ended, whatever the prices', () => {
  let ended = 0;
  fc.assert(
    fc.property(walk, fc.boolean(), fc.nat({ max: 60 }), (bars, long, cut) => {
      const signal = { ...SIGNAL, ...(long ? LONG : SHORT), expiresAt: null };
      const known = (list: Bar[]): PastBars => ({ closedBars: () => barsOf(list), lastClose: () => null });
      const first = bars.slice(0, cut % (bars.length + 1));
      const early = fateOf(signal, known(first), { asOf: 1000 * HOUR, source: 'files' });
      const late = fateOf(signal, known(bars), { asOf: 2000 * HOUR, source: 'files' });
      if (early === null) return;
      ended += 1;
      assert.deepEqual(late, early);
      assert.deepEqual(naive(signal, barsOf(first)), [early.action, early.price]);
    }),
    { numRuns: 500 },
  );
  assert.ok(ended > 50, `only ${ended} of the runs ended`);
});

/** The rule once more, as the specification words it: stop if low <= stop, else target if high >= target. */
function naive({ entry, stop, target }: typeof LONG, bars: Bars): unknown {
  // A short position is a long one on prices upside down.
  const sign = stop < entry ? 1 : -1;
  for (let at = 0; at < bars.length; at++) {
    const seen = [bars.high[at]!, bars.low[at]!].map((price) => price * sign).sort((a, b) => a - b) as [number, number];
    const open = bars.open[at]! * sign;
    const round = (price: number) => Math.round(price * sign * 1e4) / 1e4;
    if (seen[0] <= stop * sign) return ['stop_loss_hit', round(Math.min(open, stop * sign))];
    if (seen[1] >= target * sign) return ['take_profit_hit', round(Math.max(open, target * sign))];
  }
  return null;
}
