import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestStaff, testStaff } from '../../admin/test-staff.ts';
import { screenBusinesses } from '../../screen-businesses.ts';
import { shariahRoutes } from './list.ts';

let it: TestStaff;
before(async () => {
  it = await testStaff(shariahRoutes as never);
});
after(() => it?.[Symbol.asyncDispose]());

const FIGURES = {
  marketCap: 1000,
  totalDebt: 260,
  cash: 100,
  revenue: 200,
  interestIncome: 1,
  nonPermissibleRevenue: 4,
  source: '10-K 2021',
};
const IDEA = { signalType: 'bullish', finalScore: 70, stopLoss: 40, takeProfit: 200 };

test('an excluded business fails without figures, anything else is pending until they are there', async () => {
  await it.market.db.sql(`update public.active_stocks set industry = 'Brewers & Distillers' where ticker = 'BBB'`);
  assert.equal(await screenBusinesses(it.market.project), 1);
  assert.equal(await screenBusinesses(it.market.project), 0, 'once');
  const customer = await it.person();
  const of = async (ticker: string) => (await customer.call('GET', `stocks/${ticker}/shariah`)).body.data;
  assert.deepEqual([(await of('BBB')).status, (await of('BBB')).score], ['non_compliant', 0]);
  assert.deepEqual([(await of('aaa')).status, (await of('aaa')).isCompliant], ['pending', null]);
  const [analyst, admin] = [await it.person('analyst'), await it.person('admin')];
  const ruling = { decision: 'compliant', board: 'Board', reasoning: 'Seen' };
  assert.equal((await admin.call('POST', 'admin/stocks/AAA/shariah/decisions', ruling)).status, 409, 'unknown');
  assert.equal((await customer.call('PUT', 'admin/stocks/AAA/shariah', FIGURES)).status, 403);
  const screened = await analyst.call('PUT', 'admin/stocks/aaa/shariah', FIGURES);
  const { status, score, purificationPercentage, history } = screened.body.data;
  assert.deepEqual([status, score, purificationPercentage, history.length], ['compliant', 80, 2.5, 1]);
  assert.equal(
    (await admin.call('PUT', 'admin/stocks/AAA/shariah', { ...FIGURES, cash: null })).body.data.status,
    'pending',
  );
  assert.equal((await admin.call('PUT', 'admin/stocks/AAA/shariah', FIGURES)).body.data.history.length, 3);
  assert.equal((await admin.call('POST', 'admin/stocks/AAA/shariah/decisions', ruling)).body.data.boardApproval, true);
  await assert.rejects(it.market.db.sql(`update public.shariah_screening_history set shariah_status = 'compliant'`), {
    code: '42501',
  });
});

test('who holds to the screen strictly sees what passes it; others see all and may ask', async () => {
  const [admin, customer] = [await it.person('admin'), await it.person()];
  for (const [ticker, entryPrice] of [
    ['AAA', 102],
    ['BBB', 50],
  ] as const)
    assert.equal((await admin.call('POST', 'admin/signals', { ...IDEA, ticker, entryPrice })).status, 201);
  const tickers = async (query = '') =>
    (await customer.call('GET', `signals?sortBy=symbol${query}`)).body.data.map(
      ({ ticker }: { ticker: string }) => ticker,
    );
  assert.deepEqual(await tickers(), ['AAA', 'BBB']);
  assert.deepEqual(await tickers('&shariahCompliant=true'), ['AAA']);
  const set = async (body: object) => (await customer.call('PUT', 'user/islamic-preferences', body)).body.data;
  assert.equal((await customer.call('GET', 'user/islamic-preferences')).body.data.enabled, false);
  assert.deepEqual(await set({ enabled: true }), {
    enabled: true,
    strictMode: true,
    acceptMarginal: false,
    purificationEnabled: true,
  });
  assert.deepEqual(await tickers(), ['AAA']);
  assert.deepEqual(await tickers('&shariahCompliant=false'), ['BBB'], 'a question is answered');
  await admin.call('PUT', 'admin/stocks/AAA/shariah', { ...FIGURES, nonPermissibleRevenue: 8 });
  assert.deepEqual(await tickers(), [], 'four percent is marginal');
  await set({ acceptMarginal: true });
  assert.deepEqual(await tickers(), ['AAA']);
  await set({ strictMode: false });
  assert.deepEqual(await tickers(), ['AAA', 'BBB']);
});

test('a profit owes its impure share where its owner wants that, and he says what became of it', async () => {
  const customer = await it.person();
  await customer.call('PUT', 'user/islamic-preferences', { enabled: true });
  await it.market.db.sql(
    `update public.active_stocks set purification_percentage = 2.5, requires_income_purification = true where ticker = 'AAA'`,
  );
  const as = { role: 'authenticated', claims: { role: 'authenticated', sub: customer.id } };
  const close = (profitable: boolean) =>
    it.market.db.database.as(as, async (session) => {
      const { id } = await session.one<{ id: string }>(
        `insert into public.paper_trades (user_id, ticker, quantity, entry_price) values ($1, 'AAA', 10, 100) returning id`,
        [customer.id],
      );
      await session.execute('update public.paper_trades set is_open = false, exit_price = $2 where id = $1', [
        id,
        profitable ? 110 : 90,
      ]);
    });
  await close(true);
  await close(false);
  const owed = () =>
    it.market.db.database.as(as, (session) =>
      session.query(
        'select profit::float8 as profit, percentage::float8 as percentage, amount::float8 as amount, status from public.income_purification_log',
      ),
    );
  assert.deepEqual(await owed(), [{ profit: 100, percentage: 2.5, amount: 2.5, status: 'calculated' }]);
  const say = (change: string) =>
    it.market.db.database.as(as, (session) => session.execute(`update public.income_purification_log set ${change}`));
  await assert.rejects(say('amount = 0'), { code: '42501' });
  await assert.rejects(say(`status = 'calculated'`), { code: '42501' });
  await say(`status = 'donated'`);
  assert.deepEqual(
    (await owed()).map((row) => row['status']),
    ['donated'],
  );
});
