import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Route } from '#kernel/product.ts';
import { type TestServer, testServer } from '../../../test/server.ts';
import { kurzora } from './product.ts';
import { testCustomer } from './test-customer.ts';
import { type TestMarket, testMarket } from './test-market.ts';

const NOW = Date.parse('2022-06-08T12:00:00Z');
const BARS = `symbol,date,open,high,low,close,volume
AAA,2022-06-06,100,104,99,103,1000
AAA,2022-06-07,103,107,101,106,2000`;

/** Ticker, type, score, score of 1D, sector, market, status, minutes before now. */
const SIGNALS = [
  ['AAA', 'bullish', 91, 70, 'Technology', 'usa', 'active', 1],
  ['BBB', 'bullish', 85, 95, 'Energy', 'usa', 'active', 2],
  ['CCC', 'neutral', 72, null, 'Technology', 'usa', 'active', 3],
  ['DDD', 'bearish', 60, 60, 'Energy', 'germany', 'active', 4],
  ['EEE', 'bullish', 95, 95, 'Energy', 'usa', 'expired', 5],
  ['FFF', 'bullish', 88, 88, 'Energy', 'usa', 'closed', 6],
] as const;

let market: TestMarket;
let server: TestServer;
let user: string;

before(async () => {
  market = await testMarket({ 'days.csv': BARS }, () => NOW);
  const services = { marketData: market.marketData, phase: 1 };
  const routes = kurzora.routes as readonly Route<unknown>[];
  server = await testServer(market.db, routes, { services, limits: null, now: () => NOW });
  const { id } = await testCustomer(market.db);
  user = await server.tokens.sign({ role: 'authenticated', sub: id }, 600);
  for (const [ticker, type, score, day, sector, place, status, minutes] of SIGNALS)
    await market.db.sql(
      `with s as (
         insert into public.trading_signals (ticker, company_name, signal_type, confidence_score, final_score, signal_strength,
           signals, current_price, entry_price, stop_loss, take_profit, risk_reward_ratio, base_score, engine, source, as_of,
           levels_as_of, levels_score, sector, market, status, created_at, expires_at)
         values ($1::varchar, $1::varchar || ' Inc', $2, $3::int, $3::int, 'BUY', $4, 100, 100, 95, 112.5, 2.5, $3::int, 'test', 'files', now(), now(), $3::int, $5, $6, $7,
           $8::timestamptz, $8::timestamptz + interval '1 day') returning id
       ), i as (
         insert into public.indicators (signal_id, indicator_name, timeframe, raw_value, score_contribution, scoring_version)
         select id, name, frame, 28.5, 20, 'test' from s, unnest(array['RSI', 'MACD'], array['1W', '1D']) as n (name, frame)
       )
       insert into public.signal_history (signal_id, action, price) select id, 'generated', 100 from s`,
      [
        ...[ticker, type, score],
        JSON.stringify({
          timeframes: { '1H': null, '4H': null, '1D': day, '1W': 50 },
          dimensions: { strength: 1, confidence: 2, quality: 3, risk: 4 },
        }),
        ...[sector, place, status, new Date(NOW - minutes * 60_000)],
      ],
    );
  await market.db.sql(
    `update public.active_stocks set is_islamic_compliant = true, shariah_status = 'compliant' where ticker = 'AAA'`,
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

async function get(path: string, token?: string): Promise<Answer> {
  const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
  const response = await fetch(`${server.url}/api/v1/${path}`, { headers });
  assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
  return { status: response.status, body: await response.json() };
}

const tickers = async (query: string, token?: string): Promise<string[]> => {
  const { status, body } = await get(`signals${query}`, token);
  assert.equal(status, 200, JSON.stringify(body));
  return body.data.map(({ ticker }: { ticker: string }) => ticker);
};

const idOf = async (ticker: string) =>
  (await market.db.sql<{ id: string }>('select id from public.trading_signals where ticker = $1', [ticker]))[0]!.id;

test('a list wears the envelope, is best first, and says how many there are', async () => {
  const { status, body } = await get('signals?limit=2');
  assert.equal(status, 200);
  const { data, timestamp, requestId, ...rest } = body;
  assert.deepEqual(rest, { success: true, meta: { total: 4, page: 1, limit: 2, hasMore: true } });
  assert.match(timestamp, /^\d{4}-\d\d-\d\dT.*Z$/);
  assert.ok(requestId.length > 0);
  const { id, ...first } = data[0];
  assert.equal(id, await idOf('AAA'));
  assert.deepEqual(first, {
    ...{ ticker: 'AAA', companyName: 'AAA Inc', sector: 'Technology', market: 'usa', signalType: 'bullish' },
    ...{ signalStrength: 'BUY', tier: 'diamond', finalScore: 91 },
    timeframeScores: { '1H': null, '4H': null, '1D': 70, '1W': 50 },
    ...{ currentPrice: 100, priceChangePercent: null, entryPrice: 100, stopLoss: 95, takeProfit: 112.5 },
    ...{ riskRewardRatio: 2.5, isShariahCompliant: true, status: 'active', source: 'files' },
    ...{ createdAt: '2022-06-08T11:59:00.000Z', expiresAt: '2022-06-09T11:59:00.000Z', record: null },
  });
});

test('one signal carries its stock’s screen, and its ratios only where they are known', async () => {
  await market.db.sql(`update public.active_stocks set debt_to_market_cap_ratio = 26.5, purification_percentage = 2.5,
    last_shariah_screening_date = '2022-06-01' where ticker = 'AAA'`);
  const { body } = await get(`signals/${await idOf('AAA')}?language=de`);
  assert.deepEqual(body.data.shariah, {
    ...{ status: 'compliant', debtToMarketCap: 26.5, interestIncome: null, nonPermissibleRevenue: null },
    ...{ cashToMarketCap: null, purification: 2.5, screenedOn: '2022-06-01' },
  });
  assert.equal((await get(`signals/${await idOf('AAA')}?language=xx`)).status, 400);
});

test('pages follow one another and end', async () => {
  assert.deepEqual(await tickers('?limit=3'), ['AAA', 'BBB', 'CCC']);
  const second = await get('signals?limit=3&page=2');
  assert.deepEqual(second.body.meta, { total: 4, page: 2, limit: 3, hasMore: false });
  assert.deepEqual(await tickers('?limit=3&page=2'), ['DDD']);
  assert.deepEqual((await get('signals?limit=3&page=9')).body.data, []);
});

test('filters narrow the list, alone and together', async () => {
  assert.deepEqual(await tickers('?minScore=72&maxScore=85'), ['BBB', 'CCC'], 'both ends belong');
  assert.deepEqual(await tickers('?sector=Energy'), ['BBB', 'DDD']);
  assert.deepEqual(await tickers('?sector=Energy&minScore=61'), ['BBB']);
  assert.deepEqual(await tickers('?market=germany'), ['DDD']);
  assert.deepEqual(await tickers('?shariahCompliant=true'), ['AAA']);
  assert.deepEqual(await tickers('?shariahCompliant=false'), ['BBB', 'CCC', 'DDD']);
  assert.deepEqual(await tickers(`?sector=${encodeURIComponent("Energy' or '1'='1")}`), []);
});

test('with a timeframe its scores are compared and sorted by, and signals without one are left out', async () => {
  assert.deepEqual(await tickers('?timeframe=1D'), ['BBB', 'AAA', 'DDD']);
  assert.deepEqual(await tickers('?timeframe=1D&minScore=61'), ['BBB', 'AAA']);
  assert.deepEqual(await tickers('?timeframe=1H'), []);
});

test('a list can be sorted by score, time and symbol, both ways', async () => {
  assert.deepEqual(await tickers('?sortBy=score&sortOrder=asc'), ['DDD', 'CCC', 'BBB', 'AAA']);
  assert.deepEqual(await tickers('?sortBy=symbol'), ['AAA', 'BBB', 'CCC', 'DDD']);
  assert.deepEqual(await tickers('?sortBy=symbol&sortOrder=desc'), ['DDD', 'CCC', 'BBB', 'AAA']);
  assert.deepEqual(await tickers('?sortBy=timestamp'), ['AAA', 'BBB', 'CCC', 'DDD']);
  assert.deepEqual(await tickers('?sortBy=timestamp&sortOrder=asc'), ['DDD', 'CCC', 'BBB', 'AAA']);
});

test('parameters that make no sense are refused by name', async () => {
  for (const query of [
    'limit=0',
    'limit=101',
    'limit=x',
    'page=0',
    'minScore=101',
    'maxScore=-1',
    'timeframe=2H',
    'sortBy=price',
    'sortOrder=up',
    'status=dead',
    'shariahCompliant=perhaps',
  ]) {
    const { status, body } = await get(`signals?${query}`);
    assert.equal(status, 400, query);
    assert.equal(body.success, false);
    assert.equal(body.error.code, 'VALIDATION_ERROR');
    assert.match(JSON.stringify(body.error), new RegExp(query.split('=')[0]!));
  }
});

test('visitors see active signals only, members see what became of the others', async () => {
  const expired = await idOf('EEE');
  assert.deepEqual(await tickers('?status=expired'), []);
  assert.deepEqual(await tickers('?status=expired', user), ['EEE']);
  assert.deepEqual(await tickers('?status=closed', user), ['FFF']);
  assert.equal((await get(`signals/${expired}`)).status, 404);
  assert.equal((await get(`signals/${expired}/history`)).status, 404);
  assert.equal((await get(`signals/${expired}`, user)).body.data.ticker, 'EEE');
});

test('with public_signals off visitors see nothing, and members see as before', async (t) => {
  const set = (value: boolean) =>
    market.db.sql(`update public.system_config set value = $1 where key = 'public_signals'`, [String(value)]);
  t.after(() => set(true));
  await set(false);
  assert.deepEqual(await tickers(''), []);
  assert.equal((await get('signals')).body.meta.total, 0);
  assert.equal((await get(`signals/${await idOf('AAA')}`)).status, 404);
  assert.equal((await get('signals/statistics')).body.data.active, 0);
  assert.deepEqual(await tickers('', user), ['AAA', 'BBB', 'CCC', 'DDD']);
});

test('one signal comes with its indicators, shortest timeframe first, and its history', async () => {
  const id = await idOf('AAA');
  const { data } = (await get(`signals/${id}`)).body;
  assert.deepEqual(data.dimensions, { strength: 1, confidence: 2, quality: 3, risk: 4 });
  const points = { rawValue: 28.5, scoreContribution: 20, scoringVersion: 'test', metadata: {} };
  assert.deepEqual(data.indicators, [
    { name: 'MACD', timeframe: '1D', ...points },
    { name: 'RSI', timeframe: '1W', ...points },
  ]);
  const history = (await get(`signals/${id}/history`)).body.data;
  assert.deepEqual(
    history.map(({ createdAt: _, ...entry }: { createdAt: string }) => entry),
    [{ action: 'generated', price: 100, notes: null }],
  );
});

test('a signal that does not exist is 404, an id that is none is 400, an address that is none is 404', async () => {
  const unknown = await get('signals/00000000-0000-4000-8000-000000000000');
  assert.deepEqual([unknown.status, unknown.body.error.code], [404, 'NOT_FOUND']);
  const broken = await get('signals/AAA');
  assert.deepEqual([broken.status, broken.body.error.code], [400, 'VALIDATION_ERROR']);
  const nowhere = await get('signals/AAA/nothing');
  assert.deepEqual([nowhere.status, nowhere.body.error.code], [404, 'NOT_FOUND']);
});

test('a token that is wrong is refused even where visitors may come in', async () => {
  const { status, body } = await get('signals', 'not-a-token');
  assert.deepEqual([status, body.error.code], [401, 'TOKEN_INVALID']);
});

test('statistics is a page of its own and not the id of a signal', async () => {
  const { status, body } = await get('signals/statistics');
  assert.equal(status, 200);
  const { bySector, ...data } = body.data;
  assert.deepEqual(data, {
    ...{ active: 4, averageScore: 77, highestScore: 91, generatedLastDay: 4 },
    bySignalType: { bullish: 2, neutral: 1, bearish: 1 },
    bySignalStrength: { BUY: 4 },
    byTier: { diamond: 1, gold: 1, bronze: 1, none: 1 },
    outcomes: {
      ...{ days: 30, ended: 0, targetHit: 0, stopLossHit: 0, expired: 0 },
      ...{ successRate: null, averageReturn: null, averageDaysActive: null },
    },
  });
  assert.deepEqual(bySector, [
    { sector: 'Energy', count: 2, averageScore: 72.5 },
    { sector: 'Technology', count: 2, averageScore: 81.5 },
  ]);
});

test('bars come in columns, oldest first, up to the moment asked for', async () => {
  const { data } = (await get('market-data/AAA/bars')).body;
  assert.deepEqual(data, {
    ...{ ticker: 'AAA', timeframe: '1D', source: 'files', provisional: false },
    time: ['2022-06-06T13:30Z', '2022-06-07T13:30Z'].map((time) => Date.parse(time) / 1000),
    ...{ open: [100, 103], high: [104, 107], low: [99, 101], close: [103, 106], volume: [1000, 2000] },
  });
  assert.deepEqual((await get('market-data/AAA/bars?asOf=2022-06-07T19:59:59Z')).body.data.close, [103]);
  assert.deepEqual((await get('market-data/AAA/bars?limit=1')).body.data.close, [106]);
  assert.equal((await get('market-data/NONE/bars')).status, 404);
  for (const query of ['timeframe=3D', 'limit=0', 'limit=2001', 'asOf=yesterday'])
    assert.equal((await get(`market-data/AAA/bars?${query}`)).status, 400, query);
});

test('status and health answer before the first scan', async () => {
  const status = (await get('status')).body.data;
  assert.deepEqual([status.source, status.simulated, status.lastScan, status.activeSignals], ['files', false, null, 4]);
  assert.equal((await get('public/health')).body.data.status, 'degraded');
});

test('the public record is there before there is anything in it', async () => {
  const { status, body } = await get('public/performance');
  assert.equal(status, 200);
  assert.deepEqual(body.data.records, []);
  assert.deepEqual([body.data.source, body.data.simulated], ['files', false]);
  assert.equal(typeof body.data.outcomes.ended, 'number');
});
