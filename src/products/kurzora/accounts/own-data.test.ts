import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { type Answered, PASSWORD, type TestAccounts, testAccounts } from './test-accounts.ts';

let it: TestAccounts;
let clock = Date.now();
before(async () => {
  it = await testAccounts(() => clock);
});
after(() => it[Symbol.asyncDispose]());

const outcome = ({ status, body }: Answered) => (body?.error ? `${status} ${body.error.code}` : status);
const png = () =>
  sharp({ create: { width: 8, height: 8, channels: 3, background: '#0b5f73' } })
    .png()
    .toBuffer();
const objects = async (id: string) =>
  (await it.db.sql<{ name: string }>(`select name from storage.objects where bucket_id = 'avatars'`)).filter(
    ({ name }) => name.startsWith(id),
  ).length;

test('a picture comes as the body or in a form, takes the place of the last, and goes', async () => {
  const { id, accessToken: token } = await it.registered('picture@example.com');
  const path = '/api/v1/user/profile/avatar';
  const first = await it.call('POST', path, { token, headers: { 'content-type': 'image/png' }, body: await png() });
  assert.equal(first.status, 200, JSON.stringify(first.body));
  assert.match(first.body.data.profilePicture, new RegExp(`/storage/v1/object/public/avatars/${id}/[\\w-]+\\.png$`));
  const form = new FormData();
  form.set('avatar', new File([new Uint8Array(await png())], 'x.jpg', { type: 'image/jpeg' }));
  const second = await it.call('POST', path, { token, body: form });
  assert.match(second.body.data.profilePicture, /\.png$/, 'by what it is, not by what it is called');
  assert.equal(await objects(id), 1);
  const gone = await it.call('DELETE', path, { token });
  assert.deepEqual([gone.status, gone.body.data.profilePicture, await objects(id)], [200, null, 0]);
});

test('what is no picture, or too large a one, or nothing at all is refused', async () => {
  const { id, accessToken: token } = await it.registered('no-picture@example.com');
  const post = (body: Uint8Array, type = 'image/png') =>
    it.call('POST', '/api/v1/user/profile/avatar', { token, headers: { 'content-type': type }, body });
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  assert.equal(outcome(await post(svg)), '415 UNSUPPORTED_MEDIA_TYPE');
  const large = Buffer.concat([await png(), Buffer.alloc(2_097_152)]);
  assert.equal(outcome(await post(large)), '413 PAYLOAD_TOO_LARGE');
  assert.equal(outcome(await post(Buffer.alloc(4_000_000, 1))), '413 PAYLOAD_TOO_LARGE');
  assert.equal(outcome(await post(Buffer.alloc(0))), '400 VALIDATION_ERROR');
  assert.equal(outcome(await post(Buffer.from('no form'), 'multipart/form-data; boundary=x')), '400 VALIDATION_ERROR');
  assert.equal(
    outcome(await it.call('POST', '/api/v1/user/profile/avatar', { body: await png() })),
    '401 UNAUTHORIZED',
  );
  assert.equal(await objects(id), 0);
});

test('security settings change one by one within their ranges, and a timeout shortens sessions that are open', async () => {
  const { id, accessToken: token } = await it.registered('security@example.com');
  const put = (body: object) => it.call('PUT', '/api/v1/user/security', { token, body });
  const before = (await it.call('GET', '/api/v1/user/security', { token })).body.data;
  assert.deepEqual(
    [before.twoFactorEnabled, before.sessionTimeoutMinutes, before.keyRotationDays, before.apiRateLimit],
    [false, null, null, 60],
  );
  assert.equal((await put({ sessionTimeoutMinutes: 30 })).body.data.sessionTimeoutMinutes, 30);
  const changed = (await put({ keyRotationDays: 90 })).body.data;
  assert.deepEqual([changed.sessionTimeoutMinutes, changed.keyRotationDays], [30, 90]);
  for (const body of [{ sessionTimeoutMinutes: 4 }, { keyRotationDays: 366 }, { apiRateLimit: 9 }, {}])
    assert.equal(outcome(await put(body)), '400 VALIDATION_ERROR', JSON.stringify(body));
  const [left] = await it.db.sql<{ minutes: number }>(
    `select round(extract(epoch from not_after - now()) / 60)::int as minutes from auth.sessions where user_id = $1`,
    [id],
  );
  assert.equal(left?.minutes, 45, 'what an access token lives, and the timeout');
  const key = await it.call('POST', '/api/v1/user/api-keys', { token, body: { name: 'Rotated' } });
  assert.equal(Math.round((Date.parse(key.body.data.expiresAt) - clock) / 86_400_000), 90);
});

test('a refreshed session moves its timeout along, never past its end', async () => {
  const { email, accessToken, id } = await it.registered('timeout@example.com');
  await it.call('PUT', '/api/v1/user/security', { token: accessToken, body: { sessionTimeoutMinutes: 1440 } });
  const { refreshToken } = (await it.call('POST', '/api/v1/auth/login', { body: { email, password: PASSWORD } })).body
    .data;
  const days = async () =>
    (
      await it.db.sql<{ hours: number }>(
        `select round(extract(epoch from not_after - now()) / 3600)::int as hours from auth.sessions
         where user_id = $1 order by created_at desc limit 1`,
        [id],
      )
    )[0]?.hours;
  assert.equal(await days(), 24);
  await it.db.sql(`update kurzora.session_limits set ends_at = now() + interval '2 hours'`);
  assert.equal((await it.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } })).status, 200);
  assert.equal(await days(), 2);
});

test('one sees where one is signed in, and ends one session or all others', async () => {
  const { email, accessToken: token } = await it.registered('sessions@example.com');
  const signIn = async () =>
    (await it.call('POST', '/api/v1/auth/login', { body: { email, password: PASSWORD } })).body.data;
  const [second, third] = [await signIn(), await signIn()];
  const path = '/api/v1/user/security/sessions';
  const list = async () => (await it.call('GET', path, { token })).body.data as { id: string; current: boolean }[];
  const sessions = await list();
  assert.deepEqual([sessions.length, sessions.filter(({ current }) => current).length], [3, 1]);
  const { accessToken: stranger } = await it.registered('stranger@example.com');
  const claims = JSON.parse(Buffer.from(second.accessToken.split('.')[1], 'base64url').toString('utf8'));
  const end = (by: string) => it.call('DELETE', `${path}/${claims.session_id}`, { token: by });
  assert.equal(outcome(await end(stranger)), '404 NOT_FOUND');
  assert.equal((await end(token)).status, 200);
  const refresh = (refreshToken: string) => it.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } });
  assert.equal(outcome(await refresh(second.refreshToken)), '401 TOKEN_INVALID');
  assert.equal((await it.call('DELETE', path, { token })).status, 200);
  assert.equal(outcome(await refresh(third.refreshToken)), '401 TOKEN_INVALID');
  assert.deepEqual(
    (await list()).map(({ current }) => current),
    [true],
  );
});

test('the export has every table that knows the person, and no secret', async () => {
  const { id, accessToken: token } = await it.registered('export@example.com');
  await it.call('POST', '/api/v1/user/api-keys', { token, body: { name: 'Exported' } });
  const { body } = await it.call('GET', '/api/v1/user/export', { token });
  const tables = await it.db.sql<{ name: string }>(
    `select table_name as name from information_schema.columns join information_schema.tables using (table_schema, table_name)
     where table_schema = 'public' and column_name = 'user_id' and table_type = 'BASE TABLE'`,
  );
  assert.ok(tables.length > 20);
  assert.equal(Object.keys(body).length, tables.length + 3, 'profile, staff role and items of watchlists besides');
  assert.equal(body.profile.id, id);
  assert.deepEqual([body.apiKeys[0].name, body.apiKeys[0].key_hash], ['Exported', undefined]);
  assert.equal(body.portfolio.length, 1);
  await it.registered('not-exported@example.com');
  assert.doesNotMatch(JSON.stringify((await it.call('GET', '/api/v1/user/export', { token })).body), /not-exported/);
});

test('an account is closed without the password only just after signing in', async () => {
  const person = await it.registered('fresh@example.com');
  const close = () => it.call('DELETE', '/api/v1/user/account', { token: person.accessToken });
  clock += 11 * 60_000;
  assert.equal(outcome(await close()), '403 FORBIDDEN');
  clock -= 11 * 60_000;
  assert.equal((await close()).status, 200);
});

test('of a closed account nothing reaches the person and nothing lets anybody in', async () => {
  const { id, accessToken: token } = await it.registered('leaving@example.com');
  const key = (await it.call('POST', '/api/v1/user/api-keys', { token, body: { name: 'K' } })).body.data.key;
  await it.call('POST', '/api/v1/user/profile/avatar', {
    token,
    headers: { 'content-type': 'image/png' },
    body: await png(),
  });
  const fill = [
    `update public.users set telegram_chat_id = '42', phone = '+491234567' where id = $1`,
    `insert into public.push_subscriptions (user_id, endpoint, p256dh, auth) values ($1, 'https://push.example/1', 'p', 'a')`,
    `insert into public.telegram_links (code_hash, user_id, expires_at) values ('\\x01', $1, now() + interval '1 day')`,
    `insert into public.notifications (user_id, type, title) values ($1, 'system', 'Hello')`,
    `insert into public.notification_queue (idempotency_key, user_id, type, channel, recipient, content)
       values ('k', $1, 'account_notification', 'email', 'leaving@example.com', 'Dear Ada')`,
    `insert into public.admin_users (id, admin_role) values ($1, 'support')`,
    `insert into public.contact_submissions (name, email, subject, message, user_id) values ('Ada', 'Leaving@example.com', 's', 'm', $1)`,
    `insert into public.newsletter_subscribers (email) select email from public.users where id = $1`,
    `insert into public.user_interactions (user_id, interaction_type) values ($1, 'view')`,
  ];
  for (const text of fill) await it.db.sql(text, [id]);
  assert.equal((await it.call('DELETE', '/api/v1/user/account', { token, body: { password: PASSWORD } })).status, 200);
  const [left] = await it.db.sql<Record<string, unknown>>(
    `select telegram_chat_id, phone, avatar_url, deleted_at is not null as deleted,
       (select count(*)::int from public.push_subscriptions where user_id = $1) as push,
       (select count(*)::int from public.telegram_links where user_id = $1) as links,
       (select count(*)::int from public.notifications where user_id = $1) as notifications,
       (select count(*)::int from public.user_api_keys where user_id = $1) as keys,
       (select count(*)::int from public.admin_users where id = $1) as staff,
       (select count(*)::int from auth.sessions where user_id = $1) as sessions,
       (select status || ' ' || content from public.notification_queue where user_id = $1) as queued
     from public.users where id = $1`,
    [id],
  );
  assert.deepEqual(left, {
    ...{ telegram_chat_id: null, phone: null, avatar_url: null, deleted: true },
    ...{ push: 0, links: 0, notifications: 0, keys: 0, staff: 0, sessions: 0, queued: 'cancelled ' },
  });
  assert.equal(await objects(id), 0);
  assert.equal(outcome(await it.call('GET', '/api/v1/portfolio', { token: key })), '401 TOKEN_INVALID');
  const tables = ['users', 'notification_queue', 'rate_limits', 'security_events', 'alert_delivery_log'];
  for (const table of [...tables, 'contact_submissions', 'newsletter_subscribers', 'user_interactions']) {
    const found = await it.db.sql(`select 1 from public.${table} t where t::text ilike '%leaving@example.com%'`);
    assert.equal(found.length, 0, table);
  }
});
