/** What strangers try on the server itself, and what they must not learn or break. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { createLog } from '#kernel/log.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import { authSettings, openAuth } from '#services/auth/api.ts';
import { configTable } from '../../src/services/project-folder/config/table.ts';
import { address, attackedServer, claimsOf, password, signedIn } from './attacked-server.ts';
import type { AuthServer } from './server.ts';

let server: AuthServer;
before(async () => {
  server = await attackedServer();
});
after(() => server.close());

suite('who has an account', () => {
  const paths: readonly (readonly [string, (email: string) => object])[] = [
    ['/token?grant_type=password', (email) => ({ email, password: 'wrong-password' })],
    ['/recover', (email) => ({ email })],
    ['/otp', (email) => ({ email, create_user: false })],
    ['/resend', (email) => ({ type: 'signup', email })],
    ['/verify', (email) => ({ email, token: '000000', type: 'recovery' })],
    ['/signup', (email) => ({ email, password })],
  ];

  for (const [path, body] of paths)
    test(`${path} answers alike for those who have one and those who have none`, async () => {
      const { email } = await signedIn(server);
      const known = await server.request('POST', path, { body: body(email) });
      const unknown = await server.request('POST', path, { body: body(address()) });
      assert.deepEqual([known.status, shape(known.json)], [unknown.status, shape(unknown.json)]);
      assert.deepEqual([...known.headers.keys()].sort(), [...unknown.headers.keys()].sort());
    });

  for (const [path, body] of paths.slice(0, 3))
    test(`${path} takes as long: of two answers either may be the slower one`, async (t) => {
      const times = { known: [] as number[], unknown: [] as number[] };
      const accounts = await Promise.all(Array.from({ length: 16 }, () => signedIn(server)));
      await server.request('POST', path, { body: body(address()) });
      // Taking turns at being first: what one request leaves to be done (a mail to be sent) slows the next one.
      for (const [index, { email }] of accounts.entries())
        for (const kind of index % 2 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
          const start = process.hrtime.bigint();
          await server.request('POST', path, { body: body(kind === 'known' ? email : address()) });
          times[kind].push(Number(process.hrtime.bigint() - start));
        }
      const slower = chanceOfSlower(times.known, times.unknown);
      t.diagnostic(`slower with an account in ${Math.round(slower * 100)} of 100`);
      assert.ok(slower > 0.1 && slower < 0.9, `one who has an account is slower in ${Math.round(slower * 100)} of 100`);
    });
});

test('the comparison of times tells a leak of nine milliseconds in noise of ten from none', () => {
  const noise = Array.from({ length: 16 }, (_, i) => ((i * 7) % 16) / 1.6);
  assert.ok(
    chanceOfSlower(
      noise.map((ms) => ms + 9),
      noise,
    ) > 0.9,
  );
  assert.equal(chanceOfSlower(noise, noise), 0.5);
});

/** Probability that one of `a` is greater than one of `b` (Mann and Whitney's U over the number of pairs): 0.5 tells nothing. */
function chanceOfSlower(a: readonly number[], b: readonly number[]): number {
  const wins = a.flatMap((x) => b.map((y) => (x > y ? 1 : x === y ? 0.5 : 0)));
  return wins.reduce((sum: number, win) => sum + win, 0) / wins.length;
}

/** Names and kinds of all fields; texts that differ by design (ids, times, addresses) count as their kind. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (value === null || typeof value !== 'object') return typeof value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name === 'code' || name === 'message' ? item : shape(item)]),
  );
}

suite('bodies and races', () => {
  test('oversized, malformed and strange bodies are refused, and the server goes on', async () => {
    const huge = await server.request('POST', '/signup', {
      body: JSON.stringify({ email: address(), password, data: { x: 'x'.repeat(3_000_000) } }),
    });
    assert.ok([400, 413].includes(huge.status), `${huge.status}`);
    const bodies = [
      '{',
      '[]',
      '"text"',
      '7',
      '{"email":{"a":1},"password":[]}',
      '{"email":"a@example.com","password":7}',
      '['.repeat(50_000),
      '{"a":'.repeat(20_000),
      `{"email":"a@example.com\\u0000","password":"${password}"}`,
      `{"email":"\\ud800@example.com","password":"${password}"}`,
      `{"email":"a@example.com","password":"${'x'.repeat(200)}"}`,
      `{"email":"${'x'.repeat(300)}@example.com","password":"${password}"}`,
      '{"email":"a@example.com\\r\\nbcc: b@example.com","password":"password1"}',
    ];
    for (const body of bodies) {
      const reply = await server.request('POST', '/signup', { body });
      assert.ok(
        reply.status >= 400 && reply.status < 500,
        `${body.slice(0, 60)}: ${reply.status} ${reply.text.slice(0, 200)}`,
      );
      assert.equal(typeof reply.json?.code, 'string');
    }
    const polluted = await server.request('POST', '/signup', {
      body: `{"email":"${address()}","password":"${password}","__proto__":{"admin":true},"data":{"__proto__":{"admin":true}}}`,
    });
    assert.ok(polluted.status < 500, polluted.text);
    assert.equal(({} as Record<string, unknown>)['admin'], undefined);
    assert.equal((await server.request('GET', '/health')).status, 200);
  });

  test('a body that is promised and never comes does not hold the server', async () => {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `POST /auth/v1/signup HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\ncontent-type: application/json\r\n\r\n{"email`,
    );
    assert.equal((await server.request('GET', '/health')).status, 200);
    socket.destroy();
  });

  test('twenty sign-ups of one address at once make one account', async () => {
    const email = address();
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        server.request('POST', '/signup', { body: { email: i % 2 ? email : email.toUpperCase(), password } }),
      ),
    );
    assert.ok(
      replies.every(({ status }) => status === 200),
      JSON.stringify(replies.map(({ status, text }) => [status, text.slice(0, 80)])),
    );
    const [row] = await server.db.sql<{ users: string; identities: string }>(
      `select (select count(*) from auth.users where lower(email) = $1) as users,
         (select count(*) from auth.identities where email = $1) as identities`,
      [email],
    );
    assert.deepEqual(row, { users: '1', identities: '1' });
  });
});

suite('more than one is due', () => {
  test('nobody makes himself something by signing up or changing himself', async () => {
    const email = address();
    const extra = {
      role: 'service_role',
      app_metadata: { admin: true },
      raw_app_meta_data: { admin: true },
      aud: 'admin',
      is_super_admin: true,
      email_confirm: true,
      id: randomUUID(),
      banned_until: null,
    };
    await server.request('POST', '/signup', { body: { email, password, ...extra } });
    const { session, id } = await signedIn(server);
    await server.request('PUT', '/user', {
      token: session.access_token,
      body: { ...extra, data: { role: 'service_role' } },
    });
    const rows = await server.db.sql<Record<string, unknown>>(
      `select role, aud, raw_app_meta_data->>'admin' as admin, is_super_admin from auth.users where email = $1 or id = $2`,
      [email, id],
    );
    assert.equal(rows.length, 2);
    for (const row of rows)
      assert.deepEqual([row['role'], row['aud'], row['admin']], ['authenticated', 'authenticated', null]);
    const [fresh] = await server.db.sql<{ at: Date | null; id: string }>(
      'select email_confirmed_at as at, id from auth.users where email = $1',
      [email],
    );
    assert.equal(fresh!.at, null);
    assert.notEqual(fresh!.id, extra.id);
    const refreshed = (
      await server.request('POST', '/token?grant_type=refresh_token', {
        body: { refresh_token: session.refresh_token },
      })
    ).json;
    assert.equal(claimsOf(refreshed.access_token).role, 'authenticated');
  });

  test('the service key names no user, and a token of anon is no user', async () => {
    for (const token of [server.keys.serviceRoleKey, server.keys.anonKey]) {
      const reply = await server.request('GET', '/user', { token });
      assert.ok([401, 403].includes(reply.status), reply.text);
    }
  });

  test('text that would be SQL is text', async () => {
    const token = server.keys.serviceRoleKey;
    for (const text of ["'; drop table auth.users; --", '" or 1=1', '$1', '%', '\\'])
      for (const path of [
        `/admin/users?filter=${encodeURIComponent(text)}`,
        `/admin/audit?query=${encodeURIComponent(`author:${text}`)}`,
      ]) {
        const reply = await server.request('GET', path, { token });
        assert.equal(reply.status, 200, reply.text);
      }
    assert.ok((await server.db.sql('select from auth.users')).length > 0);
  });
});

test('with the database away the answer is 503 and never 401: nobody is signed out by an outage', async () => {
  const services = openDatabase({
    target: { ...server.db.owner, host: '127.0.0.1', port: 1, user: 'freehold_services' },
    poolSize: 1,
    statementTimeoutMs: 1_000,
    log: createLog('silent'),
  });
  const settings = authSettings(configTable({}, 'config.toml'), {
    externalUrl: () => 'http://127.0.0.1/auth/v1',
    production: false,
  });
  const auth = openAuth({ services, settings, keys: server.keys, log: createLog('silent') });
  const http = createServer(auth.listener).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/auth/v1`;
  const { session } = await signedIn(server);
  const ask = (method: string, path: string, body?: object) =>
    fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${session.access_token}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
  const replies = await Promise.all([
    ask('GET', '/user'),
    ask('POST', '/token?grant_type=refresh_token', { refresh_token: session.refresh_token }),
    ask('POST', '/token?grant_type=password', { email: address(), password }),
    ask('POST', '/signup', { email: address(), password }),
    ask('POST', '/logout'),
  ]);
  assert.deepEqual(
    replies.map(({ status }) => status),
    [503, 503, 503, 503, 503],
  );
  http.closeAllConnections();
  http.close();
  await auth.close();
  await services.close();
});
