/** Settings that change a running Kurzora, and the admin's pages of the product's own front end, through the official client. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { newInstallation, type Ready } from '../project-folder/freehold.ts';

const installation = newInstallation();
let ready: Ready;
let stopped: Promise<void>;
let stop: () => void;
let service: SupabaseClient;
let boss: Person;

interface Person {
  readonly client: SupabaseClient;
  readonly id: string;
  readonly email: string;
}

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
  service = createClient(ready.url, ready.serviceRoleKey, { auth: { persistSession: false } });
  boss = await person();
  assert.equal((await service.from('admin_users').insert({ id: boss.id, admin_role: 'super_admin' })).error, null);
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

async function person(): Promise<Person> {
  const client = clientOf();
  const email = `${randomUUID()}@example.com`;
  const { data, error } = await client.auth.signUp({
    email,
    password: 'Secret-12',
    options: { data: { name: 'Ada' } },
  });
  assert.equal(error, null);
  return { client, id: data.user!.id, email };
}

async function api(method: string, path: string, by?: SupabaseClient, body?: unknown) {
  const token = (await by?.auth.getSession())?.data.session?.access_token;
  const response = await fetch(`${ready.url}/api/v1/${path}`, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json');
  // biome-ignore lint/suspicious/noExplicitAny: the body as it came; each test says what it expects of it.
  return { status: response.status, body: (json ? JSON.parse(text) : text) as any };
}

async function set(key: string, value: unknown): Promise<void> {
  const { status, body } = await api('PUT', 'admin/config', boss.client, { key, value });
  assert.equal(status, 200, JSON.stringify(body));
}

test('the admin’s form for new users makes an account and leaves its admin signed in', async () => {
  const before = (await boss.client.auth.getSession()).data.session!;
  const email = `${randomUUID()}@example.com`;
  const ends = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const made = await boss.client.auth.signUp({
    ...{ email, password: 'secret12' },
    options: {
      data: {
        ...{ name: 'Tester', subscription_tier: 'professional', subscription_status: 'trial' },
        ...{ trial_end_date: ends, created_by_admin: true, skip_authcontext_profile: true },
      },
    },
  });
  assert.deepEqual([made.error, made.data.session], [null, null]);
  const id = made.data.user!.id;
  assert.equal((await boss.client.auth.getUser()).data.user?.id, boss.id, 'the admin is who he was');
  assert.equal((await boss.client.auth.getSession()).data.session?.access_token, before.access_token);
  const profile = {
    ...{ id, email, name: 'Tester', subscription_tier: 'professional', subscription_status: 'trial' },
    ...{ subscription_ends_at: ends, starting_balance: 10000, current_balance: 10000, is_active: true },
  };
  const inserted = await boss.client.from('users').insert([profile]).select().single();
  assert.deepEqual([inserted.status, inserted.error?.code], [409, '23505'], 'the server has made the profile');
  const updated = await boss.client
    .from('users')
    .update({ subscription_tier: 'professional', subscription_ends_at: ends })
    .eq('id', id)
    .select()
    .single();
  assert.deepEqual([updated.error, updated.data?.subscription_tier], [null, 'professional']);
  assert.equal(Date.parse(updated.data!.subscription_ends_at), Date.parse(ends));
  const list = await boss.client
    .from('users')
    .select('id, email, name, subscription_tier, subscription_status, is_active, created_at')
    .order('created_at', { ascending: false });
  assert.ok(list.data!.some((row) => row.id === id));
  const signedIn = await clientOf().auth.signInWithPassword({ email, password: 'secret12' });
  assert.equal(signedIn.error, null);
  const customer = await person();
  const refused = await customer.client
    .from('users')
    .insert([{ ...profile, id: randomUUID() }])
    .select()
    .single();
  assert.equal(refused.status, 403, 'a customer adds nobody');
});

test('in maintenance customers are told so at every door, staff and probes go on', async () => {
  const customer = await person();
  const trade = {
    user_id: customer.id,
    ticker: 'AAPL',
    trade_type: 'buy',
    quantity: 1,
    entry_price: 10,
    is_open: true,
  };
  await set('maintenance_message', 'Back at noon');
  await set('platform_status', 'maintenance');
  for (const by of [customer.client, undefined]) {
    const { status, body } = await api('GET', 'signals', by);
    assert.deepEqual([status, body.error.code, body.error.message], [503, 'UNAVAILABLE', 'Back at noon']);
  }
  const written = await customer.client.from('paper_trades').insert([trade]).select().single();
  assert.deepEqual([written.status, written.error?.message], [503, 'Back at noon']);
  assert.equal((await customer.client.from('users').update({ name: 'X' }).eq('id', customer.id)).status, 503);
  assert.equal(
    (await customer.client.from('users').select('id').eq('id', customer.id).single()).error,
    null,
    'reading',
  );
  assert.equal((await api('GET', 'signals', boss.client)).status, 200);
  assert.equal((await api('POST', 'auth/login', undefined, { email: boss.email, password: 'Secret-12' })).status, 200);
  const state = await api('GET', 'public/status');
  assert.deepEqual(
    [state.status, state.body.data.status, state.body.data.message],
    [200, 'maintenance', 'Back at noon'],
  );
  assert.equal((await fetch(`${ready.url}/health`)).status, 200);

  await set('platform_status', 'limited');
  assert.equal((await api('GET', 'signals', customer.client)).status, 200);
  const order = { ticker: 'AAPL', quantity: 1 };
  assert.equal((await api('POST', 'portfolio/paper-trade', customer.client, order)).status, 503);
  assert.equal((await customer.client.from('paper_trades').insert([trade]).select().single()).status, 503);
  assert.equal((await customer.client.from('users').update({ name: 'X' }).eq('id', customer.id)).status, 204);
  await set('platform_status', 'operational');
  assert.equal((await customer.client.from('paper_trades').insert([trade]).select().single()).status, 201);
});

test('sign-ups close and open again, through whichever door; and a new address is confirmed where it is asked for', async () => {
  const register = () =>
    api('POST', 'auth/register', undefined, {
      name: 'Ada',
      email: `${randomUUID()}@example.com`,
      password: 'Secret-12',
    });
  const signUp = () => clientOf().auth.signUp({ email: `${randomUUID()}@example.com`, password: 'Secret-12' });
  await set('allow_new_signups', false);
  assert.equal((await register()).status, 403);
  assert.deepEqual([(await signUp()).error?.code, (await signUp()).data.session], ['signup_disabled', null]);
  const made = await api('POST', 'admin/users', boss.client, { name: 'Made', email: `${randomUUID()}@example.com` });
  assert.equal(made.status, 201, 'staff still make accounts');
  await set('allow_new_signups', true);
  await set('require_email_verification', true);
  const waiting = await signUp();
  assert.deepEqual([waiting.error, waiting.data.session], [null, null]);
  await set('require_email_verification', false);
  assert.ok((await signUp()).data.session);
});

test('new accounts risk what the settings say', async () => {
  await set('default_risk_percentage', 1.25);
  const { client, id } = await person();
  const row = await client.from('users').select('risk_percentage').eq('id', id).single();
  assert.equal(row.data!.risk_percentage, 1.25);
  await set('default_risk_percentage', 2);
});

test('a second factor is asked of staff only once who asks has shown one himself', async () => {
  const { status } = await api('PUT', 'admin/config', boss.client, { key: 'require_2fa_for_admin', value: true });
  assert.equal(status, 409);
  await service.from('system_config').update({ value: true }).eq('key', 'require_2fa_for_admin');
  assert.deepEqual(
    [(await api('GET', 'admin/me', boss.client)).status, (await api('GET', 'admin/me', boss.client)).body.error.code],
    [401, 'TWO_FACTOR_REQUIRED'],
  );
  const seen = await boss.client.from('users').select('id', { count: 'exact' });
  assert.equal(seen.count, 1, 'nor does the data API show others');
  await service.from('system_config').update({ value: false }).eq('key', 'require_2fa_for_admin');
  assert.equal((await api('GET', 'admin/me', boss.client)).status, 200);
});

test('health, figures, phases and exports of a running platform', async () => {
  const health = await api('GET', 'admin/system/health', boss.client);
  assert.equal(health.status, 200, JSON.stringify(health.body));
  const { checks } = health.body.data;
  for (const part of ['database', 'jobs', 'realtime', 'provider', 'disk'])
    assert.match(checks[part].status, /^(healthy|degraded)$/, `${part}: ${checks[part].message}`);
  assert.equal(checks.jobs.details.failed, 0);
  const figures = await api('GET', 'admin/analytics?days=7', boss.client);
  assert.equal(figures.status, 200, JSON.stringify(figures.body));
  assert.deepEqual([figures.body.data.days.length, figures.body.data.days.at(-1).newUsers > 2], [7, true]);
  assert.equal((await api('GET', 'admin/subscriptions/statistics', boss.client)).body.data.paying, 0);
  assert.equal((await api('PUT', 'admin/phases', boss.client, { phase: 3 })).status, 409, 'its gate is far');
  assert.equal((await api('PUT', 'admin/phases', boss.client, { phase: 3, force: true })).body.data.phase, 3);
  assert.equal((await api('GET', 'status')).body.data.phase, 3);
  assert.equal((await api('PUT', 'admin/phases', boss.client, { phase: null })).status, 200);
  const { client, id } = await person();
  await client.from('users').update({ name: '=HYPERLINK("http://evil")' }).eq('id', id);
  const csv = await api('GET', 'admin/export?what=users', boss.client);
  assert.match(csv.body, /^id,email,name,/);
  assert.ok(csv.body.includes(`"'=HYPERLINK(""http://evil"")"`), 'no formula leaves');
  for (const what of ['signals', 'trades', 'audit'])
    assert.equal((await api('GET', `admin/export?what=${what}`, boss.client)).status, 200, what);
  assert.equal((await api('GET', 'admin/export?what=users', client)).status, 403);
  const trail = await api('GET', 'admin/system/logs/audit?type=export', boss.client);
  assert.equal(trail.body.meta.total, 4);
});
