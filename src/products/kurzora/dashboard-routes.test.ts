/** Watchlists and the dashboard on a running server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Route } from '#kernel/product.ts';
import { type TestServer, testServer } from '../../../test/server.ts';
import { dashboardRoutes } from './routes/dashboard/list.ts';
import { watchlistRoutes } from './routes/watchlists/list.ts';
import { testCustomer } from './test-customer.ts';
import { type TestMarket, testMarket } from './test-market.ts';

const NOW = Date.parse('2022-06-07T20:00:00Z');
const BARS = `symbol,date,open,high,low,close,volume
AAA,2022-06-06,100,100,100,100,1000
AAA,2022-06-07,100,102,100,102,1000`;

let market: TestMarket;
let server: TestServer;

before(async () => {
  market = await testMarket({ 'days.csv': BARS }, () => NOW);
  const routes = [...watchlistRoutes, ...dashboardRoutes] as readonly Route<unknown>[];
  server = await testServer(market.db, routes, {
    ...{ services: { marketData: market.marketData, phase: 1 }, limits: null, now: () => NOW },
  });
});
after(async () => {
  await server?.close();
  await market?.[Symbol.asyncDispose]();
});

async function customer() {
  const { id } = await testCustomer(market.db);
  const token = await server.tokens.sign({ role: 'authenticated', sub: id }, 600);
  // biome-ignore lint/suspicious/noExplicitAny: the body as it came; each test says what it expects of it.
  const call = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> => {
    const response = await fetch(`${server.url}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  return { id, call };
}

test('a customer has a default list; others are made, renamed, made the default and deleted', async () => {
  const { call } = await customer();
  const names = async () =>
    (await call('GET', 'watchlists')).body.data.map(({ name, isDefault }: Record<string, unknown>) => [
      name,
      isDefault,
    ]);
  assert.deepEqual(await names(), [['My Watchlist', true]]);
  const made = await call('POST', 'watchlists', { name: 'Energy', description: 'oil' });
  assert.deepEqual([made.status, made.body.data.itemCount, made.body.data.description], [201, 0, 'oil']);
  assert.equal((await call('POST', 'watchlists', { name: 'Energy' })).status, 409);
  for (const name of ['', '   ', 'x'.repeat(101)])
    assert.equal((await call('POST', 'watchlists', { name })).status, 400, name);
  const path = `watchlists/${made.body.data.id}`;
  const changed = await call('PUT', path, { name: 'Oil', isDefault: true, description: null });
  assert.deepEqual(
    [changed.body.data.name, changed.body.data.isDefault, changed.body.data.description],
    ['Oil', true, null],
  );
  assert.deepEqual(await names(), [
    ['Oil', true],
    ['My Watchlist', false],
  ]);
  assert.equal((await call('DELETE', path)).status, 409, 'the default stays');
  const other = (await call('GET', 'watchlists')).body.data[1].id;
  assert.equal((await call('DELETE', `watchlists/${other}`)).body.data.deleted, true);
  assert.equal((await call('GET', `watchlists/${other}`)).status, 404);
});

/** What the market and the signals say of AAA beside its note. */
const BESIDE = { price: 102, changePercent: 2, signal: null };

test('stocks go on a list once, one by one or many at once, with a note, and come off', async () => {
  const { call } = await customer();
  const { id } = (await call('GET', 'watchlists')).body.data[0];
  const items = `watchlists/${id}/items`;
  const added = await call('POST', items, { symbol: 'aaa', notes: 'cheap' });
  const { addedAt: _, ...item } = added.body.data;
  assert.deepEqual(
    [added.status, item],
    [201, { symbol: 'AAA', notes: 'cheap', companyName: null, sector: null, ...BESIDE }],
  );
  assert.equal((await call('POST', items, { symbol: 'AAA' })).status, 409);
  assert.deepEqual((await call('POST', `${items}/bulk`, { symbols: ['AAA', 'BBB', 'bbb', 'CCC'] })).body.data, {
    ...{ added: ['BBB', 'CCC'], alreadyThere: ['AAA'] },
  });
  assert.deepEqual((await call('POST', `${items}/bulk`, { items: [{ symbol: 'DDD', notes: 'n' }] })).body.data.added, [
    'DDD',
  ]);
  assert.equal((await call('PUT', `${items}/BBB`, { notes: 'dear' })).body.data.notes, 'dear');
  assert.equal((await call('PUT', `${items}/NONE`, { notes: 'dear' })).status, 404);
  assert.deepEqual((await call('DELETE', `${items}/bulk`, { symbols: ['aaa', 'CCC', 'NONE'] })).body.data, {
    removed: 2,
  });
  assert.equal((await call('DELETE', `${items}/ddd`)).status, 200);
  assert.equal((await call('DELETE', `${items}/DDD`)).status, 404);
  const { data } = (await call('GET', `watchlists/${id}`)).body;
  assert.deepEqual([data.itemCount, data.items.map(({ symbol }: { symbol: string }) => symbol)], [1, ['BBB']]);
});

test('another’s list is not there: not to read, to change, to add to or to delete', async () => {
  const [owner, other] = [await customer(), await customer()];
  const { id } = (await owner.call('GET', 'watchlists')).body.data[0];
  for (const [method, path, body] of [
    ['GET', '', undefined],
    ['GET', '/items', undefined],
    ['PUT', '', { name: 'Mine' }],
    ['POST', '/items', { symbol: 'AAA' }],
    ['POST', '/items/bulk', { symbols: ['AAA'] }],
    ['DELETE', '', undefined],
  ] as const)
    assert.equal((await other.call(method, `watchlists/${id}${path}`, body)).status, 404, `${method} ${path}`);
  assert.equal((await owner.call('GET', `watchlists/${id}`)).body.data.itemCount, 0);
});

test('the dashboard counts signals, trades and alerts of who asks', async () => {
  const { id, call } = await customer();
  await market.db.sql(
    `insert into public.trading_signals (ticker, signal_type, confidence_score, final_score, signal_strength, current_price,
       entry_price, stop_loss, take_profit, risk_reward_ratio, base_score, engine, source, as_of, levels_as_of, levels_score, created_at)
     values ('AAA', 'bullish', 80, 80, 'BUY', 100, 100, 95, 112.5, 2.5, 80, 'test', 'files', $1, $1, 80, $1),
            ('OLD', 'bullish', 90, 90, 'BUY', 100, 100, 95, 112.5, 2.5, 80, 'test', 'files', $2, $2, 90, $2)`,
    [new Date(NOW - 60_000), new Date(NOW - 86_400_000)],
  );
  await market.db.sql(
    `insert into public.paper_trades (user_id, ticker, quantity, entry_price, current_price, opened_at)
     values ($1, 'AAA', 10, 100, 110, $2)`,
    [id, new Date(NOW)],
  );
  await market.db.sql(
    `insert into public.notifications (user_id, type, title) values ($1, 'signal', 'One'), ($1, 'trade', 'Two')`,
    [id],
  );
  const { latestSignal, ...metrics } = (await call('GET', 'dashboard/metrics')).body.data;
  assert.deepEqual([latestSignal.ticker, latestSignal.score], ['AAA', 80]);
  assert.deepEqual(metrics, {
    ...{
      todaysSignals: 1,
      activeSignals: 2,
      averageSignalScore: 85,
      newSignalsLastHour: 1,
      unreadAlerts: 2,
      successRate: null,
    },
    bestPerformer: { ticker: 'AAA', profitLossPercentage: 10 },
  });
  const overview = (await call('GET', 'dashboard/overview')).body.data;
  assert.deepEqual(
    [overview.portfolio.totalValue, overview.recentTrades.length, overview.topSignals[0].ticker],
    [10_100, 1, 'OLD'],
  );
  assert.equal((await call('GET', 'dashboard/portfolio')).body.data.cash, 9_000);
  assert.equal((await call('GET', 'dashboard/performance?period=1D')).body.data.points.length, 1);
  assert.equal((await call('GET', 'dashboard/trades/recent?limit=1')).body.data[0].ticker, 'AAA');
});

test('a watchlist shows the live signal of a stock', async () => {
  const { call } = await customer();
  const { id } = (await call('GET', 'watchlists')).body.data[0];
  await call('POST', `watchlists/${id}/items/bulk`, { symbols: ['AAA', 'NONE'] });
  const { data } = (await call('GET', `watchlists/${id}/items`)).body;
  const of = (symbol: string) => data.find((item: { symbol: string }) => item.symbol === symbol);
  assert.deepEqual([of('AAA').signal.finalScore, of('AAA').signal.signalType], [80, 'bullish']);
  assert.deepEqual([of('NONE').price, of('NONE').changePercent, of('NONE').signal], [null, null, null]);
});

test('activity tells what happened, newest first, a page at a time', async () => {
  const { id, call } = await customer();
  await market.db.sql(
    `insert into public.paper_trades (user_id, ticker, quantity, entry_price, opened_at, is_open, exit_price, closed_at, exit_reason)
     values ($1, 'AAA', 10, 100, $2, false, 90, $3, 'stop_loss')`,
    [id, new Date(NOW - 2_000), new Date(NOW - 1_000)],
  );
  const { data, meta } = (await call('GET', 'dashboard/activity?limit=1')).body;
  assert.deepEqual(
    [data[0].type, data[0].profitLoss, data[0].reason, data[0].price],
    ['trade_closed', -100, 'stop_loss', 90],
  );
  assert.deepEqual(meta, { total: 2, limit: 1, offset: 0, hasMore: true });
  assert.equal((await call('GET', 'dashboard/activity?limit=1&offset=1')).body.data[0].type, 'trade_opened');
});

test('alerts are listed, read once and deleted, and another’s stay out of reach', async () => {
  const [owner, other] = [await customer(), await customer()];
  await market.db.sql(
    `insert into public.notifications (user_id, type, title) values ($1, 'signal', 'One'), ($1, 'trade', 'Two')`,
    [owner.id],
  );
  const titles = async (query = '') =>
    (await owner.call('GET', `dashboard/alerts${query}`)).body.data.map(({ title }: { title: string }) => title).sort();
  assert.deepEqual(await titles(), ['One', 'Two']);
  assert.deepEqual(await titles('?type=trade'), ['Two']);
  const [{ id }] = (await owner.call('GET', 'dashboard/alerts?type=signal')).body.data;
  assert.equal((await other.call('PUT', `dashboard/alerts/${id}/read`)).status, 404);
  const first = (await owner.call('PUT', `dashboard/alerts/${id}/read`)).body.data.readAt;
  assert.equal((await owner.call('PUT', `dashboard/alerts/${id}/read`)).body.data.readAt, first);
  assert.deepEqual(await titles('?unreadOnly=true'), ['Two']);
  assert.equal((await other.call('DELETE', 'dashboard/alerts')).body.data.deleted, 0);
  assert.equal((await owner.call('DELETE', 'dashboard/alerts')).body.data.deleted, 2);
});
