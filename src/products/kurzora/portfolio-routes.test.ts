/** The portfolio's endpoints on a running server: execute, positions, trades, settings, reset, and what a plan refuses. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Route } from '#kernel/product.ts';
import { type TestServer, testServer } from '../../../test/server.ts';
import { portfolioRoutes } from './routes/portfolio/list.ts';
import { settleTrades } from './settle-trades.ts';
import { testCustomer } from './test-customer.ts';
import { type TestMarket, testMarket } from './test-market.ts';

const NOW = Date.parse('2022-06-07T20:00:00Z');
const bars = (ticker: string, close: number, volume = 1_000_000) =>
  `${ticker},2022-06-06,${close},${close},${close},${close},${volume}\n${ticker},2022-06-07,${close},${close},${close},${close},${volume}`;
const BARS = `symbol,date,open,high,low,close,volume
${[bars('AAA', 100), bars('BBB', 50), bars('CCC', 40), bars('DDD', 20), bars('THIN', 10, 1_000), bars('SPY', 400)].join('\n')}`;

let market: TestMarket;
let server: TestServer;

before(async () => {
  market = await testMarket({ 'days.csv': BARS }, () => NOW);
  const services = { marketData: market.marketData, phase: 1 };
  server = await testServer(market.db, portfolioRoutes as readonly Route<unknown>[], {
    ...{ services, limits: null, now: () => NOW },
  });
  await market.db.sql(
    `insert into public.trading_signals (ticker, company_name, sector, signal_type, confidence_score, final_score, signal_strength,
       current_price, entry_price, stop_loss, take_profit, risk_reward_ratio, base_score, engine, source, as_of, levels_as_of,
       levels_score, status, expires_at)
     select ticker, ticker || ' Inc', 'Energy', type::public.signal_type, score, score, 'BUY', price, price, round(price * stop, 4),
       round(price * target, 4), 2.5, score, 'test', 'files', $1::timestamptz, $1::timestamptz, score, status::public.signal_status, $1::timestamptz + expires::interval
     from (values ('AAA', 'bullish', 91, 100, 0.95, 1.125, 'active', '1 day'), ('BBB', 'bullish', 90, 50, 0.95, 1.125, 'active', '1 day'),
       ('CCC', 'bearish', 89, 40, 1.05, 0.875, 'active', '1 day'), ('DDD', 'bullish', 88, 20, 0.95, 1.125, 'active', '1 day'),
       ('THIN', 'bullish', 87, 10, 0.95, 1.125, 'active', '1 day'), ('EEE', 'bullish', 86, 10, 0.95, 1.125, 'expired', '1 day'),
       ('LATE', 'bullish', 86, 10, 0.95, 1.125, 'active', '0')) as s (ticker, type, score, price, stop, target, status, expires)`,
    [new Date(NOW)],
  );
});
after(async () => {
  await server?.close();
  await market?.[Symbol.asyncDispose]();
});

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the body as it came; each test says what it expects of it.
  readonly body: any;
}

async function customer(columns: Record<string, unknown> = {}) {
  const { id, identity } = await testCustomer(market.db, columns);
  const token = await server.tokens.sign({ role: 'authenticated', sub: id }, 600);
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${server.url}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, body: json ? JSON.parse(text) : text };
  };
  return { id, identity, call };
}

const idOf = async (ticker: string) =>
  (await market.db.sql<{ id: string }>('select id from public.trading_signals where ticker = $1', [ticker]))[0]!.id;

test('a signal is executed at its entry and sized by risk, and the example’s 40 shares are cut to 20', async () => {
  const { call } = await customer();
  const { status, body } = await call('POST', `signals/${await idOf('AAA')}/execute`);
  assert.equal(status, 201, JSON.stringify(body));
  const { id: _, signalId, ...trade } = body.data;
  assert.equal(signalId, await idOf('AAA'));
  assert.deepEqual(trade, {
    ...{ ticker: 'AAA', companyName: 'AAA Inc', sector: 'Energy', tradeType: 'buy', quantity: 20, entryPrice: 100 },
    ...{ currentPrice: 100, exitPrice: null, stopLoss: 95, takeProfit: 112.5, profitLoss: 0, profitLossPercentage: 0 },
    ...{ isOpen: true, exitReason: null, signalScore: 91, riskPercentage: 2, notes: null },
    ...{ openedAt: '2022-06-07T20:00:00.000Z', closedAt: null, beforeReset: false },
  });
  const portfolio = (await call('GET', 'portfolio')).body.data;
  assert.deepEqual([portfolio.cash, portfolio.totalValue, portfolio.marketValue], [8_000, 10_000, 2_000]);
  assert.deepEqual(
    portfolio.holdings.map(({ ticker, quantity, averageEntryPrice }: Record<string, unknown>) => [
      ticker,
      quantity,
      averageEntryPrice,
    ]),
    [['AAA', 20, 100]],
  );
});

test('the first execution triggers the signal, and it stays executable', async () => {
  const read = () =>
    market.db.sql(
      `select status, executed_count as count, triggered_at is not null as triggered,
         (select count(*)::int from public.signal_history h where h.signal_id = s.id and action = 'triggered') as told
       from public.trading_signals s where ticker = 'DDD'`,
    );
  const [one, two] = [await customer(), await customer()];
  for (const [{ call }, count] of [
    [one, 1],
    [two, 2],
  ] as const) {
    assert.equal((await call('POST', `signals/${await idOf('DDD')}/execute`, { quantity: 1 })).status, 201);
    assert.deepEqual(await read(), [{ status: 'triggered', count, triggered: true, told: 1 }]);
  }
});

test('every rule an order breaks is in the details of the 422, and nothing was bought', async () => {
  const { call } = await customer();
  const { status, body } = await call('POST', `signals/${await idOf('AAA')}/execute`, { quantity: 101, stopLoss: 50 });
  assert.deepEqual([status, body.error.code], [422, 'UNPROCESSABLE']);
  assert.deepEqual(
    body.error.details.map(({ rule, limit, actual }: Record<string, unknown>) => [rule, limit, actual]),
    [
      ['cash', 10_000, 10_100],
      ['risk_per_trade', 10, 50.5],
      ['position_size', 20, 101],
      ['sector_exposure', 30, 101],
      ['portfolio_at_risk', 10, 50.5],
    ],
  );
  const rules = async (ticker: string) =>
    (await call('POST', `signals/${await idOf(ticker)}/execute`)).body.error.details.map(
      ({ rule }: { rule: string }) => rule,
    );
  assert.deepEqual(await rules('CCC'), ['stop_loss', 'take_profit'], 'selling short is not offered');
  assert.deepEqual(await rules('THIN'), ['liquidity']);
  assert.equal((await call('GET', 'portfolio/trades')).body.meta.total, 0);
});

test('orders of one account wait for one another: together they cannot spend more than its rules allow', async () => {
  const { call } = await customer();
  const id = await idOf('AAA');
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => call('POST', `signals/${id}/execute`, { quantity: 8 })),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 201, 422, 422]);
});

test('a signal that is over is 409, one that the plan hides 403, one that does not exist 404', async () => {
  const { call } = await customer();
  assert.equal((await call('POST', `signals/${await idOf('EEE')}/execute`)).body.error.code, 'CONFLICT');
  assert.equal((await call('POST', `signals/${await idOf('LATE')}/execute`)).status, 409);
  const nowhere = '00000000-0000-4000-8000-000000000000';
  assert.equal((await call('POST', `signals/${nowhere}/execute`)).status, 404);
  const starter = await customer({ subscription_status: 'expired' });
  const hidden = await starter.call('POST', `signals/${await idOf('DDD')}/execute`);
  assert.deepEqual([hidden.status, hidden.body.error.code], [403, 'PLAN_LIMIT']);
  assert.equal((await starter.call('POST', `signals/${await idOf('DDD')}/bookmark`)).status, 403);
});

test('levels move, a position closes once, and the history finds it', async () => {
  const { id, call } = await customer();
  const { data: trade } = (await call('POST', `signals/${await idOf('AAA')}/execute`, { quantity: 10 })).body;
  const path = `portfolio/positions/${trade.id}`;
  const moved = await call('PUT', path, { stopLoss: 99, takeProfit: null });
  assert.deepEqual([moved.body.data.stopLoss, moved.body.data.takeProfit], [99, null]);
  const wrong = await call('PUT', path, { stopLoss: 100, takeProfit: 100 });
  assert.deepEqual(
    wrong.body.error.details.map(({ rule }: { rule: string }) => rule),
    ['stop_loss', 'take_profit'],
  );
  assert.deepEqual(
    (await call('GET', 'portfolio/positions')).body.data.map((position: { id: string }) => position.id),
    [trade.id],
  );
  const closed = await call('DELETE', path, { exitPrice: 120, reason: 'personal' });
  assert.deepEqual(
    ['exitPrice', 'profitLoss', 'profitLossPercentage', 'exitReason', 'closedAt', 'isOpen'].map(
      (name) => closed.body.data[name],
    ),
    [120, 200, 20, 'manual', '2022-06-07T20:00:00.000Z', false],
  );
  assert.deepEqual([(await call('DELETE', path)).status, (await call('GET', path)).status], [409, 404]);
  const find = async (query: string) => (await call('GET', `portfolio/trades?${query}`)).body.meta.total;
  assert.deepEqual(
    await Promise.all(['symbol=aaa', 'symbol=BBB', 'status=open', 'exitReason=manual'].map(find)),
    [1, 0, 0, 1],
  );
  assert.deepEqual(
    await Promise.all(['dateFrom=2022-06-07&dateTo=2022-06-07', 'dateFrom=2022-06-08'].map(find)),
    [1, 0],
  );
  const analytics = (await call('GET', 'portfolio/analytics')).body.data;
  assert.deepEqual(
    [analytics.trades.winRate, analytics.summary.totalPnl, analytics.months[0].month],
    [100, 200, '2022-06'],
  );
  const [{ balance }] = (await market.db.sql<{ balance: number }>(
    'select balance::float8 from public.user_portfolio where user_id = $1',
    [id],
  )) as [{ balance: number }];
  assert.equal(balance, 10_200);
});

test('nobody reaches another’s positions, not even an admin by his portfolio', async () => {
  const [owner, other] = [await customer(), await customer()];
  const { data: trade } = (await owner.call('POST', `signals/${await idOf('AAA')}/execute`, { quantity: 1 })).body;
  await market.db.sql(`insert into public.admin_users (id, admin_role) values ($1, 'admin')`, [other.id]);
  for (const [method, path] of [
    ['GET', `portfolio/positions/${trade.id}`],
    ['PUT', `portfolio/positions/${trade.id}`],
    ['DELETE', `portfolio/positions/${trade.id}`],
    ['GET', `portfolio/trades/${trade.id}`],
  ] as const)
    assert.equal((await other.call(method, path, method === 'PUT' ? { stopLoss: 1 } : undefined)).status, 404, path);
  assert.equal((await other.call('GET', 'portfolio/trades')).body.meta.total, 0);
  assert.equal((await fetch(`${server.url}/api/v1/portfolio`)).status, 401);
});

test('a stock is bought at its last price, with a stop of its own unless there is to be none', async () => {
  const { call } = await customer();
  const bought = (await call('POST', 'portfolio/paper-trade', { symbol: 'bbb', quantity: 10, notes: 'mine' })).body
    .data;
  assert.deepEqual([bought.ticker, bought.entryPrice, bought.stopLoss, bought.notes], ['BBB', 50, 47.5, 'mine']);
  const free = (await call('POST', 'portfolio/paper-trade', { symbol: 'BBB', stopLoss: null })).body.data;
  assert.deepEqual([free.quantity, free.stopLoss], [2, null], 'one percent of the account');
  const refused = async (body: unknown) => (await call('POST', 'portfolio/paper-trade', body)).body.error;
  assert.equal((await refused({ symbol: 'BBB', tradeType: 'sell' })).details[0].rule, 'short_selling');
  assert.equal((await refused({ symbol: 'NONE', quantity: 1 })).details[0].rule, 'no_price');
  assert.equal((await refused({ quantity: 1 })).code, 'VALIDATION_ERROR');
  assert.equal((await refused({ symbol: 'BBB', quantity: 0 })).code, 'VALIDATION_ERROR');
  assert.equal((await call('GET', 'portfolio/paper-trades')).body.meta.total, 2);
});

test('settings decide the size of orders', async () => {
  const { call } = await customer();
  const changed = await call('PUT', 'portfolio/settings', { riskPercentage: 0.5, autoStopLoss: false });
  assert.deepEqual(
    [changed.body.data.riskPercentage, changed.body.data.autoStopLoss, changed.body.data.riskLevel],
    [0.5, false, 'medium'],
  );
  assert.equal((await call('PUT', 'portfolio/settings', { riskPercentage: 10.1 })).status, 400);
  assert.equal((await call('POST', `signals/${await idOf('AAA')}/execute`)).body.data.quantity, 10);
  assert.equal((await call('POST', 'portfolio/paper-trade', { symbol: 'BBB' })).body.data.stopLoss, null);
});

test('a reset closes everything, begins with the starting balance, and keeps the history, marked', async () => {
  const { call } = await customer();
  await call('POST', `signals/${await idOf('AAA')}/execute`, { quantity: 10 });
  await call('DELETE', `portfolio/positions/${(await call('GET', 'portfolio/positions')).body.data[0].id}`, {
    exitPrice: 90,
  });
  await call('POST', `signals/${await idOf('AAA')}/execute`, { quantity: 5 });
  const { body } = await call('POST', 'portfolio/reset');
  assert.deepEqual(
    [body.data.cash, body.data.totalValue, body.data.openTrades, body.data.closedTrades],
    [10_000, 10_000, 0, 0],
  );
  const trades = (await call('GET', 'portfolio/trades')).body.data;
  assert.deepEqual(
    trades.map(({ exitReason, beforeReset }: Record<string, unknown>) => [exitReason, beforeReset]).sort(),
    [
      ['manual', true],
      ['reset', true],
    ],
  );
  await call('POST', `signals/${await idOf('AAA')}/execute`, { quantity: 5 });
  assert.equal((await call('GET', 'portfolio')).body.data.cash, 9_500, 'at the same moment of the market as the reset');
});

test('performance begins with what is recorded and ends with now; a starter may not export, others may', async () => {
  const { id, call } = await customer();
  await call('POST', `signals/${await idOf('AAA')}/execute`, { quantity: 10, notes: '=1+1, "quoted"' });
  await market.db.sql(
    `insert into public.portfolio_snapshots (user_id, snapshot_date, total_value, cash_balance, invested_amount, unrealized_pnl,
       realized_pnl, total_return_percentage) values ($1, '2022-06-06', 9900, 9900, 0, 0, -100, -1), ($1, '2022-05-01', 9000, 9000, 0, 0, 0, 0)`,
    [id],
  );
  await settleTrades(market.project, market.marketData, NOW);
  const { data } = (await call('GET', 'portfolio/performance?period=1W')).body;
  assert.deepEqual(
    data.points.map(({ date, totalValue, benchmark }: Record<string, unknown>) => [date, totalValue, benchmark]),
    [
      ['2022-05-01', 9_000, null],
      ['2022-06-06', 9_900, 400],
      ['2022-06-07', 10_000, 400],
    ],
  );
  assert.deepEqual(data.benchmark, { symbol: 'SPY', totalReturn: 0, difference: data.metrics.totalReturn });
  assert.equal((await call('GET', 'portfolio/performance?period=2W')).status, 400);
  const csv = (await call('GET', 'portfolio/trades/export')).body as string;
  const [heading, line] = csv.split('\r\n');
  assert.ok(heading!.startsWith('id,ticker,') && line!.endsWith(`"'=1+1, ""quoted"""`), csv);
  const starter = await customer({ subscription_status: 'expired' });
  assert.equal((await starter.call('GET', 'portfolio/trades/export')).body.error.code, 'PLAN_LIMIT');
});

test('a bookmark is kept once, and forgotten', async () => {
  const { call } = await customer();
  const path = `signals/${await idOf('AAA')}/bookmark`;
  const listed = async () =>
    (await call('GET', 'signals/bookmarks')).body.data.map(({ ticker }: { ticker: string }) => ticker);
  assert.deepEqual([(await call('POST', path)).status, (await call('POST', path)).status], [200, 200]);
  assert.deepEqual(await listed(), ['AAA']);
  assert.equal((await call('DELETE', path)).body.data.bookmarked, false);
  assert.deepEqual(await listed(), []);
});

test('how signals ended is told by the score they were born with', async () => {
  await market.db.sql(
    `insert into public.signal_outcomes (signal_id, ticker, original_score, entry_price, actual_return, target_hit, stop_loss_hit, outcome_type, recorded_at)
     select id, ticker, final_score, entry_price, case when ticker = 'AAA' then 10 else -5 end, ticker = 'AAA', ticker <> 'AAA', 'completed', $1
     from public.trading_signals where ticker in ('AAA', 'BBB', 'THIN')`,
    [new Date(NOW)],
  );
  const { data } = (await (await customer()).call('GET', 'signals/performance')).body;
  assert.deepEqual([data.overall.ended, data.overall.successRate, data.overall.averageReturn], [3, 33.33, 0]);
  assert.deepEqual(
    data.byScore.map(({ from, to, ended, successRate }: Record<string, unknown>) => [from, to, ended, successRate]),
    [
      [80, 89, 1, 0],
      [90, 100, 2, 50],
    ],
  );
});
