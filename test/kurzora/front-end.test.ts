/** What the product's own front end asks of us, call by call, through the official client on a running server. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { newInstallation, type Ready } from '../project-folder/freehold.ts';

const installation = newInstallation();
let ready: Ready;
let stopped: Promise<void>;
let stop: () => void;
let anon: SupabaseClient;

before(async () => {
  const up = Promise.withResolvers<Ready>();
  const end = Promise.withResolvers<void>();
  stop = end.resolve;
  stopped = installation.started(
    [],
    async (it: Ready) => {
      up.resolve(it);
      await end.promise;
    },
    { MARKET_DATA: 'simulated' },
  );
  stopped.catch(up.reject);
  ready = await up.promise;
  anon = clientOf();
});
after(async () => {
  stop();
  await stopped;
  installation.remove();
});

function clientOf(): SupabaseClient {
  return createClient(ready.url, ready.anonKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { headers: { 'x-my-custom-header': 'kurzora-platform' } },
  });
}

async function customer(name = 'Ada'): Promise<{ client: SupabaseClient; id: string; email: string }> {
  const client = clientOf();
  const email = `${randomUUID()}@example.com`;
  const { data, error } = await client.auth.signUp({ email, password: 'Secret-12', options: { data: { name } } });
  assert.equal(error, null);
  assert.ok(data.session, 'the front end goes on to the dashboard with the session of the sign-up');
  return { client, id: data.user!.id, email };
}

test('visitors load signals with their indicators, best first', async () => {
  const { data, error } = await anon
    .from('trading_signals')
    .select('*, indicators(id, indicator_name, timeframe, raw_value, score_contribution, scoring_version, metadata)')
    .eq('status', 'active')
    .gte('confidence_score', 30)
    .order('confidence_score', { ascending: false })
    .limit(50);
  assert.equal(error, null);
  assert.ok(data!.length > 0);
  assert.ok(data!.every((row) => typeof row.entry_price === 'number' && row.indicators.length >= 14));
  assert.ok(data!.every((row, index) => index === 0 || row.confidence_score <= data![index - 1].confidence_score));
});

test('visitors write no signals', async () => {
  const { error, status } = await anon
    .from('trading_signals')
    .insert([{ ticker: 'AAPL' }])
    .select();
  assert.deepEqual([status, error?.code], [401, '42501']);
  const removed = await anon.from('trading_signals').delete().lt('created_at', '2999-01-01').select();
  assert.equal(removed.status, 401);
});

test('sectors are asked for with an empty operand', async () => {
  const { data, error } = await anon
    .from('active_stocks')
    .select('sector')
    .not('sector', 'is', null)
    .not('sector', 'eq', '');
  assert.equal(error, null);
  assert.ok(data!.length > 100);
});

test('the profile is there after the sign-up; making it again is a conflict, and plan and role are kept', async () => {
  const { client, id, email } = await customer();
  const profile = await client.from('users').select('*').eq('id', id).single();
  assert.deepEqual([profile.error, profile.data.name, profile.data.email], [null, 'Ada', email]);
  const again = await client
    .from('users')
    .insert([{ id, email, name: 'Ada', subscription_tier: 'professional' }])
    .select()
    .single();
  assert.deepEqual([again.status, again.error?.code], [409, '23505']);
  const raised = await client
    .from('users')
    .update({
      subscription_tier: 'professional',
      notification_settings: { minimum_score: 70 },
      updated_at: new Date().toISOString(),
    })
    .eq('id', id)
    .select()
    .single();
  assert.deepEqual([raised.error, raised.data.subscription_tier], [null, 'starter']);
  assert.deepEqual(raised.data.notification_settings, { minimum_score: 70 });
  const other = await client.from('users').select('*').eq('id', randomUUID()).single();
  assert.deepEqual([other.status, other.error?.code], [406, 'PGRST116']);
});

test('a trade is executed, lives in both channels, is marked, closed, and found in the history', async () => {
  const { client, id } = await customer();
  const events: string[] = [];
  const waiting: { count: number; done: () => void }[] = [];
  for (const name of ['portfolio-changes', 'paper_trades_changes'])
    await new Promise<void>((resolve, reject) => {
      client
        .channel(name)
        .on(
          'postgres_changes',
          { event: '*', schema: 'public', table: 'paper_trades', filter: `user_id=eq.${id}` },
          (change) => {
            events.push(`${name} ${change.eventType}`);
            for (const each of waiting) if (events.length >= each.count) each.done();
          },
        )
        .subscribe((status, error) => {
          if (status === 'SUBSCRIBED') resolve();
          else if (status !== 'CLOSED') reject(error ?? new Error(status));
        });
    });
  const arrived = (count: number) =>
    new Promise<void>((done) => {
      waiting.push({ count, done });
      if (events.length >= count) done();
    });
  const row = {
    user_id: id,
    signal_id: null,
    ticker: 'AAPL',
    trade_type: 'buy',
    quantity: 100,
    entry_price: 50,
    current_price: 50,
    stop_loss: 47.5,
    take_profit: 57.5,
    profit_loss: 0,
    profit_loss_percentage: 0,
    is_open: true,
    opened_at: new Date().toISOString(),
    closed_at: null,
    notes: 'Paper trade executed for Apple in Technology sector',
    created_at: new Date().toISOString(),
    updated_at: new Date().toISOString(),
  };
  const inserted = await client.from('paper_trades').insert([row]).select().single();
  assert.deepEqual([inserted.error, inserted.status, inserted.data.notes], [null, 201, row.notes]);
  await arrived(2);
  const now = new Date().toISOString();
  const trade = inserted.data.id;
  const marked = await client.from('paper_trades').update({ current_price: 55, updated_at: now }).eq('id', trade);
  assert.deepEqual([marked.error, marked.status], [null, 204]);
  const open = await client
    .from('paper_trades')
    .select('*')
    .eq('user_id', id)
    .eq('is_open', true)
    .order('opened_at', { ascending: false });
  assert.equal(open.data![0].profit_loss, 500);
  assert.match(open.data![0].opened_at, /T/);
  const closing = { is_open: false, exit_price: 60, closed_at: now, profit_loss: 1e6, profit_loss_percentage: 1 };
  assert.equal((await client.from('paper_trades').update(closing).eq('id', trade)).error, null);
  await arrived(6);
  assert.deepEqual(events.sort(), [
    'paper_trades_changes INSERT',
    'paper_trades_changes UPDATE',
    'paper_trades_changes UPDATE',
    'portfolio-changes INSERT',
    'portfolio-changes UPDATE',
    'portfolio-changes UPDATE',
  ]);
  const history = await client
    .from('paper_trades')
    .select('*')
    .eq('user_id', id)
    .eq('is_open', false)
    .order('closed_at', { ascending: false });
  assert.deepEqual([history.data![0].profit_loss, history.data![0].profit_loss_percentage], [1000, 20]);
  await client.removeAllChannels();
  await client.realtime.disconnect();
});

test('a picture goes into one’s own folder and is public; into another’s it does not go', async () => {
  const { client, id } = await customer();
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  const put = (folder: string) =>
    client.storage.from('avatars').upload(`${folder}/avatar_1.png`, png, { upsert: true, contentType: 'image/png' });
  assert.equal((await put(id)).error, null);
  assert.notEqual((await put(randomUUID())).error, null);
  const { publicUrl } = client.storage.from('avatars').getPublicUrl(`${id}/avatar_1.png`).data;
  assert.deepEqual(Buffer.from(await (await fetch(publicUrl)).arrayBuffer()), png);
  const updated = await client.from('users').update({ avatar_url: publicUrl }).eq('id', id).select().single();
  assert.equal(updated.data.avatar_url, publicUrl);
});

test('the password is changed after the old one was checked, and a wrong one is told by its code', async () => {
  const { client, email } = await customer();
  const wrong = await client.auth.signInWithPassword({ email, password: 'nonsense' });
  assert.deepEqual([wrong.error?.status, wrong.error?.code], [400, 'invalid_credentials']);
  assert.equal((await client.auth.signInWithPassword({ email, password: 'Secret-12' })).error, null);
  assert.equal((await client.auth.updateUser({ password: 'Secret-13' })).error, null);
  assert.equal((await client.auth.signOut()).error, null);
  assert.equal((await client.auth.signInWithPassword({ email, password: 'Secret-13' })).error, null);
});

test('the admin’s pages count and list, for admins only', async () => {
  const { client, id } = await customer();
  const service = createClient(ready.url, ready.serviceRoleKey, { auth: { persistSession: false } });
  const mine = await client.from('users').select('id, created_at', { count: 'exact' });
  assert.equal(mine.count, 1);
  assert.equal((await service.from('admin_users').insert({ id, admin_role: 'admin' })).error, null);
  const all = await client.from('users').select('id, created_at', { count: 'exact' });
  assert.ok(all.count! > 1);
  for (const table of ['paper_trades', 'trading_signals'])
    assert.equal((await client.from(table).select('id, created_at', { count: 'exact' })).error, null);
  const recent = await client
    .from('paper_trades')
    .select('id, ticker, created_at, user_id')
    .order('created_at', { ascending: false })
    .limit(10);
  assert.equal(recent.error, null);
});
