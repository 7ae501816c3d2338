/** A customer's way through the portfolio on a running server: sign up, execute, hold, close, look back; and the backtest page's call. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { createClient } from '@supabase/supabase-js';
import { newInstallation, type Ready } from '../project-folder/freehold.ts';

test('a customer executes the best signal, holds it, closes it, and finds it in every sum', async (t) => {
  const installation = newInstallation();
  t.after(() => installation.remove());
  await installation.started([], (ready: Ready) => journey(ready), { MARKET_DATA: 'simulated' });
});

async function journey(ready: Ready): Promise<void> {
  const client = createClient(ready.url, ready.anonKey, { auth: { persistSession: false, autoRefreshToken: false } });
  const { data: signedUp } = await client.auth.signUp({ email: `${randomUUID()}@example.com`, password: 'Secret-12' });
  // biome-ignore lint/suspicious/noExplicitAny: the body as it came; what is expected of it stands below.
  const call = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> => {
    const response = await fetch(`${ready.url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${signedUp.session!.access_token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  const signals = (await call('GET', 'signals?limit=100')).body;
  assert.equal(signals.meta.hiddenCount, undefined, 'a trial sees everything');
  const signal = signals.data.find(
    ({ stopLoss, entryPrice }: Record<string, number>) => stopLoss! < entryPrice! && entryPrice! < 2_000,
  );
  const bought = await call('POST', `signals/${signal.id}/execute`);
  assert.equal(bought.status, 201, JSON.stringify(bought.body));
  const trade = bought.body.data;
  assert.deepEqual(
    [trade.entryPrice, trade.stopLoss, trade.takeProfit],
    [signal.entryPrice, signal.stopLoss, signal.takeProfit],
  );
  assert.ok(trade.quantity * trade.entryPrice <= 2_000 || trade.quantity === 1, 'a fifth of the account at most');
  assert.equal((await call('GET', `signals/${signal.id}`)).body.data.status, 'triggered');
  const { data: rows } = await client.from('paper_trades').select('*').eq('is_open', true);
  assert.deepEqual([rows!.length, rows![0].id, rows![0].signal_id], [1, trade.id, signal.id]);
  const closed = await call('DELETE', `portfolio/positions/${trade.id}`, { exitPrice: trade.entryPrice + 1 });
  assert.equal(closed.body.data.profitLoss, trade.quantity);
  const overview = (await call('GET', 'dashboard/overview')).body.data;
  assert.deepEqual([overview.portfolio.cash, overview.portfolio.winRate], [10_000 + trade.quantity, 100]);
  const points = (await call('GET', 'portfolio/performance?period=ALL')).body.data.points;
  assert.equal(points.at(-1).totalValue, 10_000 + trade.quantity);

  const days = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10);
  const address = `${ready.url}/rest/v1/backtest_historical_prices?select=*&ticker=eq.${signal.ticker}&trade_date=gte.${days}&order=trade_date`;
  const headers = { apikey: ready.anonKey, authorization: `Bearer ${ready.anonKey}` };
  const prices = (await (await fetch(address, { headers })).json()) as Record<string, unknown>[];
  assert.ok(prices.length >= 15, `${prices.length} trading days`);
  assert.ok(prices.every(({ ticker, close_price }) => ticker === signal.ticker && typeof close_price === 'number'));
}
