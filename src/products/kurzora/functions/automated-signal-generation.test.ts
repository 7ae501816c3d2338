import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { nyseCalendar } from '#services/market-data/api.ts';
import { inventedDays, testMarket } from '../test-market.ts';
import { automatedSignalGeneration } from './automated-signal-generation.ts';

const SECRET = 'secret-of-the-scheduler';
const TICKERS = Array.from({ length: 24 }, (_, index) => `STK${String.fromCharCode(65 + index)}`);
const DAYS = nyseCalendar()
  .between('2021-01-04', '2022-06-30')
  .map(({ date }) => date);

test('a batch is scanned for who holds the service key or signs, and leaves the signals of other stocks alone', async () => {
  await using market = await testMarket({ 'days.csv': inventedDays(DAYS, TICKERS, 5) }, () =>
    Date.parse('2022-06-30T21:00:00Z'),
  );
  const { db, project, marketData } = market;
  const told: string[] = [];
  const jobs = { add: async (name: string) => void told.push(name) };
  const call = async (text: string, role = 'anon', headers: Record<string, string> = {}) => {
    const request = new Request('http://x/functions/v1/automated-signal-generation', {
      ...{ method: 'POST', headers, body: text },
    });
    const services = { marketData, alerts: { callbackSecret: SECRET } } as never;
    const context = { project: { ...project, jobs }, services, identity: { role, claims: { role } }, requestId: 'r' };
    const response = await automatedSignalGeneration.handle(request, context);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const tickers = async () =>
    (
      await db.sql<{ ticker: string }>(`select ticker from public.trading_signals where status = 'active' order by 1`)
    ).map(({ ticker }) => ticker);

  const second = JSON.stringify({ startIndex: 12, endIndex: 24, batchNumber: 2 });
  for (const role of ['anon', 'authenticated']) assert.equal((await call(second, role)).status, 401);
  assert.deepEqual(await tickers(), []);

  const answer = await call(second, 'service_role');
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.deepEqual([answer.body['batchNumber'], answer.body['processed']], [2, 12]);
  const late = await tickers();
  assert.ok(late.length > 0 && late.every((ticker) => TICKERS.indexOf(ticker) >= 12), late.join());
  assert.equal(answer.body['generated'], late.length);
  assert.deepEqual(told, ['kurzora:send-alerts']);

  const signature = `sha256=${createHmac('sha256', SECRET).update('{"endIndex":12}').digest('hex')}`;
  assert.equal((await call('{"endIndex":12}', 'anon', { 'x-webhook-signature': signature })).status, 200);
  const all = await tickers();
  assert.deepEqual(
    all.filter((ticker) => late.includes(ticker)),
    late,
  );
  assert.ok(all.length > late.length);

  for (const wrong of [
    '{',
    '{"startIndex":-1}',
    '{"startIndex":5,"endIndex":5}',
    '{"endIndex":201}',
    '{"divergence":{"enabled":false}}',
  ])
    assert.equal((await call(wrong, 'service_role')).status, 400, wrong);
  assert.equal((await call('{"startIndex":5000}', 'service_role')).body['processed'], 0);
});
