import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Series, slice } from '../store/series.ts';
import { finestClosedBars } from './closed-bars.ts';
import { calendar, madeSeries, sessions, stockOf } from './made-bars.ts';
import { endOf, type StoredTimeframe } from './timeframes.ts';

/** Days for a week; hours from Tuesday 25 November on, quarters from the early close of Friday the 28th on; Thursday is a holiday. */
const STORED: [StoredTimeframe, Series][] = [
  ['1D', madeSeries('1D', '2025-11-24', '2025-12-01', { seed: 1 })],
  ['1H', madeSeries('1H', '2025-11-25', '2025-12-01', { seed: 2, missing: 0.2 })],
  ['15m', madeSeries('15m', '2025-11-28', '2025-12-01', { seed: 3, missing: 0.2 })],
];
const OPEN = calendar.session('2025-11-24')!.open;
const END = calendar.session('2025-12-01')!.close;
const timesOf = (bars: { time: Float64Array; length: number }) => [...bars.time.subarray(0, bars.length)];

test('each session gives the bars of its finest timeframe', () => {
  const expected = [
    ...timesOf(STORED[0]![1]).filter((time) => calendar.dateOf(time) < '2025-11-25'),
    ...timesOf(STORED[1]![1]).filter((time) => calendar.dateOf(time) < '2025-11-28'),
    ...timesOf(STORED[2]![1]),
  ];
  assert.deepEqual(timesOf(finestClosedBars(stockOf(STORED), sessions, { from: OPEN, to: END })), expected);
});

test('whatever the range, no bar opened before it or closed after it, and later bars change nothing', () => {
  const moment = fc.integer({ min: OPEN - 3_600_000, max: END });
  fc.assert(
    fc.property(moment, moment, (one, other) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      const found = finestClosedBars(stockOf(STORED), sessions, { from, to });
      for (const time of timesOf(found)) {
        const timeframe =
          calendar.dateOf(time) < '2025-11-25' ? '1D' : calendar.dateOf(time) < '2025-11-28' ? '1H' : '15m';
        assert.ok(time >= from && endOf(sessions, timeframe, time) <= to, new Date(time).toISOString());
      }
      const known = STORED.map(([timeframe, series]) => {
        let count = 0;
        while (count < series.length && endOf(sessions, timeframe, series.time[count]!) <= to) count += 1;
        return [timeframe, Object.assign(new Series(1), slice(series, 0, count))] as const;
      });
      assert.deepEqual(timesOf(finestClosedBars(stockOf(known), sessions, { from, to })), timesOf(found));
    }),
    { numRuns: 300 },
  );
});

test('a stock without bars, or a range between sessions, gives none', () => {
  assert.equal(finestClosedBars(stockOf([]), sessions, { from: OPEN, to: END }).length, 0);
  const night = { from: calendar.session('2025-11-24')!.close, to: calendar.session('2025-11-25')!.open };
  assert.equal(finestClosedBars(stockOf(STORED), sessions, night).length, 0);
});
