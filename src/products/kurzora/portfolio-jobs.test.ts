/** Marks, exits and snapshots from imported bars: restarts, corrections, repeats. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordSnapshots } from './record-snapshots.ts';
import { settleTrades } from './settle-trades.ts';
import { testCustomer } from './test-customer.ts';
import { type TestMarket, testMarket } from './test-market.ts';

const HEAD = 'symbol,date,open,high,low,close,volume\n';
const FIRST = `${HEAD}AAA,2022-06-06,100,101,99,100,1000000
AAA,2022-06-07,100,104,99,103,1000000
SPY,2022-06-06,400,401,399,400,1000000
SPY,2022-06-07,400,409,399,408,1000000`;
/** On the 9th one bar reaches both the stop at 95 and the target at 110. */
const LATER = `${HEAD}AAA,2022-06-08,103,106,101,105,1000000
AAA,2022-06-09,105,111,94,96,1000000
AAA,2022-06-10,96,130,96,129,1000000
SPY,2022-06-08,400,410,399,404,1000000
SPY,2022-06-09,400,410,399,404,1000000
SPY,2022-06-10,400,410,399,400,1000000`;
const close = (date: string) => Date.parse(`${date}T20:00:00Z`);

async function bring(market: TestMarket, name: string, text: string): Promise<void> {
  const path = join(market.project.dataFolder, name);
  writeFileSync(path, text);
  await market.marketData.importFile(path, {});
}

async function trade(market: TestMarket, userId: string, over: Record<string, unknown> = {}): Promise<string> {
  const row = { stop_loss: 95, take_profit: 110, levels_as_of: new Date(close('2022-06-07')), ...over };
  const [{ id }] = (await market.db.sql<{ id: string }>(
    `insert into public.paper_trades (user_id, ticker, quantity, entry_price, opened_at, stop_loss, take_profit, levels_as_of)
     values ($1, 'AAA', 10, 100, $4, $2, $3, $4) returning id`,
    [userId, row.stop_loss, row.take_profit, row.levels_as_of],
  )) as [{ id: string }];
  return id;
}

const read = async (market: TestMarket, id: string) =>
  (
    await market.db.sql(
      `select is_open, exit_reason, current_price::float8 as price, profit_loss::float8 as profit, closed_at from public.paper_trades where id = $1`,
      [id],
    )
  )[0]!;

test('open trades are marked at the last close, and closed at the level that a later bar reached, stop first', async () => {
  await using market = await testMarket({ 'first.csv': FIRST }, () => close('2022-06-10'));
  const { id: user } = await testCustomer(market.db);
  const [both, target, free] = [
    await trade(market, user),
    await trade(market, user, { stop_loss: 90, take_profit: 120 }),
    await trade(market, user, { stop_loss: null, take_profit: null }),
  ];
  assert.deepEqual(await settleTrades(market.project, market.marketData, close('2022-06-07')), {
    marked: 3,
    closed: 0,
  });
  assert.deepEqual(await read(market, both), {
    is_open: true,
    exit_reason: null,
    price: 103,
    profit: 30,
    closed_at: null,
  });
  assert.deepEqual(
    await settleTrades(market.project, market.marketData, close('2022-06-07')),
    { marked: 0, closed: 0 },
    'nothing moves twice',
  );
  await bring(market, 'later.csv', LATER);
  assert.deepEqual(await settleTrades(market.project, market.marketData, close('2022-06-10')), {
    marked: 1,
    closed: 2,
  });
  const closed = { is_open: false, exit_reason: 'stop_loss', price: 95, profit: -50 };
  assert.deepEqual(await read(market, both), { ...closed, closed_at: new Date('2022-06-09T13:30:00Z') });
  const won = { is_open: false, exit_reason: 'take_profit', price: 120, profit: 200 };
  assert.deepEqual(await read(market, target), { ...won, closed_at: new Date('2022-06-10T13:30:00Z') });
  assert.deepEqual([(await read(market, free))['price'], (await read(market, free))['is_open']], [129, true]);
  const [{ balance }] = (await market.db.sql<{ balance: number }>(
    'select balance::float8 from public.user_portfolio',
  )) as [{ balance: number }];
  const told = await market.db.sql('select title, body from public.notifications order by title');
  assert.deepEqual(told, [
    { title: 'AAA: stop loss hit at 95.00', body: '10 shares, -50.00' },
    { title: 'AAA: target reached at 120.00', body: '10 shares, +200.00' },
  ]);
  assert.equal(balance, 10_000 - 50 + 200 - 1_000, 'start, what was realised, less what the open one cost');
});

test('a level that was moved looks at bars from then on, and one set after the last stored bar at all that come', async () => {
  await using market = await testMarket({ 'first.csv': FIRST, 'later.csv': LATER }, () => close('2022-06-10'));
  const { id: user, identity } = await testCustomer(market.db);
  const id = await trade(market, user);
  await market.db.database.as(identity, (session) =>
    session.execute('update public.paper_trades set stop_loss = 100, take_profit = 140 where id = $1', [id]),
  );
  await settleTrades(market.project, market.marketData, close('2022-06-10'));
  assert.deepEqual([(await read(market, id))['is_open'], (await read(market, id))['price']], [true, 129]);
  await bring(market, 'last.csv', `${HEAD}AAA,2022-06-13,129,131,99,101,1000000`);
  await settleTrades(market.project, market.marketData, close('2022-06-13'));
  assert.deepEqual([(await read(market, id))['exit_reason'], (await read(market, id))['price']], ['stop_loss', 100]);
});

const snapshots = (market: TestMarket) =>
  market.db.sql(
    `select to_char(snapshot_date, 'YYYY-MM-DD') as date, total_value::float8 as value, cash_balance::float8 as cash,
            daily_change::float8 as change, vs_sp500::float8 as difference
     from public.portfolio_snapshots order by snapshot_date`,
  );

test('a close is recorded once however often; days that were missed are made up for; a corrected bar moves its day', async () => {
  await using market = await testMarket({ 'first.csv': FIRST }, () => close('2022-06-10'));
  const { id: user } = await testCustomer(market.db);
  await trade(market, user, { stop_loss: 50, take_profit: 200 });
  const first = [{ date: '2022-06-07', value: 10_030, cash: 9_000, change: null, difference: 0 }];
  for (let repeat = 0; repeat < 2; repeat++) {
    await recordSnapshots(market.project, market.marketData, close('2022-06-07'));
    assert.deepEqual(await snapshots(market), first);
  }
  await bring(market, 'later.csv', LATER);
  assert.deepEqual(await recordSnapshots(market.project, market.marketData, close('2022-06-10')), {
    users: 1,
    snapshots: 4,
  });
  const days = await snapshots(market);
  assert.deepEqual(
    days.map(({ date, value, change }) => [date, value, change]),
    [
      ['2022-06-07', 10_030, null],
      ['2022-06-08', 10_050, 20],
      ['2022-06-09', 9_960, -90],
      ['2022-06-10', 10_290, 330],
    ],
  );
  // From 10,030 and 408 on: up 2.5922 % and down 1.9608 %.
  assert.ok(Math.abs((days[3]!['difference'] as number) - (10_290 / 10_030 - 400 / 408) * 100) < 1e-4);
  await bring(market, 'corrected.csv', `${HEAD}AAA,2022-06-08,103,106,101,104,1000000`);
  await recordSnapshots(market.project, market.marketData, close('2022-06-10'));
  assert.deepEqual(
    (await snapshots(market)).map(({ value, change }) => [value, change]),
    [
      [10_030, null],
      [10_040, 10],
      [9_960, -80],
      [10_290, 330],
    ],
  );
});

test('visitors read stored daily bars as the backtest page asks for them, of the best source that has them', async () => {
  await using market = await testMarket({ 'first.csv': FIRST, 'later.csv': LATER }, () => close('2022-06-10'));
  const rows = await market.db.database.asAnon((session) =>
    session.query(
      `select p.*, p.trade_date::text as trade_date from public.backtest_historical_prices p
       where ticker = 'AAA' and trade_date >= '2022-06-07' and trade_date <= '2022-06-08' order by p.trade_date`,
    ),
  );
  const of = (trade_date: string, prices: [number, number, number, number]) => {
    const [open_price, high_price, low_price, close_price] = prices;
    const figures = { open_price, high_price, low_price, close_price, adjusted_close: close_price, volume: 1_000_000 };
    return { ticker: 'AAA', trade_date, ...figures, data_source: 'files' };
  };
  assert.deepEqual(rows, [of('2022-06-07', [100, 104, 99, 103]), of('2022-06-08', [103, 106, 101, 105])]);
  await market.db.sql(
    `insert into market.bar_tail (source, symbol, timeframe, ts, open, high, low, close, volume)
     values ('simulated', 'AAA', '1D', '2022-06-08T13:30Z', 1, 1, 1, 1, 1), ('simulated', 'SIM', '1D', '2022-06-08T13:30Z', 1, 1, 1, 1, 1)`,
  );
  const counts = await market.db.database.asAnon((session) =>
    session.query(
      `select ticker, count(*)::int as days from public.backtest_historical_prices where ticker in ('AAA', 'SIM') group by 1 order by 1`,
    ),
  );
  assert.deepEqual(counts, [
    { ticker: 'AAA', days: 5 },
    { ticker: 'SIM', days: 1 },
  ]);
});
