import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestAccounts, testAccounts } from './test-accounts.ts';

let it: TestAccounts;
let clock = Date.now();
before(async () => {
  const plenty = { tokens: 10_000, seconds: 60 };
  it = await testAccounts(() => clock, { user: plenty, address: plenty });
});
after(() => it[Symbol.asyncDispose]());

interface Made {
  readonly id: string;
  readonly key: string;
}

async function newKey(token: string, body: object): Promise<Made> {
  const made = await it.call('POST', '/api/v1/user/api-keys', { token, body: { name: 'Bot', ...body } });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.data;
}
const by = (key: string, method: string, path: string, body?: unknown) =>
  it.call(method, path, { headers: { 'x-api-key': key }, ...(body !== undefined && { body }) });
const outcome = ({ status, body }: { status: number; body: { error?: { code: string } } }) =>
  body.error ? `${status} ${body.error.code}` : status;

test('a key opens signals and the portfolio as its owner, in either header', async () => {
  const owner = await it.registered('key-owner@example.com');
  const { key } = await newKey(owner.accessToken, {});
  const lists = await by(key, 'GET', '/api/v1/watchlists');
  assert.equal(lists.status, 200, JSON.stringify(lists.body));
  assert.deepEqual(
    lists.body.data.map(({ name }: { name: string }) => name),
    ['My Watchlist'],
  );
  for (const path of [
    '/api/v1/signals',
    '/api/v1/signals/statistics',
    '/api/v1/portfolio',
    '/api/v1/dashboard/activity',
  ])
    assert.equal((await it.call('GET', path, { token: key })).status, 200, path);
  await it.registered('key-other@example.com');
  const { count } = (await it.db.sql<{ count: number }>('select count(*)::int from public.user_watchlists'))[0]!;
  assert.ok(count > 1, 'there are other people’s lists that it did not show');
});

test('a key that may only read changes nothing, one that may write does', async () => {
  const { accessToken } = await it.registered('key-writer@example.com');
  const reader = await newKey(accessToken, {});
  const writer = await newKey(accessToken, { permissions: ['write'] });
  const add = (key: string) => by(key, 'POST', '/api/v1/watchlists', { name: 'Made by a key' });
  assert.equal(outcome(await add(reader.key)), '403 FORBIDDEN');
  assert.equal((await add(writer.key)).status, 201);
  assert.equal(outcome(await by(writer.key, 'GET', '/api/v1/watchlists')), '403 FORBIDDEN');
});

test('no key opens accounts, billing, staff or keys', async () => {
  const { accessToken } = await it.registered('key-account@example.com');
  const { key } = await newKey(accessToken, { permissions: ['read', 'write'] });
  const closed = [
    ['GET', '/api/v1/user/profile'],
    ['GET', '/api/v1/user/export'],
    ['DELETE', '/api/v1/user/account'],
    ['GET', '/api/v1/user/api-keys'],
    ['POST', '/api/v1/user/api-keys', { name: 'another' }],
    ['GET', '/api/v1/auth/session'],
    ['POST', '/api/v1/auth/login', { email: 'a@example.com', password: 'x' }],
    ['GET', '/api/v1/billing/subscription'],
    ['GET', '/api/v1/billing/plans'],
    ['GET', '/api/v1/admin/users'],
    ['GET', '/api/v1/notifications/settings'],
  ] as const;
  for (const [method, path, body] of closed)
    assert.equal(outcome(await by(key, method, path, body)), '403 FORBIDDEN', `${method} ${path}`);
});

test('an unknown, ended, expired or switched off key is nobody’s, nor one whose owner is suspended or gone', async () => {
  const owner = await it.registered('key-end@example.com');
  const { key, id } = await newKey(owner.accessToken, { expiresInDays: 1 });
  const answer = async () => outcome(await by(key, 'GET', '/api/v1/portfolio'));
  assert.equal(await answer(), 200);
  for (const wrong of [`${key.slice(0, -1)}~`, 'kz_', 'nonsense', `kz_${'a'.repeat(32)}`])
    assert.equal(outcome(await by(wrong, 'GET', '/api/v1/portfolio')), '401 TOKEN_INVALID', wrong);
  const path = `/api/v1/user/api-keys/${id}`;
  const put = (body: object) => it.call('PUT', path, { token: owner.accessToken, body });
  await put({ isActive: false });
  assert.equal(await answer(), '401 TOKEN_INVALID');
  await put({ isActive: true });
  assert.equal(await answer(), 200);
  await it.db.sql('update public.users set is_active = false where id = $1', [owner.id]);
  assert.equal(await answer(), '401 TOKEN_INVALID');
  await it.db.sql('update public.users set is_active = true, deleted_at = now() where id = $1', [owner.id]);
  assert.equal(await answer(), '401 TOKEN_INVALID');
  await it.db.sql('update public.users set deleted_at = null where id = $1', [owner.id]);
  assert.equal(await answer(), 200);
  clock += 86_400_000;
  assert.equal(await answer(), '401 TOKEN_INVALID');
  clock -= 86_400_000;
  await it.call('DELETE', path, { token: owner.accessToken });
  assert.equal(await answer(), '401 TOKEN_INVALID');
});

test('that a key was used is written once a minute', async () => {
  const { accessToken } = await it.registered('key-used@example.com');
  const { key, id } = await newKey(accessToken, {});
  const state = async () =>
    (
      await it.db.sql<{ used: number | null; version: string }>(
        `select extract(epoch from last_used)::float8 * 1000 as used, xmin::text as version from public.user_api_keys where id = $1`,
        [id],
      )
    )[0]!;
  assert.equal((await state()).used, null);
  await by(key, 'GET', '/api/v1/portfolio');
  const first = await state();
  assert.equal(Math.round(first.used!), clock);
  clock += 59_000;
  await by(key, 'GET', '/api/v1/portfolio');
  assert.deepEqual(await state(), first, 'the row was not written again');
  clock += 1000;
  await by(key, 'GET', '/api/v1/portfolio');
  assert.equal(Math.round((await state()).used!), clock);
});

test('a key has its own rate, which leaves its owner’s alone, and the account’s where none was given', async () => {
  const { accessToken } = await it.registered('key-rate@example.com');
  const { key, id } = await newKey(accessToken, { rateLimit: 10 });
  for (let n = 0; n < 10; n++) assert.equal((await by(key, 'GET', '/api/v1/portfolio')).status, 200);
  const refused = await by(key, 'GET', '/api/v1/portfolio');
  assert.equal(outcome(refused), '429 RATE_LIMITED');
  assert.equal(refused.headers.get('retry-after'), '6');
  assert.equal((await it.call('GET', '/api/v1/portfolio', { token: accessToken })).status, 200);
  await it.call('PUT', '/api/v1/user/security', { token: accessToken, body: { apiRateLimit: 500 } });
  await it.call('PUT', `/api/v1/user/api-keys/${id}`, { token: accessToken, body: { rateLimit: null } });
  clock += 60_000;
  assert.equal((await by(key, 'GET', '/api/v1/portfolio')).headers.get('ratelimit-limit'), '500');
  const rate = { token: accessToken, body: { name: 'Fast', rateLimit: 1001 } };
  assert.equal(outcome(await it.call('POST', '/api/v1/user/api-keys', rate)), '400 VALIDATION_ERROR');
});

test('a key is worth nothing at the data API’s tokens, and OpenAPI says where keys are taken', async () => {
  const spec = (await (await fetch(`${it.server.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { security: unknown }>>;
    components: { securitySchemes: Record<string, { name?: string }> };
  };
  assert.equal(spec.components.securitySchemes['key']?.name, 'x-api-key');
  assert.deepEqual(spec.paths['/api/v1/portfolio']!['get']!.security, [{ bearer: [] }, { key: ['read'] }]);
  assert.deepEqual(spec.paths['/api/v1/watchlists']!['post']!.security, [{ bearer: [] }, { key: ['write'] }]);
  assert.deepEqual(spec.paths['/api/v1/user/profile']!['get']!.security, [{ bearer: [] }]);
  await assert.rejects(it.server.tokens.identify({ authorization: `Bearer kz_${'a'.repeat(32)}` }), {
    code: 'TOKEN_INVALID',
  });
});
