/** What a customer tries in order to change his plan, other people's rows, or to break what everybody uses. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type Given, openWorld, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world?.[Symbol.asyncDispose]());

const BACK = { prefer: 'return=representation' };
const MERGE = { prefer: 'resolution=merge-duplicates,return=representation' };
const RAISED = {
  subscription_tier: 'elite',
  subscription_status: 'active',
  subscription_ends_at: '2099-01-01',
  stripe_customer_id: 'cus_1',
  role: 'super_admin',
  email: 'boss@example.com',
  email_verified: true,
  phone_verified: true,
  google_id: 'g',
  starting_balance: 1e6,
  current_balance: 1e6,
  daily_alerts_sent: 0,
  last_alert_date: null,
  is_active: false,
  telegram_verified_at: '2020-01-01',
  created_at: '2001-01-01',
  last_login_at: '2001-01-01',
  deleted_at: '2001-01-01',
};
const { email: _, ...WITHOUT_EMAIL } = RAISED;

type Refused = readonly [
  method: string,
  path: (world: World) => string,
  given: (world: World) => Given,
  status: number[],
];

const REFUSED: readonly Refused[] = [
  ['POST', () => '/rest/v1/users', () => ({ body: { ...RAISED, id: randomUUID(), name: 'x' } }), [403]],
  ['POST', () => '/rest/v1/users', ({ starter }) => ({ body: { ...RAISED, id: starter.id, name: 'x' } }), [409]],
  [
    'POST',
    () => '/rest/v1/users',
    ({ victim }) => ({ body: { id: victim.id, email: 'a@b.c', name: 'x' }, headers: MERGE }),
    [403],
  ],
  ['DELETE', ({ starter }) => `/rest/v1/users?id=eq.${starter.id}`, () => ({}), [403]],
  [
    'POST',
    () => '/rest/v1/admin_users',
    ({ starter }) => ({ body: { id: starter.id, admin_role: 'super_admin' } }),
    [403],
  ],
  ['POST', () => '/rest/v1/user_subscriptions', ({ starter }) => ({ body: { user_id: starter.id } }), [403]],
  ['PATCH', () => '/rest/v1/user_portfolio?balance=gt.0', () => ({ body: { balance: 1e6 } }), [403]],
  ['PATCH', () => '/rest/v1/subscription_plans?slug=eq.starter', () => ({ body: { max_signals_per_day: 99 } }), [403]],
  ['PATCH', () => '/rest/v1/system_config?key=eq.public_signals', () => ({ body: { value: true } }), [403]],
  ['PATCH', () => '/rest/v1/trading_signals?status=eq.active', () => ({ body: { status: 'expired' } }), [403]],
  ['POST', () => '/rest/v1/indicators', () => ({ body: {} }), [403]],
  ['POST', () => '/rest/v1/signal_outcomes', () => ({ body: {} }), [403]],
  ['POST', () => '/rest/v1/portfolio_snapshots', () => ({ body: {} }), [403]],
  [
    'POST',
    () => '/rest/v1/notifications',
    ({ victim }) => ({ body: { user_id: victim.id, type: 'system', title: 'x' } }),
    [403],
  ],
  ['POST', () => '/rest/v1/alert_delivery_log', () => ({ body: {} }), [403]],
  ['POST', () => '/rest/v1/active_stocks', () => ({ body: { ticker: 'EVIL' } }), [403]],
  [
    'POST',
    () => '/rest/v1/paper_trades',
    ({ victim }) => ({ body: { user_id: victim.id, ticker: 'X', quantity: 1, entry_price: 1 } }),
    [403],
  ],
  [
    'POST',
    () => '/rest/v1/paper_trades?on_conflict=id',
    ({ victim, starter }) => ({
      body: { id: victim.trade, user_id: starter.id, ticker: 'X', quantity: 1, entry_price: 1 },
      headers: MERGE,
    }),
    [403],
  ],
  [
    'POST',
    () => '/rest/v1/paper_trades',
    ({ starter, hidden }) => ({
      body: { user_id: starter.id, signal_id: hidden[0]!.id, ticker: 'X', quantity: 1, entry_price: 1 },
    }),
    [403],
  ],
  ['DELETE', ({ victim }) => `/rest/v1/paper_trades?id=eq.${victim.trade}`, () => ({}), [403]],
  // PostgREST's answer to a view that sums up: 55000 is a 500.
  ['PATCH', () => '/rest/v1/open_positions?quantity=gt.0', () => ({ body: { quantity: 9 } }), [500]],
  ['PATCH', () => '/rest/v1/user_alert_settings?user_id=not.is.null', () => ({ body: { timezone: 'UTC' } }), [500]],
  [
    'POST',
    () => '/rest/v1/rpc/update_user_stripe_info',
    ({ starter }) => ({ body: { user_id: starter.id, customer_id: 'c', sub_tier: 'elite', sub_status: 'active' } }),
    [403],
  ],
  [
    'POST',
    () => '/rest/v1/rpc/increment_daily_alerts',
    ({ victim }) => ({ body: { user_id: victim.id, target_date: '2026-11-22' } }),
    [403],
  ],
  [
    'POST',
    () => '/rest/v1/rpc/rollback_daily_alerts',
    ({ starter }) => ({ body: { user_id: starter.id, target_date: '2026-11-22' } }),
    [403],
  ],
  [
    'POST',
    () => '/functions/v1/multi-user-alerts',
    () => ({ body: { type: 'INSERT', table: 'trading_signals', record: {} } }),
    [401, 403],
  ],
  [
    'POST',
    () => '/api/v1/webhooks/stripe',
    () => ({ body: { type: 'customer.subscription.updated' } }),
    [400, 401, 503],
  ],
  ['POST', () => '/api/v1/webhooks/alerts', () => ({ body: { type: 'telegram_delivery_status', data: {} } }), [401]],
  [
    'POST',
    () => '/api/subscription/process',
    ({ victim }) => ({
      body: { userId: victim.id, userEmail: victim.email, planId: 'starter', paymentMethodId: 'pm_1' },
    }),
    [403],
  ],
  ['PUT', ({ starter }) => `/api/v1/admin/users/${starter.id}`, () => ({ body: { tier: 'elite' } }), [403]],
  ['PUT', () => '/api/v1/admin/config', () => ({ body: { key: 'public_signals', value: true } }), [403]],
  ['DELETE', ({ victim }) => `/api/v1/portfolio/positions/${victim.trade}`, () => ({ body: {} }), [404]],
  ['POST', () => '/storage/v1/bucket', () => ({ body: { name: 'mine', public: true } }), [400, 403]],
];

test('every door that leads to somebody else’s rows or to a better plan is shut', async () => {
  const before = await everybody();
  for (const [method, path, given, allowed] of REFUSED) {
    const { status, text } = await world.call(world.starter, method, path(world), given(world));
    assert.ok(allowed.includes(status), `${method} ${path(world)} answered ${status}: ${text}`);
  }
  assert.deepEqual(await everybody(), before, 'nothing has moved');
});

async function everybody() {
  const { service, victim, starter } = world;
  const rows = (table: string, column: string) =>
    service.from(table).select('*').in(column, [victim.id, starter.id]).order(column).throwOnError();
  const tables = [
    ['users', 'id'],
    ['paper_trades', 'user_id'],
    ['user_portfolio', 'user_id'],
    ['admin_users', 'id'],
    ['notifications', 'user_id'],
  ] as const;
  return await Promise.all(tables.map(async ([table, column]) => (await rows(table, column)).data));
}

test('one’s own profile keeps what the server owns, however it is written, while the rest is taken', async () => {
  const { starter, service, call } = world;
  const owned = async () => {
    const { data } = await service.from('users').select('*').eq('id', starter.id).single().throwOnError();
    const { name: _name, updated_at: __, notification_settings: ___, ...rest } = data as Record<string, unknown>;
    return rest;
  };
  const before = await owned();
  const mine = `/rest/v1/users?id=eq.${starter.id}`;
  const writes: readonly (readonly [string, string, object, Record<string, string>])[] = [
    ['PATCH', mine, { ...RAISED, name: 'One' }, BACK],
    ['POST', '/rest/v1/users?on_conflict=id', { ...RAISED, id: starter.id, name: 'Two' }, MERGE],
    [
      'PUT',
      mine,
      { ...before, ...WITHOUT_EMAIL, name: 'Three', notification_settings: { daily_alert_limit: null } },
      BACK,
    ],
    ['PATCH', mine, { id: world.victim.id, name: 'Four' }, BACK],
  ];
  for (const [method, path, body, headers] of writes) {
    const { status, text } = await call(starter, method, path, { body, headers });
    assert.equal(status, 200, `${method}: ${text}`);
    assert.equal(JSON.parse(text)[0].name, (body as { name: string }).name, 'the row comes back');
    assert.deepEqual(await owned(), before, method);
  }
  const { data } = await starter.client.from('security_events').select('event_type').throwOnError();
  assert.ok(
    data.some(({ event_type }) => event_type === 'server_owned_columns'),
    'it is written down',
  );
  const { data: seen } = await starter.client.from('trading_signals').select('id').throwOnError();
  assert.equal(seen.length, 3);
});

test('a trade keeps what was agreed when it was opened, and once closed it is history', async () => {
  const { victim, call } = world;
  const path = `/rest/v1/paper_trades?id=eq.${victim.trade}`;
  const row = { user_id: world.starter.id, ticker: 'ELSE', quantity: 500, entry_price: 1, trade_type: 'sell' };
  const lies = { opened_at: '2001-01-01', created_at: '2001-01-01', profit_loss: 1e6, profit_loss_percentage: 1e6 };
  const changed = await call(victim, 'PATCH', path, { body: { ...row, ...lies, current_price: 110 }, headers: BACK });
  const [after] = JSON.parse(changed.text);
  assert.deepEqual(
    [after.user_id, after.ticker, after.quantity, after.entry_price, after.trade_type, after.profit_loss],
    [victim.id, 'ACME', 1, 100, 'buy', 10],
  );
  assert.ok(Date.parse(after.opened_at) > Date.parse('2002-01-01'));
  const end = { is_open: false, exit_price: 90, closed_at: '2999-01-01', profit_loss: 1e6 };
  const [closed] = JSON.parse((await call(victim, 'PATCH', path, { body: end, headers: BACK })).text);
  assert.equal(closed.profit_loss, -10);
  assert.ok(Date.parse(closed.closed_at) <= Date.now() + 1000, 'not in the future');
  const again = await call(victim, 'PATCH', path, { body: { is_open: true, exit_price: 1e4 }, headers: BACK });
  assert.equal(again.text, '[]');
});

const HOSTILE: readonly (readonly [table: string, row: Record<string, unknown>])[] = [
  ...['entry_price', 'current_price', 'stop_loss', 'take_profit', 'exit_price'].map(
    (column) => ['paper_trades', { [column]: 'NaN', ...(column === 'exit_price' && { is_open: false }) }] as const,
  ),
  ['paper_trades', { quantity: 2_147_483_647 }],
  ['paper_trades', { quantity: 0 }],
  ['paper_trades', { entry_price: 1e9 }],
  ['paper_trades', { ticker: '=1+1' }],
  ['paper_trades', { ticker: '<b>x</b>' }],
  ...[5, 'x', [1], true].map((value) => ['users', { notification_settings: value }] as const),
  ['users', { notification_settings: { x: 'y'.repeat(20_000) } }],
  ['users', { language: '__proto__' }],
  ['users', { risk_percentage: 'NaN' }],
  ['user_preferences', { ui: [] }],
];

test('values that sums and jobs would stumble over are refused, and moments that cannot be are set right', async () => {
  const { starter, call } = world;
  for (const [table, row] of HOSTILE) {
    const trade = table === 'paper_trades';
    const body = trade ? { user_id: starter.id, ticker: 'ACME', quantity: 1, entry_price: 10, ...row } : row;
    const key = table === 'users' ? 'id' : 'user_id';
    const path = trade ? '/rest/v1/paper_trades' : `/rest/v1/${table}?${key}=eq.${starter.id}`;
    const { status, text } = await call(starter, trade ? 'POST' : 'PATCH', path, { body });
    assert.equal(status, 400, `${table} ${JSON.stringify(row).slice(0, 60)}: ${text}`);
  }
  for (const moment of ['infinity', '-infinity', '4000-01-01 BC', '9999-12-31']) {
    const row = { user_id: starter.id, ticker: 'ACME', quantity: 1, entry_price: 10, exit_price: 11, is_open: false };
    const times = { opened_at: moment, created_at: moment, updated_at: moment, closed_at: moment };
    const { text } = await call(starter, 'POST', '/rest/v1/paper_trades', {
      body: { ...row, ...times },
      headers: BACK,
    });
    const [kept] = JSON.parse(text);
    for (const column of Object.keys(times)) {
      const at = Date.parse(kept[column]);
      assert.ok(at >= Date.parse('2000-01-01') && at <= Date.now() + 1000, `${column} ${moment}: ${kept[column]}`);
    }
    assert.ok(Date.parse(kept.closed_at) >= Date.parse(kept.opened_at));
  }
  for (const path of ['portfolio', 'portfolio/performance?period=ALL', 'portfolio/trades', 'dashboard/overview'])
    assert.equal((await call(starter, 'GET', `/api/v1/${path}`)).status, 200, path);
});
