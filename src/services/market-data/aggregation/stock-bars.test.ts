import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Timeframe } from '../api.ts';
import type { Series } from '../store/series.ts';
import { slice } from '../store/series.ts';
import { calendar, madeSeries, randomOf, sessions, stockOf } from './made-bars.ts';
import { StockBars } from './stock-bars.ts';
import { frameAsOf } from './window.ts';

const FOREVER = Date.UTC(2090, 0, 1);
const clock = (time: number) =>
  new Date(time).toLocaleTimeString('en-GB', { timeZone: 'America/New_York', hour: '2-digit', minute: '2-digit' });
const rows = (series: Series, count = series.length) =>
  Array.from({ length: count }, (_, at) =>
    [series.time, series.open, series.high, series.low, series.close, series.volume].map((column) => column[at]!),
  );

test('hours and half days count from the open and end with the session, also on an early close', () => {
  // 2025-11-28 closes at 13:00.
  const stock = stockOf([['15m', madeSeries('15m', '2025-11-26', '2025-11-28', { seed: 1 })]]);
  const starts = (timeframe: Timeframe) =>
    [...stock.closed(timeframe, FOREVER).series.time].slice(0, stock.closed(timeframe, FOREVER).count).map(clock);
  assert.deepEqual(starts('1H'), [
    ...['09:30', '10:30', '11:30', '12:30', '13:30', '14:30', '15:30'],
    ...['09:30', '10:30', '11:30', '12:30'],
  ]);
  assert.deepEqual(starts('4H'), ['09:30', '13:30', '09:30']);
  assert.deepEqual(starts('1D'), ['09:30', '09:30']);
  assert.deepEqual(starts('1W'), ['09:30']);
});

test('an hour is the first open, highest high, lowest low, last close and summed volume of its bars', () => {
  const fine = madeSeries('15m', '2025-03-07', '2025-03-10', { seed: 2 });
  const hours = stockOf([['15m', fine]]).closed('1H', FOREVER).series;
  const part = rows(fine).slice(4, 8);
  assert.deepEqual(rows(hours)[1], [
    part[0]![0],
    part[0]![1],
    Math.max(...part.map((row) => row[2]!)),
    Math.min(...part.map((row) => row[3]!)),
    part[3]![4],
    part.reduce((sum, row) => sum + row[5]!, 0),
  ]);
});

test('a week is Monday-based by session dates, starts at the open of its first session, and holds over a change of clocks', () => {
  // Monday 2025-02-17 is Presidents' Day; clocks change on 2025-03-09.
  const stock = stockOf([['1D', madeSeries('1D', '2025-02-10', '2025-03-14', { seed: 3 })]]);
  const { series, count } = stock.closed('1W', FOREVER);
  const dates = [...series.time].slice(0, count).map((time) => calendar.dateOf(time));
  assert.deepEqual(dates, ['2025-02-10', '2025-02-18', '2025-02-24', '2025-03-03', '2025-03-10']);
  assert.deepEqual([...series.time].slice(0, count).map(clock), Array(5).fill('09:30'));
});

test('a stored day wins over the intraday bars of that day once it has closed, and not before', () => {
  const fine = madeSeries('15m', '2025-06-02', '2025-06-03', { seed: 4 });
  const days = madeSeries('1D', '2025-06-02', '2025-06-03', { seed: 5 });
  const stock = stockOf([
    ['15m', fine],
    ['1D', days],
  ]);
  const session = calendar.session('2025-06-03')!;
  const before = frameAsOf(stock, '1D', { asOf: session.close - 1, from: 0, limit: 9 })!;
  assert.equal(before.provisional, true);
  assert.equal(before.bars.close[1], fine.close[fine.length - 2]);
  const after = frameAsOf(stock, '1D', { asOf: session.close, from: 0, limit: 9 })!;
  assert.equal(after.provisional, false);
  assert.deepEqual([...after.bars.close], [...days.close.subarray(0, 2)]);
});

test('a running week is its closed days and the bars of the running day', () => {
  const fine = madeSeries('15m', '2025-06-03', '2025-06-03', { seed: 16 });
  const days = madeSeries('1D', '2025-05-26', '2025-06-02', { seed: 17 });
  const stock = stockOf([
    ['15m', fine],
    ['1D', days],
  ]);
  const asOf = calendar.session('2025-06-03')!.open + 2 * 900_000;
  const { bars, provisional } = frameAsOf(stock, '1W', { asOf, from: 0, limit: 1 })!;
  const monday = days.length - 1;
  assert.equal(provisional, true);
  assert.equal(bars.time[0], days.time[monday]);
  assert.equal(bars.volume[0], days.volume[monday]! + fine.volume[0]! + fine.volume[1]!);
  assert.equal(bars.high[0], Math.max(days.high[monday]!, fine.high[0]!, fine.high[1]!));
  assert.equal(bars.close[0], fine.close[1]);
});

test('where a 15-minute bar is missing or still running, finer bars of that time stand in for it', () => {
  const session = calendar.session('2025-06-02')!;
  const coarse = madeSeries('15m', '2025-06-02', '2025-06-02', { seed: 6 });
  const fine = madeSeries('5m', '2025-06-02', '2025-06-02', { seed: 7 });
  const hole = stockOf([
    ['15m', coarse],
    ['5m', fine],
  ]);
  const asOf = session.open + 40 * 60_000;
  const { bars } = frameAsOf(hole, '1H', { asOf, from: 0, limit: 1 })!;
  // 09:30 and 09:45 from 15m; 10:00 and 10:05 from 5m.
  assert.equal(bars.volume[0], coarse.volume[0]! + coarse.volume[1]! + fine.volume[6]! + fine.volume[7]!);
  assert.equal(bars.close[0], fine.close[7]);
});

test('missing bars are absent: an hour without a trade is no bar', () => {
  const fine = madeSeries('15m', '2025-06-02', '2025-06-02', { seed: 8 });
  const open = calendar.session('2025-06-02')!.open;
  const kept = new StockBars(sessions);
  kept.upsert('15m', slice(fine, 0, 4));
  kept.upsert('15m', slice(fine, 12, 14));
  const { series, count } = kept.closed('1H', FOREVER);
  assert.deepEqual([...series.time.subarray(0, count)], [open, open + 3 * 3_600_000]);
});

test('frames kept up to date bar by bar, in any order, equal frames built at once', () => {
  const random = randomOf(9);
  const fine = madeSeries('15m', '2025-06-23', '2025-07-11', { seed: 10, missing: 0.1 });
  const days = madeSeries('1D', '2025-06-02', '2025-07-03', { seed: 11 });
  const whole = stockOf([
    ['15m', fine],
    ['1D', days],
  ]);
  const grown = new StockBars(sessions);
  const pieces = [
    ...Array.from({ length: fine.length }, (_, at) => ['15m', slice(fine, at, at + 1)] as const),
    ...Array.from({ length: days.length }, (_, at) => ['1D', slice(days, at, at + 1)] as const),
  ].sort((a, b) => a[1].time[0]! - b[1].time[0]! + (random() < 0.2 ? 1e9 * (random() - 0.5) : 0));
  for (const [timeframe, bars] of pieces) {
    grown.upsert(timeframe, bars);
    if (random() < 0.3) for (const name of ['1H', '4H', '1D', '1W'] as const) grown.closed(name, FOREVER);
  }
  for (const name of ['1H', '4H', '1D', '1W'] as const) {
    const expected = whole.closed(name, FOREVER);
    const actual = grown.closed(name, FOREVER);
    assert.ok(expected.count > 0);
    assert.deepEqual(rows(actual.series, actual.count), rows(expected.series, expected.count), name);
  }
});
