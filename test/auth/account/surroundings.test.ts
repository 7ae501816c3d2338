import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { withOwner } from '#kernel/postgres/owner.ts';
import { clusterTarget } from '../../database.ts';
import { type AuthServer, authServer } from '../server.ts';

const PASSWORD = 'a good password';
let server: AuthServer;
before(async () => {
  server = await authServer();
});
after(() => server.close());

test('a path that is none is 404, a method that is none is 405, both as errors of auth', async () => {
  const none = await server.request('GET', '/nothing');
  assert.deepEqual([none.status, none.json.code], [404, 'not_found']);
  const method = await server.request('DELETE', '/signup');
  assert.deepEqual([method.status, method.json.code], [405, 'method_not_allowed']);
});

test('a body that is too large, no JSON, not UTF-8 or holds U+0000 is refused before anything happens', async () => {
  const send = async (body: string | Buffer) => {
    const reply = await fetch(`${server.url}/auth/v1/signup`, {
      method: 'POST',
      headers: { apikey: server.keys.anonKey, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
    return [reply.status, ((await reply.json()) as { error_code: string }).error_code];
  };
  assert.deepEqual(await send(`{"email":"${'x'.repeat(1024 * 1024)}"}`), [413, 'validation_failed']);
  assert.deepEqual(await send('{"email":'), [400, 'bad_json']);
  assert.deepEqual(await send('"text"'), [400, 'bad_json']);
  assert.deepEqual(await send(Buffer.from([0x7b, 0xff, 0x7d])), [400, 'bad_json']);
  assert.deepEqual(await send('{"email":"a\\u0000@b.co","password":"a good password"}'), [400, 'bad_json']);
  assert.equal((await server.db.sql('select from auth.users')).length, 0);
});

test('a body without end is cut off', async () => {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const head = `POST /auth/v1/signup HTTP/1.1\r\nhost: x\r\napikey: ${server.keys.anonKey}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;
  socket.write(head);
  socket.on('error', () => undefined);
  const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
  let answer = '';
  const cut = new Promise<void>((resolve) => {
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('close', () => resolve());
  });
  const feed = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', feed);
  feed();
  await cut;
  assert.match(answer, /^HTTP\/1\.1 413/);
});

test('a form is read like JSON', async () => {
  const reply = await fetch(`${server.url}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: server.keys.anonKey },
    body: new URLSearchParams({ email: 'form@example.com', password: PASSWORD }),
  });
  assert.equal(reply.status, 200);
});

test('the Host header does not reach a token, a link or an answer', async () => {
  const { hostname, port } = new URL(server.url);
  const body = JSON.stringify({ email: 'host@example.com', password: PASSWORD });
  const text = await new Promise<string>((resolve) => {
    const socket = connect(Number(port), hostname);
    let all = '';
    socket.on('data', (data) => {
      all += data;
    });
    socket.on('close', () => resolve(all));
    socket.write(
      `POST /auth/v1/signup HTTP/1.1\r\nhost: evil.example\r\nx-forwarded-host: evil.example\r\nconnection: close\r\n` +
        `apikey: ${server.keys.anonKey}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
  });
  const token = /"access_token":"([^"]+)"/.exec(text)![1]!;
  const claims = Buffer.from(token.split('.')[1]!, 'base64url').toString();
  assert.ok(!text.includes('evil.example') && !claims.includes('evil.example'));
});

test('when Postgres is away the answer is 503, never 401, and clients keep their session', async () => {
  const own = await authServer();
  try {
    const client = own.client();
    const { data } = await client.auth.signUp({ email: 'a@example.com', password: PASSWORD });
    const { database: name } = own.db.owner;
    const cluster = await clusterTarget();
    await withOwner(cluster, async (admin) => {
      await admin.query(`alter database ${name} with allow_connections false`);
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = 'freehold_services'`,
        [name],
      );
    });
    const token = data.session!.access_token;
    const asked = [
      own.request('GET', '/user', { token }),
      own.request('POST', '/token?grant_type=refresh_token', { body: { refresh_token: data.session!.refresh_token } }),
      own.request('POST', '/token?grant_type=password', { body: { email: 'a@example.com', password: PASSWORD } }),
    ];
    for (const reply of await Promise.all(asked)) {
      assert.equal(reply.status, 503);
      assert.deepEqual(Object.keys(reply.json).sort(), ['code', 'message']);
      assert.ok(Number(reply.headers.get('retry-after')) >= 1);
    }
    await withOwner(cluster, (admin) => admin.query(`alter database ${name} with allow_connections true`));
    assert.equal((await own.request('GET', '/user', { token })).status, 200);
  } finally {
    await own.close();
  }
});

test('the hook for access tokens adds claims, and is told of refreshes', async () => {
  await using hooked = await authServer({
    config: {
      auth: { hook: { custom_access_token: { enabled: true, uri: 'pg-functions://postgres/public/claims' } } },
    },
    sql: `create function public.claims(event jsonb) returns jsonb language sql stable as
      $$ select jsonb_build_object('claims', event -> 'claims' || jsonb_build_object('user_role', 'editor',
           'how', event ->> 'authentication_method', 'whose', event ->> 'user_id')) $$;
      grant usage on schema public to supabase_auth_admin;
      grant execute on function public.claims to supabase_auth_admin;`,
  });
  const client = hooked.client();
  const { data } = await client.auth.signUp({ email: 'a@example.com', password: PASSWORD });
  const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
  const first = claimsOf(data.session!.access_token);
  assert.deepEqual([first.user_role, first.how, first.whose], ['editor', 'password', data.user!.id]);
  const refreshed = await client.auth.refreshSession();
  assert.equal(claimsOf(refreshed.data.session!.access_token).how, 'token_refresh');
});

test('a hook for access tokens that takes a claim away, or fails, stops the sign-in and stores nothing', async () => {
  await using hooked = await authServer({
    config: {
      auth: { hook: { custom_access_token: { enabled: true, uri: 'pg-functions://postgres/public/claims' } } },
    },
    sql: `create function public.claims(event jsonb) returns jsonb language sql stable as
      $$ select jsonb_build_object('claims', (event -> 'claims') - 'aal') $$;
      grant execute on function public.claims to supabase_auth_admin;`,
  });
  const reply = await hooked.request('POST', '/signup', { body: { email: 'a@example.com', password: PASSWORD } });
  assert.equal(reply.status, 500);
  assert.match(
    reply.json.message,
    /output claims do not conform to the expected schema: \n- \(root\): aal is required/,
  );
  assert.equal((await hooked.db.sql('select from auth.users')).length, 0);
});

test('the hook before a user is made can refuse it with its own words', async () => {
  await using hooked = await authServer({
    config: {
      auth: { hook: { before_user_created: { enabled: true, uri: 'pg-functions://postgres/public/guard' } } },
    },
    sql: `create function public.guard(event jsonb) returns jsonb language sql stable as
      $$ select case when event -> 'user' ->> 'email' like '%@ours.example' then '{}'::jsonb
           else '{"error":{"http_code":403,"message":"Only people of ours"}}'::jsonb end $$;
      grant execute on function public.guard to supabase_auth_admin;`,
  });
  const ask = (email: string) => hooked.request('POST', '/signup', { body: { email, password: PASSWORD } });
  assert.equal((await ask('a@ours.example')).status, 200);
  const refused = await ask('a@theirs.example');
  assert.deepEqual([refused.status, refused.json.message], [403, 'Only people of ours']);
});
