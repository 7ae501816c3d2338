import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Series, slice } from '../store/series.ts';
import { calendar, madeSeries, sessions, stockOf } from './made-bars.ts';
import type { StockBars } from './stock-bars.ts';
import { endOf, type StoredTimeframe } from './timeframes.ts';
import { stockWindow, WindowMemory } from './window.ts';

const TIMEFRAMES = ['1H', '4H', '1D', '1W'] as const;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Spring and autumn changes of clocks, early closes (2025-07-03, 2025-11-28, 2025-12-24), holidays. */
const FROM = '2025-02-03';
const TO = '2025-12-31';

function universe(): Map<StoredTimeframe, Series>[] {
  const of = (list: [StoredTimeframe, number, string, string][]) =>
    new Map(
      list.map(([timeframe, missing, from, to], seed) => [
        timeframe,
        madeSeries(timeframe, from, to, { seed, missing }),
      ]),
    );
  return [
    of([['1D', 0.02, FROM, TO]]),
    of([['15m', 0.05, FROM, TO]]),
    of([
      ['1D', 0, FROM, '2025-11-20'],
      ['15m', 0.3, '2025-03-03', TO],
    ]),
    of([
      ['1D', 0.1, FROM, TO],
      ['15m', 0.2, '2025-03-03', TO],
      ['5m', 0.1, '2025-06-02', '2025-11-28'],
      ['1m', 0.5, '2025-10-01', TO],
    ]),
    of([
      ['1H', 0.1, FROM, TO],
      ['1D', 0, FROM, TO],
    ]),
    of([
      ['4H', 0.1, FROM, TO],
      ['5m', 0.2, '2025-11-24', TO],
    ]),
  ];
}

/** What the store would hold had it stopped at `asOf`: only bars that had closed. */
function truncated(stored: Map<StoredTimeframe, Series>, asOf: number): StockBars {
  return stockOf(
    [...stored].map(([timeframe, series]) => {
      let count = 0;
      while (count < series.length && endOf(sessions, timeframe, series.time[count]!) <= asOf) count += 1;
      return [timeframe, Object.assign(new Series(1), slice(series, 0, count))] as const;
    }),
  );
}

const from = calendar.session(FROM)!.open;
const to = calendar.session(TO)!.close;
/** Any moment, and often one just before, at or after an edge of a session or a bar. */
const moment = fc.oneof(
  fc.integer({ min: from - DAY, max: to + 10 * DAY }),
  fc
    .tuple(
      fc.nat({ max: calendar.between(FROM, TO).length - 1 }),
      fc.integer({ min: -2, max: 27 }),
      fc.constantFrom(-1, 0, 1, 60_000),
    )
    .map(([day, quarter, shift]) => calendar.between(FROM, TO)[day]!.open + quarter * 900_000 + shift),
  fc.constantFrom(
    ...['2025-03-10', '2025-07-03', '2025-11-03', '2025-11-28', '2025-12-24'].flatMap((date) => {
      const { open, close } = calendar.session(date)!;
      return [open, open + 1, open + 47 * 60_000, close - 1, close, close + HOUR, close + 3 * DAY];
    }),
  ),
);

test('a window as of a moment is the same whether or not the store knows what came later', () => {
  const stocks = universe();
  const full = stocks.map(stockOf);
  fc.assert(
    fc.property(fc.nat({ max: stocks.length - 1 }), moment, (index, asOf) => {
      const request = { asOf, timeframes: TIMEFRAMES };
      const expected = stockWindow('X', truncated(stocks[index]!, asOf), sessions, request);
      assert.deepEqual(stockWindow('X', full[index]!, sessions, request), expected);
    }),
    { numRuns: 600 },
  );
});

test('every frame ends with the price, holds at most its limit, and reaches back no further than its days', () => {
  const stocks = universe().map(stockOf);
  let priced = 0;
  fc.assert(
    fc.property(fc.nat({ max: stocks.length - 1 }), moment, fc.integer({ min: 1, max: 60 }), (index, asOf, limit) => {
      const window = stockWindow('X', stocks[index]!, sessions, {
        asOf,
        timeframes: TIMEFRAMES,
        days: 90,
        intradayLimit: limit,
      });
      if (!window) return;
      for (const frame of Object.values(window.frames)) {
        const { bars } = frame;
        const last = bars.length - 1;
        assert.ok(bars.length > 0 && bars.time[0]! >= asOf - 90 * DAY && bars.time[last]! <= asOf);
        if (frame.timeframe !== '1D') assert.ok(bars.length <= limit);
        assert.equal(frame.provisional, endOf(sessions, frame.timeframe, bars.time[last]!) > asOf);
        for (let at = 0; at < bars.length; at++)
          assert.ok(
            bars.low[at]! <= Math.min(bars.open[at]!, bars.close[at]!) &&
              bars.high[at]! >= Math.max(bars.open[at]!, bars.close[at]!),
          );
        if (!window.price) continue;
        priced += 1;
        assert.equal(bars.close[last], window.price.value);
        assert.ok(window.price.time <= asOf);
      }
    }),
    { numRuns: 600 },
  );
  assert.ok(priced > 500);
});

test('a stock with daily bars alone has frames of days and weeks, and the running week says so', () => {
  const stock = stockOf([['1D', madeSeries('1D', '2022-01-03', '2022-06-15', { seed: 1 })]]);
  const window = stockWindow('X', stock, sessions, {
    asOf: calendar.session('2022-06-15')!.close,
    timeframes: TIMEFRAMES,
  })!;
  assert.deepEqual(Object.keys(window.frames), ['1D', '1W']);
  assert.equal(window.frames['1D']!.provisional, false);
  assert.equal(window.frames['1W']!.provisional, true);
});

test('the price is null after seven days without a bar, and there is no window before the first bar', () => {
  const days = madeSeries('1D', '2022-01-03', '2022-06-15', { seed: 1 });
  const stock = stockOf([['1D', days]]);
  const close = calendar.session('2022-06-15')!.close;
  const price = (asOf: number) => stockWindow('X', stock, sessions, { asOf, timeframes: ['1D'] })?.price;
  assert.deepEqual(price(close + 7 * DAY), { value: days.close[days.length - 1], time: close, timeframe: '1D' });
  assert.equal(price(close + 7 * DAY + 1), null);
  assert.equal(
    stockWindow('X', stock, sessions, { asOf: calendar.session('2022-01-03')!.close - 1, timeframes: ['1D'] }),
    null,
  );
});

test('the previous close is that of the trading day before, across a weekend and within a running day', () => {
  const days = madeSeries('1D', '2025-06-02', '2025-06-06', { seed: 2 });
  const fine = madeSeries('15m', '2025-06-02', '2025-06-09', { seed: 3 });
  const stock = stockOf([
    ['1D', days],
    ['15m', fine],
  ]);
  const monday = calendar.session('2025-06-09')!;
  const window = stockWindow('X', stock, sessions, { asOf: monday.open + HOUR, timeframes: ['1D'] })!;
  assert.equal(window.previousClose, days.close[4]);
  const saturday = stockWindow('X', stock, sessions, { asOf: monday.open - 40 * HOUR, timeframes: ['1D'] })!;
  assert.equal(saturday.previousClose, days.close[3]);
});

test('hours that stopped days before the daily bars are left out: no bar is invented from the price', () => {
  const stock = stockOf([
    ['1D', madeSeries('1D', '2025-05-01', '2025-06-06', { seed: 4 })],
    ['15m', madeSeries('15m', '2025-05-01', '2025-06-04', { seed: 5 })],
  ]);
  const window = stockWindow('X', stock, sessions, {
    asOf: calendar.session('2025-06-06')!.close,
    timeframes: TIMEFRAMES,
  })!;
  assert.deepEqual(Object.keys(window.frames), ['1D', '1W']);
  const midweek = stockWindow('X', stock, sessions, {
    asOf: calendar.session('2025-06-04')!.close,
    timeframes: TIMEFRAMES,
  })!;
  assert.deepEqual(Object.keys(midweek.frames), [...TIMEFRAMES]);
});

test('a window is a copy: changing it changes nothing in the store', () => {
  const stock = stockOf([['1D', madeSeries('1D', '2025-05-01', '2025-06-06', { seed: 6 })]]);
  const request = { asOf: to, timeframes: ['1D'] as const };
  const first = stockWindow('X', stock, sessions, request)!.frames['1D']!.bars;
  first.close.fill(0);
  assert.ok(stockWindow('X', stock, sessions, request)!.frames['1D']!.bars.close.every((close) => close > 0));
});

test('a window cut into memory that held another one equals a window in fresh memory', () => {
  const stocks = universe().map(stockOf);
  const memory = new WindowMemory();
  const plain = (window: ReturnType<typeof stockWindow>) =>
    window && {
      ...window,
      frames: Object.values(window.frames).map(({ bars, ...frame }) => ({
        ...frame,
        bars: slice(bars, 0, bars.length),
      })),
    };
  fc.assert(
    fc.property(fc.nat({ max: stocks.length - 1 }), moment, (index, asOf) => {
      const request = { asOf, timeframes: TIMEFRAMES };
      const expected = stockWindow('X', stocks[index]!, sessions, request);
      const actual = stockWindow('X', stocks[index]!, sessions, { ...request, memory });
      assert.deepEqual(plain(actual), plain(expected));
    }),
    { numRuns: 300 },
  );
});
