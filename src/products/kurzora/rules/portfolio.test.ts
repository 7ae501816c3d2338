import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { barsOf } from '#quant/bars.ts';
import { type PaperTrade, profitOf, summaryOf, tradesAt } from './portfolio.ts';
import { exitOf } from './portfolio-exits.ts';
import { curveMetrics, exposureOf, tradeMetrics } from './portfolio-metrics.ts';
import { brokenRules, type Order, sizeFor } from './portfolio-risk.ts';

const DAY = 86_400_000;
const trade = (over: Partial<PaperTrade>): PaperTrade => ({
  ...{ ticker: 'T', sector: null, direction: 1, quantity: 10, entry: 100, stop: null },
  ...{ openedAt: 0, closedAt: null, price: 100 },
  ...over,
});
const closed = (entry: number, exit: number, quantity = 10, days = 1) =>
  trade({ entry, price: exit, quantity, closedAt: days * DAY });

test('the example of the specification: 10,000, one open, three closed', () => {
  const summary = summaryOf(10_000, [trade({ price: 110 }), closed(50, 60, 20), closed(50, 45), closed(50, 50)]);
  assert.deepEqual(
    [summary.totalPnl, summary.totalValue, summary.cash, summary.totalReturnPercent, summary.winRate],
    [250, 10_250, 9_150, 2.5, 33.33],
  );
  assert.equal(summary.averageReturn, 3.3333);
});

test('sums always balance: value is cash and what is held, and start and profit', () => {
  const price = fc.integer({ min: 1, max: 10_000_000 }).map((n) => n / 10_000);
  const any = fc.record({
    direction: fc.constantFrom(1 as const, -1 as const),
    quantity: fc.integer({ min: 1, max: 1000 }),
    ...{ entry: price, price },
    openedAt: fc.integer({ min: 0, max: 100 }),
    closedAt: fc.option(fc.integer({ min: 0, max: 100 })),
  });
  fc.assert(
    fc.property(fc.array(any), fc.integer({ min: 0, max: 100 }), (list, moment) => {
      const trades = tradesAt(list.map(trade), moment, ({ entry }) => entry);
      const sums = summaryOf(10_000, trades);
      const cents = (value: number) => Math.round(value * 100);
      assert.equal(cents(sums.totalValue), cents(sums.cash) + cents(sums.marketValue));
      assert.equal(cents(sums.totalValue), 1_000_000 + cents(sums.realizedPnl) + cents(sums.unrealizedPnl));
      assert.equal(sums.openTrades + sums.closedTrades, trades.length);
      assert.equal(sums.unrealizedPnl, 0, 'open trades stand at their entry here');
    }),
  );
});

test('the example of the specification: 2 % of 10,000 at a stop 5 below 100 is 40 shares, and the cap leaves 20', () => {
  const account = { equity: 10_000, riskPercent: 2 };
  assert.equal(sizeFor({ entry: 100, stop: 95 }, account), 20);
  assert.equal(sizeFor({ entry: 100, stop: 80 }, account), 10);
  assert.equal(sizeFor({ entry: 20, stop: null }, account), 5, 'without a stop one percent of the account');
  assert.equal(sizeFor({ entry: 9_000, stop: 8_000 }, account), 1, 'never less than one');
});

const order = (over: Partial<Order>): Order => ({
  ...{ ticker: 'T', sector: 'Energy', quantity: 10, entry: 100, stop: 95, target: 110 },
  ...{ riskPercent: null, averageVolume: 1e6 },
  ...over,
});
const rules = (over: Partial<Order>, account: Parameters<typeof brokenRules>[1]) =>
  brokenRules(order(over), account).map(({ rule }) => rule);
const FRESH = { cash: 10_000, equity: 10_000, open: [] };

test('an order at every limit goes ahead, and a cent or share beyond it breaks that rule', () => {
  assert.deepEqual(rules({ quantity: 20 }, FRESH), []);
  assert.deepEqual(rules({ quantity: 21 }, FRESH), ['position_size']);
  assert.deepEqual(rules({ quantity: 20 }, { ...FRESH, cash: 1_999.99 }), ['cash']);
  assert.deepEqual(rules({ quantity: 20, stop: 50 }, FRESH), []);
  assert.deepEqual(rules({ quantity: 20, stop: 49.9 }, FRESH), ['risk_per_trade', 'portfolio_at_risk']);
  assert.deepEqual(rules({ averageVolume: 499_999 }, FRESH), ['liquidity']);
  assert.deepEqual(rules({ averageVolume: null }, FRESH), []);
  assert.deepEqual(rules({ riskPercent: 10.5 }, FRESH), ['risk_per_trade']);
  assert.deepEqual(rules({ stop: 100 }, FRESH), ['stop_loss']);
  assert.deepEqual(rules({ target: 100 }, FRESH), ['take_profit']);
});

test('what is held already counts: of the ticker, the sector, and at risk', () => {
  const held = (over: Partial<PaperTrade>) => ({
    ...{ cash: 9_000, equity: 10_000 },
    open: [trade({ ticker: 'T', sector: 'Energy', quantity: 15, stop: 99, ...over })],
  });
  assert.deepEqual(rules({}, held({})), ['position_size']);
  assert.deepEqual(rules({ quantity: 20 }, held({ ticker: 'U' })), ['sector_exposure']);
  assert.deepEqual(rules({ quantity: 20 }, held({ ticker: 'U', sector: 'Other' })), []);
  assert.deepEqual(rules({}, held({ ticker: 'U', sector: 'Other', stop: 36 })), ['portfolio_at_risk']);
  assert.deepEqual(
    rules({}, held({ ticker: 'U', sector: 'Other', stop: 120 })),
    [],
    'a stop above the entry risks nothing',
  );
});

test('every broken rule is told with its limit and the order’s figure', () => {
  const broken = brokenRules(order({ quantity: 100, averageVolume: 10, stop: null }), FRESH);
  assert.deepEqual(
    broken.map(({ rule, limit, actual }) => [rule, limit, actual]),
    [
      ['risk_per_trade', 10, 100],
      ['position_size', 20, 100],
      ['sector_exposure', 30, 100],
      ['portfolio_at_risk', 10, 100],
      ['liquidity', 500_000, 10],
    ],
  );
});

test('trade metrics: win rate, profit factor, extremes, holding time', () => {
  const metrics = tradeMetrics([closed(50, 60, 20, 1), closed(50, 45, 10, 3), closed(50, 50, 10, 2)]);
  assert.deepEqual(metrics, {
    ...{
      trades: 3,
      winRate: 33.33,
      profitFactor: 4,
      grossProfit: 200,
      grossLoss: 50,
      averageWin: 200,
      averageLoss: -50,
    },
    ...{ largestWin: 200, largestLoss: -50, averageReturn: 3.3333, expectancy: 50, averageHoldingDays: 2 },
  });
  assert.equal(tradeMetrics([closed(50, 60)]).profitFactor, 0, 'without a loss');
  assert.deepEqual([tradeMetrics([]).winRate, tradeMetrics([]).averageReturn], [0, 0]);
});

test('curve metrics, worked out by hand', () => {
  const metrics = curveMetrics([100, 110, 99, 108.9]);
  // Returns 0.1, -0.1, 0.1: mean 0.03333, sample deviation 0.11547; 2 % a year is 0.00007937 a day.
  assert.equal(metrics.totalReturn, 8.9);
  assert.equal(metrics.maxDrawdown, 10);
  assert.equal(metrics.currentDrawdown, 1);
  assert.equal(metrics.volatility, Math.round(0.11547005383792518 * Math.sqrt(252) * 1e6) / 1e4);
  assert.ok(Math.abs(metrics.sharpe! - ((1 / 30 - 0.02 / 252) / 0.11547005383792518) * Math.sqrt(252)) < 1e-4);
  const downside = (0.1 + 0.02 / 252) / Math.sqrt(3);
  assert.ok(Math.abs(metrics.sortino! - ((1 / 30 - 0.02 / 252) / downside) * Math.sqrt(252)) < 1e-4);
});

test('too short or flat a curve has no ratio rather than an invented one', () => {
  for (const values of [[], [100], [100, 101], [100, 100, 100]]) assert.equal(curveMetrics(values).sharpe, null);
  assert.equal(curveMetrics([100, 101, 102]).sortino, null, 'no losing day');
});

test('exposure: by sector, greatest first, of the account’s value', () => {
  const open = [
    trade({ ticker: 'A', sector: 'X' }),
    trade({ ticker: 'B', sector: 'Y', price: 200 }),
    trade({ ticker: 'B' }),
  ];
  assert.deepEqual(exposureOf(open, 10_000), {
    invested: 40,
    bySector: [
      { sector: 'Y', percent: 20 },
      { sector: 'Unknown', percent: 10 },
      { sector: 'X', percent: 10 },
    ],
    largestPosition: { ticker: 'B', percent: 30 },
  });
});

const bar = (time: number, low: number, high: number) => ({ time, low, high, open: low, close: high, volume: 1 });
const long = { direction: 1, stop: 95, target: 110, since: 10 } as const;

test('the first bar that reaches a level closes at the level, the stop when it reached both', () => {
  assert.equal(exitOf(long, barsOf([bar(10, 96, 109), bar(11, 95.01, 109.99)])), null);
  assert.deepEqual(exitOf(long, barsOf([bar(10, 95, 100)])), { reason: 'stop_loss', price: 95, time: 10 });
  assert.deepEqual(exitOf(long, barsOf([bar(10, 96, 110)])), { reason: 'take_profit', price: 110, time: 10 });
  assert.equal(exitOf(long, barsOf([bar(10, 90, 120)]))?.reason, 'stop_loss');
  assert.deepEqual(exitOf(long, barsOf([bar(10, 80, 90)]))?.price, 95, 'also where it opened beyond');
  assert.equal(
    exitOf(long, barsOf([bar(9, 90, 120), bar(12, 96, 111)]))?.time,
    12,
    'bars before the levels say nothing',
  );
});

test('a sale is closed by the mirrored bars, and a trade without levels by none', () => {
  const short = { direction: -1, stop: 105, target: 90, since: 0 } as const;
  assert.equal(exitOf(short, barsOf([bar(1, 91, 105)]))?.reason, 'stop_loss');
  assert.equal(exitOf(short, barsOf([bar(1, 90, 104)]))?.reason, 'take_profit');
  assert.equal(exitOf({ direction: 1, stop: null, target: null, since: 0 }, barsOf([bar(1, 1, 1e6)])), null);
  assert.equal(exitOf({ ...long, stop: 105 }, barsOf([bar(10, 104, 106)]))?.price, 105, 'a stop drawn above the entry');
});

test('half a cent rounds as the database rounds it: 450 shares of 2.1099 dollars are 949.455, and become 949.46', () => {
  const trade = {
    ticker: 'T',
    sector: null,
    direction: 1,
    quantity: 450,
    stop: null,
    openedAt: 0,
    closedAt: 1,
  } as const;
  assert.equal(profitOf({ ...trade, entry: 6168.8549, price: 6170.9648 }), 949.46);
  assert.equal(profitOf({ ...trade, direction: -1, entry: 6168.8549, price: 6170.9648 }), -949.46);
});
