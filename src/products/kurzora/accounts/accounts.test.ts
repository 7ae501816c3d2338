import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, type TestAccounts, testAccounts } from './test-accounts.ts';

let it: TestAccounts;
let clock = Date.now();
before(async () => {
  it = await testAccounts(() => clock);
});
after(() => it[Symbol.asyncDispose]());

const login = (email: string, password = PASSWORD, more: object = {}) =>
  it.call('POST', '/api/v1/auth/login', { body: { email, password, ...more } });

test('who registers is signed in, with profile, preferences and a trial of seven days', async () => {
  const body = { name: "Ada O'Brien", email: ' Ada@Example.com ', password: PASSWORD, planId: 'professional' };
  const made = await it.call('POST', '/api/v1/auth/register', { body });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { user, accessToken, refreshToken, expiresIn } = made.body.data;
  assert.deepEqual([user.email, user.name, user.role, expiresIn], ['ada@example.com', "Ada O'Brien", 'user', 900]);
  assert.deepEqual([user.subscription.status, user.preferences.alerts.min_score], ['trial', 80]);
  assert.ok(accessToken && refreshToken);
  const again = await it.call('POST', '/api/v1/auth/register', { body });
  assert.deepEqual([again.status, again.body.error.code], [409, 'CONFLICT']);
  const session = await it.call('GET', '/api/v1/auth/session', { token: accessToken });
  assert.deepEqual([session.status, session.body.data.user.id], [200, user.id]);
});

test('a password is refused by length and by classes, in that the answer names both', async () => {
  for (const password of ['Ab1!', 'alllowercase', `Aa1${'x'.repeat(70)}`]) {
    const body = { name: 'A', email: 'weak@example.com', password };
    const { status, body: answer } = await it.call('POST', '/api/v1/auth/register', { body });
    assert.deepEqual([status, answer.error.code], [400, 'VALIDATION_ERROR'], password);
  }
});

test('a wrong password and an unknown account are answered alike; the sixth try is locked out, right or not', async () => {
  const { email } = await it.registered('lock@example.com');
  for (const who of [email, 'nobody@example.com'])
    for (let n = 0; n < 5; n++) {
      const { status, body } = await login(who, 'Wrong-Horse-1');
      assert.deepEqual(
        [status, body.error.code, body.error.message],
        [401, 'INVALID_CREDENTIALS', 'Invalid email or password'],
      );
    }
  for (const who of [email, 'nobody@example.com']) {
    const locked = await login(who);
    assert.deepEqual([locked.status, locked.body.error.code], [423, 'ACCOUNT_LOCKED']);
    assert.equal(locked.body.error.details.lockoutDuration, 900);
    assert.equal(locked.headers.get('retry-after'), '900');
  }
  const events = await it.db.sql(`select 1 from public.security_events where event_type = 'account_locked'`);
  assert.equal(events.length, 1, 'of the account that is there');
  clock += 15 * 60_000 + 1000;
  assert.equal((await login(email)).status, 200);
});

test('after the sixth sign-in five sessions remain and the refresh of the oldest is refused', async () => {
  const { email } = await it.registered('many@example.com');
  const tokens: string[] = [];
  for (let n = 0; n < 6; n++) tokens.push((await login(email)).body.data.refreshToken);
  const [{ count }] = await it.db.sql<{ count: number }>(
    `select count(*)::int as count from auth.sessions s join auth.users u on u.id = s.user_id where u.email = $1`,
    [email],
  );
  assert.equal(count, 5);
  const refresh = (refreshToken: string) => it.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } });
  const oldest = await refresh(tokens[0]!);
  assert.deepEqual([oldest.status, oldest.body.error.code], [401, 'TOKEN_INVALID']);
  const newest = await refresh(tokens[5]!);
  assert.equal(newest.status, 200);
  assert.notEqual(newest.body.data.refreshToken, tokens[5]);
});

test('a session ends after 7 days, a remembered one after 30', async () => {
  const { email } = await it.registered('remember@example.com');
  await login(email);
  await login(email, PASSWORD, { rememberMe: true });
  const rows = await it.db.sql<{ days: number }>(
    `select round(extract(epoch from not_after - now()) / 86400)::int as days from auth.sessions s
     join auth.users u on u.id = s.user_id where u.email = $1 and not_after is not null order by 1`,
    [email],
  );
  assert.deepEqual(
    rows.map(({ days }) => days),
    [7, 30],
  );
});

test('a password is changed by who knows it, and forgotten ones by mail; old sessions end', async () => {
  const { email, accessToken, refreshToken } = await it.registered('change@example.com');
  const change = (currentPassword: string, newPassword: string) =>
    it.call('POST', '/api/v1/auth/change-password', { token: accessToken, body: { currentPassword, newPassword } });
  assert.equal((await change('Wrong-Horse-1', 'Another-Horse-2')).status, 401);
  const changed = await change(PASSWORD, 'Another-Horse-2');
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  const forgot = await it.call('POST', '/api/v1/auth/forgot-password', { body: { email } });
  const unknown = await it.call('POST', '/api/v1/auth/forgot-password', { body: { email: 'none@example.com' } });
  assert.deepEqual([forgot.status, forgot.body.data], [unknown.status, unknown.body.data]);
  const [mail] = await it.auth.inbox!.messages(email);
  const token = /token=([^&"\s]+)/.exec(JSON.stringify(mail))?.[1];
  assert.ok(token, JSON.stringify(mail));
  const reset = (password: string) => it.call('POST', '/api/v1/auth/reset-password', { body: { token, password } });
  assert.equal((await reset('weak')).status, 400, 'and the token is not used up');
  const done = await reset('Third-Horse-3');
  assert.equal(done.status, 200, JSON.stringify(done.body));
  assert.equal((await reset('Fourth-Horse-4')).status, 401);
  assert.equal((await login(email, 'Third-Horse-3')).status, 200);
  assert.equal((await it.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } })).status, 401);
});

test('logging out never fails and ends the session', async () => {
  const { accessToken, refreshToken } = await it.registered('out@example.com');
  const out = (options: object) => it.call('POST', '/api/v1/auth/logout', options);
  assert.equal((await out({ token: accessToken })).status, 200);
  assert.equal((await out({ token: accessToken })).status, 200);
  assert.equal((await out({ body: { refreshToken } })).status, 200);
  assert.equal((await out({})).status, 200);
  assert.equal((await it.call('GET', '/api/v1/auth/session', { token: accessToken })).status, 401);
});

test('profile, preferences and keys are one’s own, and a key is shown once', async () => {
  const { accessToken: token } = await it.registered('profile@example.com');
  const put = await it.call('PUT', '/api/v1/user/profile', {
    token,
    body: { name: 'New', language: 'ar', timezone: 'Europe/Berlin' },
  });
  assert.deepEqual([put.status, put.body.data.name, put.body.data.language], [200, 'New', 'ar']);
  assert.equal((await it.call('PUT', '/api/v1/user/profile', { token, body: { timezone: 'Mars/Base' } })).status, 400);
  const prefs = await it.call('PUT', '/api/v1/user/preferences', {
    token,
    body: { ui: { language: 'ar' }, alerts: { min_score: 90 } },
  });
  assert.deepEqual(
    [prefs.body.data.ui.rtl, prefs.body.data.ui.theme, prefs.body.data.alerts],
    [true, 'dark', { min_score: 90, max_per_day: 10 }],
  );
  const reset = await it.call('POST', '/api/v1/user/preferences/reset', { token });
  assert.equal(reset.body.data.alerts.min_score, 80, JSON.stringify(reset.body));
  const key = await it.call('POST', '/api/v1/user/api-keys', { token, body: { name: 'Bot' } });
  assert.match(key.body.data.key, /^kz_/);
  const list = (await it.call('GET', '/api/v1/user/api-keys', { token })).body.data;
  assert.deepEqual([list.length, list[0].key, list[0].prefix], [1, undefined, key.body.data.key.slice(0, 8)]);
  const { accessToken: other } = await it.registered('other@example.com');
  assert.equal((await it.call('DELETE', `/api/v1/user/api-keys/${list[0].id}`, { token: other })).status, 404);
  const exported = await it.call('GET', '/api/v1/user/export', { token });
  assert.equal(exported.body.profile.email, 'profile@example.com');
  assert.doesNotMatch(JSON.stringify(exported.body), /password|key_hash/);
});

test('an account is closed with its password: what names the person goes and the address is free again', async () => {
  const { id, email, accessToken: token, refreshToken } = await it.registered('gone@example.com');
  const order = { userId: id, userEmail: email, planId: 'starter', paymentMethodId: 'pm_card_gone' };
  assert.equal((await it.call('POST', '/api/subscription/process', { token, body: order })).status, 200);
  assert.equal(
    (await it.call('DELETE', '/api/v1/user/account', { token, body: { password: 'Wrong-Horse-1' } })).status,
    401,
  );
  const closed = await it.call('DELETE', '/api/v1/user/account', { token, body: { password: PASSWORD } });
  assert.equal(closed.status, 200, JSON.stringify(closed.body));
  const [row] = await it.db.sql<Record<string, unknown>>(
    `select u.email, u.name, u.is_active, s.status, a.email as account from public.users u
     join public.user_subscriptions s on s.user_id = u.id join auth.users a on a.id = u.id where u.id = $1`,
    [id],
  );
  assert.deepEqual(
    [row?.['email'], row?.['name'], row?.['is_active'], row?.['status']],
    [`${id}@deleted.invalid`, 'Deleted user', false, 'canceled'],
  );
  assert.notEqual(row?.['account'], email);
  assert.equal((await it.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } })).status, 401);
  assert.equal((await login(email)).status, 401);
  await it.registered(email);
});

test('staff do what their role allows, by the table and no claim; everything is written down and stays', async () => {
  const boss = await it.registered('boss@example.com');
  const helper = await it.registered('helper@example.com');
  const customer = await it.registered('customer@example.com');
  const list = (token: string) => it.call('GET', '/api/v1/admin/users?search=CUSTOMER', { token });
  assert.equal((await list(boss.accessToken)).status, 403);
  await it.db.sql(`insert into public.admin_users (id, admin_role) values ($1, 'super_admin'), ($2, 'support')`, [
    boss.id,
    helper.id,
  ]);
  const page = await list(helper.accessToken);
  assert.deepEqual([page.status, page.body.meta.total, page.body.meta.aggregations.byStatus], [200, 1, { trial: 1 }]);
  const user = `/api/v1/admin/users/${customer.id}`;
  const confirm = { confirm: customer.email };
  assert.equal((await it.call('DELETE', user, { token: helper.accessToken, body: confirm })).status, 403);
  assert.equal((await it.call('PUT', user, { token: helper.accessToken, body: { role: 'admin' } })).status, 403);
  const suspended = await it.call('POST', `${user}/suspend`, { token: helper.accessToken, body: { reason: 'abuse' } });
  assert.deepEqual([suspended.status, suspended.body.data?.isActive], [200, false], JSON.stringify(suspended.body));
  const locked = await login(customer.email);
  assert.deepEqual([locked.status, locked.body.error.code], [403, 'FORBIDDEN']);
  assert.equal((await it.call('POST', `${user}/activate`, { token: boss.accessToken })).status, 200);
  assert.equal((await login(customer.email)).status, 200);

  const body = { name: 'Trial', email: 'trial@example.com' };
  const made = await it.call('POST', '/api/v1/admin/users', { token: boss.accessToken, body });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { user: trial, tempPassword } = made.body.data;
  assert.deepEqual([trial.subscriptionTier, trial.subscriptionStatus], ['professional', 'trial']);
  assert.equal((await login('trial@example.com', tempPassword)).status, 200);
  assert.equal((await it.call('POST', '/api/v1/admin/users', { token: boss.accessToken, body })).status, 409);

  assert.equal((await it.call('DELETE', user, { token: boss.accessToken, body: { confirm: 'else' } })).status, 422);
  assert.equal((await it.call('DELETE', user, { token: boss.accessToken, body: confirm })).status, 200);
  const config = (key: string, value: unknown) =>
    it.call('PUT', '/api/v1/admin/config', { token: boss.accessToken, body: { key, value } });
  assert.equal((await config('active_phase', 7)).status, 400);
  assert.equal((await config('allow_new_signups', false)).status, 200);
  await assert.rejects(it.registered('late@example.com'), /403/);
  const log = (await it.call('GET', '/api/v1/admin/system/logs/audit', { token: boss.accessToken })).body.data;
  assert.deepEqual(
    log.map((entry: { action_type: string }) => entry.action_type),
    ['change_setting', 'delete_user', 'create_user', 'activate_user', 'suspend_user'],
  );
  for (const table of ['admin_activity_log', 'user_management_audit']) {
    await assert.rejects(it.db.sql(`delete from public.${table}`), { code: '42501' });
    await assert.rejects(
      it.db.database.asService((s) => s.execute(`update public.${table} set created_at = now()`)),
      { code: '42501' },
    );
  }
  const stats = await it.call('GET', '/api/v1/admin/system/stats', { token: helper.accessToken });
  assert.ok(stats.body.data.users.total > 3);
});

test('the front end’s own form for test users makes an account and leaves its admin signed in', async () => {
  const boss = await it.registered('form@example.com').catch(async () => {
    await it.db.sql(`update public.system_config set value = 'true' where key = 'allow_new_signups'`);
    return it.registered('form@example.com');
  });
  await it.db.sql(`insert into public.admin_users (id, admin_role) values ($1, 'admin')`, [boss.id]);
  const client = { ip: '127.0.0.1', userAgent: 'test' };
  const made = await it.auth.accounts.signUp(client, {
    ...{ email: 'by-admin@example.com', password: 'abcdefgh' },
    data: { name: 'Made', subscription_tier: 'professional', created_by_admin: true },
  });
  assert.equal('access_token' in made, false);
  const as = { role: 'authenticated', claims: { role: 'authenticated', sub: boss.id } };
  const profile = `insert into public.users (id, email, name) values ($1, 'by-admin@example.com', 'Made')`;
  await assert.rejects(
    it.db.database.as(as, (s) => s.execute(profile, [made['id' as never] as string])),
    { code: '23505' },
  );
  const tier = `update public.users set subscription_tier = 'professional' where id = $1 returning subscription_tier`;
  assert.deepEqual(await it.db.database.as(as, (s) => s.query(tier, [made['id' as never] as string])), [
    { subscription_tier: 'professional' },
  ]);
  const [person] = await it.db.sql('select id from auth.users where id = $1', [boss.id]);
  assert.ok(person);
  assert.equal((await login('by-admin@example.com', 'abcdefgh')).status, 200);
});
