import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nyseCalendar } from '../calendar/exchange-calendar.ts';
import {
  barsOfAggregates,
  barsOfGroupedDaily,
  companiesOf,
  previousCloseOf,
  quotesOf,
  rankedByTurnover,
} from './responses.ts';

const calendar = nyseCalendar();
const anyTime = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** Collects the reasons for which rows were dropped. */
function drops(): { reasons: string[]; drop: (reason: string) => void } {
  const reasons: string[] = [];
  return { reasons, drop: (reason) => reasons.push(reason) };
}

/** The example of Polygon's documentation of aggregates. */
const DAILY = [
  { c: 75.0875, h: 75.15, l: 73.7975, n: 1, o: 74.06, t: 1577941200000, v: 135647456, vw: 74.6099 },
  { c: 74.3575, h: 75.145, l: 74.125, n: 1, o: 74.2875, t: 1578027600000, v: 146535512, vw: 74.7026 },
];
/** The example of its documentation of the snapshot. */
const SNAPSHOT = {
  day: { c: 20.506, h: 20.64, l: 20.506, o: 20.64, v: 37216, vw: 20.616 },
  lastQuote: { P: 20.6, S: 22, p: 20.5, s: 13, t: 1605192959994246100 },
  lastTrade: { c: [14, 41], i: '71675577320245', p: 20.506, s: 2416, t: 1605192894630916600, x: 4 },
  min: { av: 37216, c: 20.506, h: 20.506, l: 20.506, n: 1, o: 20.506, t: 1684428600000, v: 5000, vw: 20.5105 },
  prevDay: { c: 20.63, h: 21, l: 20.5, o: 20.79, v: 292738, vw: 20.6939 },
  ticker: 'BCAT',
  todaysChange: -0.124,
  updated: 1605192894630916600,
};

test('a daily bar stamped with midnight in New York becomes the bar of that session', () => {
  const { reasons, drop } = drops();
  const bars = barsOfAggregates(DAILY.toReversed(), '1D', anyTime, calendar, drop);
  assert.deepEqual(bars, [
    {
      time: calendar.session('2020-01-02')!.open,
      open: 74.06,
      high: 75.15,
      low: 73.7975,
      close: 75.0875,
      volume: 135647456,
    },
    {
      time: calendar.session('2020-01-03')!.open,
      open: 74.2875,
      high: 75.145,
      low: 74.125,
      close: 74.3575,
      volume: 146535512,
    },
  ]);
  assert.deepEqual(reasons, []);
});

const open = calendar.session('2026-11-27')!.open;
const row = (changes: Record<string, unknown> = {}) => ({ t: open, o: 10, h: 12, l: 9, c: 11, v: 500, ...changes });

const refused: [what: string, row: unknown, reason: string][] = [
  ['a row without volume', { t: open, o: 10, h: 12, l: 9, c: 11 }, 'incomplete row'],
  ['a price in words', row({ c: '11' }), 'incomplete row'],
  ['a row that is null', null, 'incomplete row'],
  ['a high below the close', row({ h: 10.5 }), 'breaks 0 < low <= open, close <= high'],
  ['a low above the open', row({ l: 10.5 }), 'breaks 0 < low <= open, close <= high'],
  ['a price of zero', row({ l: 0 }), 'breaks 0 < low <= open, close <= high'],
  ['a negative volume', row({ v: -1 }), 'breaks 0 < low <= open, close <= high'],
  ['a bar before the open', row({ t: open - 900_000 }), 'outside session'],
  ['a bar after an early close', row({ t: open + 14 * 900_000 }), 'outside session'],
  ['a bar on a holiday', row({ t: open - 86_400_000 }), 'outside session'],
  ['a bar that starts between the marks', row({ t: open + 60_000 }), 'off the bar grid'],
];
for (const [what, value, reason] of refused)
  test(`${what} is dropped and counted as "${reason}"`, () => {
    const { reasons, drop } = drops();
    assert.deepEqual(barsOfAggregates([value], '15m', anyTime, calendar, drop), []);
    assert.deepEqual(reasons, [reason]);
  });

test('a time that comes twice, as where two pages overlap, is kept once', () => {
  const { reasons, drop } = drops();
  const bars = barsOfAggregates([row(), row({ t: open + 900_000 }), row()], '15m', anyTime, calendar, drop);
  assert.deepEqual(
    bars.map(({ time }) => time),
    [open, open + 900_000],
  );
  assert.deepEqual(reasons, ['repeated time']);
});

test('a bar that has not closed at the end of the range is left out, one that has is kept', () => {
  const { reasons, drop } = drops();
  const until = (to: number) => barsOfAggregates([row()], '15m', { from: open, to }, calendar, drop).length;
  assert.equal(until(open + 899_999), 0);
  assert.equal(until(open + 900_000), 1);
  assert.deepEqual(reasons, ['not closed yet']);
});

test('grouped daily rows are bars of the session that was asked for, by ticker', () => {
  const { reasons, drop } = drops();
  const rows = [
    { T: 'KIMpL', c: 25.9102, h: 26.25, l: 25.91, n: 74, o: 26.07, t: 1602705600000, v: 4369, vw: 26.0407 },
    { T: 'TANH', c: 23.4, h: 24.763, l: 22.65, n: 1096, o: 24.5, t: 1602705600000, v: 25933.6, vw: 23.493 },
    { T: 'BAD', c: 23.4 },
    { c: 1, h: 1, l: 1, o: 1, v: 1 },
  ];
  const bars = barsOfGroupedDaily(rows, 42, drop);
  assert.deepEqual([...bars.keys()], ['KIMpL', 'TANH']);
  assert.deepEqual(bars.get('TANH'), { time: 42, open: 24.5, high: 24.763, low: 22.65, close: 23.4, volume: 25933.6 });
  assert.deepEqual(reasons, ['incomplete row']);
});

test('an answer without results is an answer without bars', () => {
  const { drop } = drops();
  for (const nothing of [undefined, null, {}, 'results']) {
    assert.equal(barsOfGroupedDaily(nothing, 0, drop).size, 0);
    assert.deepEqual(quotesOf(nothing), []);
    assert.deepEqual(companiesOf(nothing), []);
    assert.equal(previousCloseOf('AAPL', nothing, calendar), null);
  }
});

test('the price of a snapshot is the last trade, else the last minute, else the day', () => {
  assert.deepEqual(quotesOf([SNAPSHOT]), [{ symbol: 'BCAT', price: 20.506, time: 1605192894630 }]);
  const untraded = { ...SNAPSHOT, lastTrade: undefined };
  assert.deepEqual(quotesOf([untraded]), [{ symbol: 'BCAT', price: 20.506, time: 1684428600000 }]);
  const beforeTheOpen = { ...SNAPSHOT, lastTrade: {}, min: { c: 0, t: 0 } };
  assert.deepEqual(quotesOf([beforeTheOpen]), [{ symbol: 'BCAT', price: 20.506, time: 1605192894630 }]);
  assert.deepEqual(quotesOf([{ ticker: 'NEW', day: { c: 0 }, updated: 0 }, { lastTrade: { p: 1, t: 1e18 } }]), []);
});

test('the previous close counts from the close of its session', () => {
  const quote = previousCloseOf(
    'AAPL',
    [{ T: 'AAPL', c: 115.97, h: 117.59, l: 114.13, o: 115.55, t: 1605042000000, v: 131704427 }],
    calendar,
  );
  assert.deepEqual(quote, { symbol: 'AAPL', price: 115.97, time: calendar.session('2020-11-10')!.close });
});

test('stocks are ranked by the dollars that changed hands, then by ticker', () => {
  const companies = companiesOf([
    { ticker: 'B', name: 'Beta', active: true },
    { ticker: 'A', name: '' },
    { ticker: 'C', name: 'Gamma' },
    { ticker: 'GONE', name: 'Gone', active: false },
    { name: 'no ticker' },
  ]);
  const bar = { time: 0, open: 1, high: 1, low: 1 };
  const ranked = rankedByTurnover(companies, new Map([['C', { ...bar, close: 2, volume: 100 }]]));
  assert.deepEqual(
    ranked.map(({ ticker, companyName, priority }) => [ticker, companyName, priority]),
    [
      ['C', 'Gamma', 1],
      ['A', null, 2],
      ['B', 'Beta', 3],
    ],
  );
});
