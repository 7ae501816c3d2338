/** What a customer tries in order to read paid signals and other people's rows: nothing of it may be in any answer. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openWorld, SECRET, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world?.[Symbol.asyncDispose]());

const EXACT = { prefer: 'count=exact' };
type Try = readonly [method: string, path: (world: World) => string, given?: { body?: unknown; headers?: object }];

const TRIES: readonly Try[] = [
  ['GET', () => '/rest/v1/trading_signals?select=*,indicators(*),signal_history(*)&limit=1000', { headers: EXACT }],
  ['GET', ({ hidden }) => `/rest/v1/trading_signals?id=eq.${hidden[0]!.id}`],
  ['GET', ({ hidden }) => `/rest/v1/trading_signals?or=(ticker.eq.${hidden[0]!.ticker},id.not.is.null)`],
  ['GET', () => '/rest/v1/indicators?select=*,trading_signals(*)&limit=1000'],
  ['GET', () => '/rest/v1/signal_history?select=*,trading_signals!inner(ticker)'],
  ['GET', () => '/rest/v1/signal_outcomes?select=*,trading_signals(*)'],
  ['GET', () => '/rest/v1/signal_alerts?select=*,trading_signals(*)'],
  ['GET', () => '/rest/v1/signal_bookmarks?select=*,trading_signals(*)'],
  ['GET', () => '/rest/v1/paper_trades?select=*,trading_signals(*),users(*)'],
  ['GET', ({ victim }) => `/rest/v1/paper_trades?id=eq.${victim.trade}`],
  ['GET', () => '/rest/v1/closed_trades'],
  ['GET', () => '/rest/v1/open_positions'],
  ['GET', () => '/rest/v1/monthly_performance'],
  ['GET', () => '/rest/v1/dashboard_metrics'],
  ['GET', () => '/rest/v1/user_alert_settings'],
  ['GET', () => '/rest/v1/users?select=*,paper_trades(*),user_subscriptions(*),security_events(*),user_preferences(*)'],
  ['GET', ({ victim }) => `/rest/v1/users?id=eq.${victim.id}&select=email`],
  ['GET', () => '/rest/v1/users?select=*,admin_users!admin_users_id_fkey(*)'],
  ['GET', () => '/rest/v1/user_portfolio?select=*,users(email)'],
  ['GET', () => '/rest/v1/notifications'],
  ['GET', () => '/rest/v1/alert_delivery_log?select=*,users(*)'],
  ['GET', () => '/rest/v1/daily_picks', { headers: { 'accept-profile': 'kurzora' } }],
  ['GET', () => '/rest/v1/users', { headers: { 'accept-profile': 'auth' } }],
  ['POST', () => '/rest/v1/rpc/held_tickers', { body: {}, headers: { 'content-profile': 'kurzora' } }],
  ['POST', () => '/rest/v1/rpc/user_alert_settings', { body: {} }],
  ['POST', () => '/graphql/v1', { body: { query: '{ users { id email } }' } }],
  ['GET', () => '/api/v1/signals?limit=100&status=active'],
  ['GET', ({ hidden }) => `/api/v1/signals/${hidden[0]!.id}`],
  ['GET', ({ hidden }) => `/api/v1/signals/${hidden[0]!.id}/history`],
  ['POST', ({ hidden }) => `/api/v1/signals/${hidden[0]!.id}/execute`, { body: { quantity: 1 } }],
  ['POST', ({ hidden }) => `/api/v1/signals/${hidden[0]!.id}/bookmark`],
  ['GET', () => '/api/v1/dashboard/overview'],
  ['GET', () => '/api/v1/dashboard/activity'],
  ['GET', ({ victim }) => `/api/v1/portfolio/positions/${victim.trade}`],
  ['GET', ({ victim }) => `/api/v1/portfolio/trades/${victim.trade}`],
  ['GET', () => '/api/v1/user/export'],
  ['GET', () => '/api/v1/admin/users'],
  ['GET', () => '/api/v1/admin/export?what=signals'],
  ['GET', () => '/auth/v1/admin/users'],
  ['POST', () => '/storage/v1/object/list/avatars', { body: { prefix: '' } }],
];

test('no way of asking shows a starter a fourth signal or anything of somebody else', async () => {
  const { hidden, victim, starter } = world;
  assert.ok(hidden.length > 20, 'there is something to be had');
  const forbidden = [...hidden.map(({ id }) => id), victim.id, victim.email, victim.trade, SECRET];
  for (const [method, path, given] of TRIES) {
    const { status, text } = await world.call(starter, method, path(world), given as object);
    const asked = new Set(path(world).split(/[/?&=.]/));
    const found = forbidden.filter((secret) => text.includes(secret) && !asked.has(secret));
    assert.deepEqual(found, [], `${method} ${path(world)} answered ${status}`);
    assert.ok(status < 500 || status === 501, `${method} ${path(world)} answered ${status}: ${text}`);
  }
});

test('counts tell what one may see and no more', async () => {
  const { client } = world.starter;
  const seen = await client.from('trading_signals').select('*', { count: 'exact', head: true });
  const planned = await client.from('trading_signals').select('*', { count: 'estimated', head: true });
  assert.deepEqual([seen.count, planned.count], [3, 3]);
  const summed = await world.call(world.starter, 'GET', '/rest/v1/trading_signals?select=count()');
  assert.equal(summed.status, 400, 'no aggregates');
  const plan = { headers: { accept: 'application/vnd.pgrst.plan+json; options=analyze' } };
  assert.equal((await world.call(world.starter, 'GET', '/rest/v1/trading_signals', plan)).status, 406);
});

test('a share of every stock on paper shows the signals of ten stocks, and selling makes no room before tomorrow', async () => {
  const { hidden, service, newcomer } = world;
  const eve = await newcomer();
  await service.from('users').update({ subscription_status: 'expired' }).eq('id', eve.id).throwOnError();
  const buy = async (tickers: readonly string[]) => {
    for (const ticker of tickers)
      await eve.client
        .from('paper_trades')
        .insert({
          user_id: eve.id,
          ticker,
          quantity: 1,
          entry_price: 1,
          created_at: '2001-01-01',
          opened_at: '2001-01-01',
        })
        .throwOnError();
  };
  const visible = async () => {
    const { data } = await eve.client.from('trading_signals').select('ticker').throwOnError();
    return new Set(data.map(({ ticker }) => ticker as string));
  };
  const tickers = [...new Set(hidden.map(({ ticker }) => ticker))].slice(0, 30);
  await buy(tickers.slice(0, 15));
  const first = await visible();
  assert.deepEqual(
    tickers.filter((ticker) => first.has(ticker)),
    tickers.slice(0, 10),
  );
  await eve.client.from('paper_trades').update({ is_open: false, exit_price: 1 }).eq('user_id', eve.id).throwOnError();
  await buy(tickers.slice(15));
  const second = await visible();
  assert.deepEqual(
    tickers.filter((ticker) => second.has(ticker)),
    [],
  );
});

test('a socket brings a starter the changes of his own signals, and of others’ rows at most the key of a deleted one', async () => {
  const { starter, victim, service, hidden } = world;
  const heard: { table: string; eventType: string; new: object; old: object }[] = [];
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const { data: picks } = await starter.client.from('trading_signals').select('id').limit(1).throwOnError();
  const channel = starter.client.channel('everything');
  for (const [table, filter] of [['trading_signals'], ['paper_trades'], ['paper_trades', `user_id=eq.${victim.id}`]])
    channel.on(
      'postgres_changes',
      { event: '*', schema: 'public', table: table!, ...(filter && { filter }) },
      (change) => {
        heard.push(change);
        if (JSON.stringify(change.new).includes('the end')) resolve();
      },
    );
  await new Promise<void>((joined, failed) =>
    channel.subscribe((state, error) => (state === 'SUBSCRIBED' ? joined() : failed(error ?? new Error(state)))),
  );
  const trade = { user_id: victim.id, ticker: 'ACME', quantity: 2, entry_price: 100, notes: SECRET };
  const { data: bought } = await victim.client.from('paper_trades').insert(trade).select().single().throwOnError();
  await victim.client.from('paper_trades').update({ current_price: 101 }).eq('id', bought['id']).throwOnError();
  await service.from('paper_trades').delete().eq('id', bought['id']).throwOnError();
  for (const id of [hidden[0]!.id, picks[0]!['id']])
    await service.from('trading_signals').update({ explanation: 'the end' }).eq('id', id).throwOnError();
  await done;
  await starter.client.removeAllChannels();
  await starter.client.realtime.disconnect();
  for (const { table, eventType, old, new: row } of heard)
    if (table === 'paper_trades')
      assert.deepEqual([eventType, old, row], ['DELETE', { id: bought['id'] }, {}], 'only that something is gone');
  const said = JSON.stringify(heard);
  for (const secret of [hidden[0]!.id, SECRET, victim.id]) assert.ok(!said.includes(secret), secret);
});

test('where signals are not public, a visitor gets none of them by any door', async () => {
  const { service, call, hidden } = world;
  const open = (value: boolean) =>
    service.from('system_config').update({ value }).eq('key', 'public_signals').throwOnError();
  await open(false);
  try {
    for (const [method, path, given] of TRIES) {
      const { text } = await call(null, method, path(world), given as object);
      const asked = new Set(path(world).split(/[/?&=.]/));
      assert.deepEqual(
        hidden.filter(({ id }) => text.includes(id) && !asked.has(id)),
        [],
        path(world),
      );
    }
  } finally {
    await open(true);
  }
});
