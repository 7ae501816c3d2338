/** Each attack with what must not come of it. */
import assert from 'node:assert/strict';
import { createHash, createHmac, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { createLog } from '#kernel/log.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import { authSettings, openAuth } from '#services/auth/api.ts';
import { configTable } from '../../src/services/project-folder/config/table.ts';
import { type AuthServer, authServer, type Reply } from './server.ts';

const SITE = 'http://localhost:9999';
const password = 'password1';
const address = () => `u${randomUUID().slice(0, 8)}@example.com`;
const segment = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
const hmac = (header: object, claims: object, secret: string | Buffer) => {
  const signed = `${segment(header)}.${segment(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
};
const HS256 = { alg: 'HS256', typ: 'JWT' };

let server: AuthServer;
/** The server's clock stands still but where a test moves it: locks neither end early nor need waiting for. */
let clock = Date.now();
before(async () => {
  server = await authServer({
    now: () => clock,
    poolSize: 8,
    config: {
      auth: {
        site_url: SITE,
        additional_redirect_urls: [`${SITE}/welcome`, 'https://*.example.org/**'],
        enable_anonymous_sign_ins: true,
        rate_limit: { email_sent: 100_000 },
        email: { enable_confirmations: true, max_frequency: '0s' },
      },
    },
  });
});
after(() => server.close());

async function signedIn() {
  const email = address();
  const { data, error } = await server.admin().auth.admin.createUser({ email, password, email_confirm: true });
  assert.equal(error, null);
  const session = (await server.client().auth.signInWithPassword({ email, password })).data.session!;
  return { email, id: data.user!.id, session, claims: claimsOf(session.access_token) };
}

/** An account without a password: nothing is hashed. */
async function account() {
  const email = address();
  const { data, error } = await server.admin().auth.admin.createUser({ email, email_confirm: true });
  assert.equal(error, null);
  return { email, id: data.user!.id };
}

const refusedWith = (reply: Reply, status: number, code: string) =>
  assert.deepEqual([reply.status, reply.json?.code], [status, code], reply.text);

suite('forged and stale tokens', () => {
  const user = (token: string) => server.request('GET', '/user', { token });
  const list = (token: string) => server.request('GET', '/admin/users', { token });

  test('a token of another project', async () => {
    const { claims } = await signedIn();
    const token = hmac(HS256, claims, 'the secret of another project, 32 characters');
    refusedWith(await user(token), 403, 'bad_jwt');
    refusedWith(
      await list(hmac(HS256, { role: 'service_role', exp: 9_999_999_999 }, 'another secret of 32 characters!')),
      403,
      'bad_jwt',
    );
  });

  test('alg none, in any spelling and with any signature', async () => {
    const { claims, session } = await signedIn();
    const signature = session.access_token.split('.')[2]!;
    for (const alg of ['none', 'None', 'NONE', 'nOnE'])
      for (const tail of ['', signature]) {
        refusedWith(await user(`${segment({ alg, typ: 'JWT' })}.${segment(claims)}.${tail}`), 403, 'bad_jwt');
        refusedWith(await list(`${segment({ alg })}.${segment({ role: 'service_role' })}.${tail}`), 403, 'bad_jwt');
      }
  });

  test('claims changed under the signature, and a signature without its last signs', async () => {
    const { session } = await signedIn();
    const [head, , tail] = session.access_token.split('.');
    refusedWith(
      await list(`${head}.${segment({ ...claimsOf(session.access_token), role: 'service_role' })}.${tail}`),
      403,
      'bad_jwt',
    );
    refusedWith(await user(session.access_token.slice(0, -8)), 403, 'bad_jwt');
    refusedWith(await user(`${session.access_token}.x`), 403, 'bad_jwt');
  });

  test('an expired token', async () => {
    const { claims } = await signedIn();
    refusedWith(
      await user(hmac(HS256, { ...claims, exp: Math.floor(clock / 1000) - 60 }, server.keys.jwtSecret)),
      403,
      'bad_jwt',
    );
  });

  test('a token of a session that was revoked, and of a user who is gone', async () => {
    const revoked = await signedIn();
    await server.request('POST', '/logout?scope=global', { token: revoked.session.access_token });
    refusedWith(await user(revoked.session.access_token), 403, 'session_not_found');
    const gone = await signedIn();
    await server.admin().auth.admin.deleteUser(gone.id);
    refusedWith(await user(gone.session.access_token), 403, 'user_not_found');
  });

  test('a session of one user in a token of another', async () => {
    const [a, b] = [await signedIn(), await signedIn()];
    const token = hmac(HS256, { ...a.claims, session_id: b.claims.session_id }, server.keys.jwtSecret);
    refusedWith(await user(token), 403, 'session_not_found');
  });

  test('key confusion: the public key as a secret, a key that the token brings along, a kid that is a path', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const kid = randomUUID();
    const jwk = { ...privateKey.export({ format: 'jwk' }), kty: 'RSA', alg: 'RS256', kid, use: 'sig' };
    await using asymmetric = await authServer({ config: { auth: { site_url: SITE } }, signingKeys: [jwk] });
    const claims = { role: 'service_role', exp: 9_999_999_999 };
    const shown = (await asymmetric.request('GET', '/.well-known/jwks.json')).json.keys[0];
    const secrets = [
      publicKey.export({ format: 'pem', type: 'spki' }),
      publicKey.export({ format: 'pem', type: 'pkcs1' }),
      publicKey.export({ format: 'der', type: 'spki' }),
      JSON.stringify(shown),
      shown.n,
      Buffer.from(shown.n, 'base64url'),
    ];
    const tokens = secrets.flatMap((secret) => [hmac(HS256, claims, secret), hmac({ ...HS256, kid }, claims, secret)]);
    const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
    for (const extra of [
      { jwk: own.publicKey.export({ format: 'jwk' }) },
      { kid },
      { kid: '../../dev/null' },
      { jku: 'http://127.0.0.1:1/keys' },
    ]) {
      const signed = `${segment({ alg: 'RS256', typ: 'JWT', ...extra })}.${segment(claims)}`;
      tokens.push(`${signed}.${createSign('sha256').update(signed).sign(own.privateKey).toString('base64url')}`);
    }
    tokens.push(hmac({ ...HS256, kid: '../../dev/null' }, claims, ''));
    for (const token of tokens) {
      const reply = await asymmetric.request('GET', '/admin/users', { token });
      assert.deepEqual([reply.status, reply.json.code], [403, 'bad_jwt'], token.slice(0, 80));
    }
  });
});

suite('refresh tokens', () => {
  const refresh = (refresh_token: string) =>
    server.request('POST', '/token?grant_type=refresh_token', { body: { refresh_token } });

  test('a replayed one ends the whole family, for the thief and for the owner', async () => {
    const { session } = await signedIn();
    const second = (await refresh(session.refresh_token)).json;
    const third = (await refresh(second.refresh_token)).json;
    clock += 60_000;
    refusedWith(await refresh(session.refresh_token), 400, 'refresh_token_already_used');
    const after = await refresh(third.refresh_token);
    assert.equal(after.status, 400, after.text);
    refusedWith(await server.request('GET', '/user', { token: third.access_token }), 403, 'session_not_found');
  });

  test('made up, empty or foreign ones', async () => {
    const { session } = await signedIn();
    for (const token of ['x', 'A'.repeat(12), `${session.refresh_token}x`, session.access_token, 'a'.repeat(100_000)])
      refusedWith(await refresh(token), 400, 'refresh_token_not_found');
    const empty = await refresh('');
    assert.equal(empty.status, 400);
    assert.equal((await refresh(session.refresh_token)).status, 200, 'the real one is untouched');
  });

  test('nothing in the database can be used as a token', async () => {
    const { session, id } = await signedIn();
    const rows = await server.db.sql<{ row: string }>(
      `select to_jsonb(s)::text as row from auth.sessions s where user_id = $1::uuid
       union all select to_jsonb(r)::text from auth.refresh_tokens r where user_id = $1::text
       union all select to_jsonb(u)::text from auth.users u where id = $1::uuid
       union all select to_jsonb(o)::text from auth.one_time_tokens o where user_id = $1::uuid`,
      [id],
    );
    assert.ok(rows.length >= 2);
    for (const { row } of rows) {
      assert.ok(!row.includes(session.refresh_token));
      for (const [text] of row.matchAll(/[\w-]{12,}/g))
        if (!/^[0-9a-f-]{36}$/.test(text)) assert.notEqual((await refresh(text)).status, 200, text);
    }
  });
});

suite('codes and links', () => {
  const verify = (body: object) => server.request('POST', '/verify', { body });

  test('guessing a code under parallel load: few guesses are compared, whatever comes at once', async () => {
    const { email } = await account();
    await server.client().auth.signInWithOtp({ email });
    const { code } = await server.mailbox.next(email);
    const guesses = Array.from({ length: 200 }, (_, i) => String(i).padStart(6, '0')).filter((guess) => guess !== code);
    const replies = await Promise.all(guesses.map((token) => verify({ email, token, type: 'email' })));
    assert.equal(replies.filter(({ status }) => status === 200).length, 0);
    const afterwards = await verify({ email, token: code, type: 'email' });
    assert.notEqual(afterwards.status, 200, 'even the right code is worth nothing after so many guesses');
  });

  test('guessing a password under parallel load: the account is locked for a while, and only for the one who guesses', async () => {
    const { email } = await signedIn();
    const signIn = (secret: string) =>
      server.request('POST', '/token?grant_type=password', { body: { email, password: secret } });
    const replies = await Promise.all(Array.from({ length: 60 }, (_, i) => signIn(`guess-${i}`)));
    const compared = replies.filter(({ json }) => json.code === 'invalid_credentials').length;
    assert.ok(compared < 30, `${compared} guesses were compared`);
    const locked = replies.filter(({ status }) => status === 429);
    assert.equal(locked.length, 60 - compared);
    assert.ok(Number(locked[0]!.headers.get('retry-after')) > 0);
    assert.equal((await signIn(password)).status, 429);
    clock += 3_600_000;
    assert.equal((await signIn(password)).status, 200, 'the lock ends');
  });

  test('a code of another address, of another purpose, or used twice', async () => {
    const [a, b] = [await signedIn(), await signedIn()];
    await server.client().auth.signInWithOtp({ email: a.email });
    const { code } = await server.mailbox.next(a.email);
    refusedWith(await verify({ email: b.email, token: code, type: 'email' }), 403, 'otp_expired');
    refusedWith(await verify({ email: a.email, token: code, type: 'email_change' }), 403, 'otp_expired');
    assert.equal((await verify({ email: a.email, token: code, type: 'email' })).status, 200);
    refusedWith(await verify({ email: a.email, token: code, type: 'email' }), 403, 'otp_expired');
  });

  test('a code that is too old', async () => {
    const { email } = await account();
    await server.client().auth.signInWithOtp({ email });
    const { code } = await server.mailbox.next(email);
    clock += 3_700_000;
    refusedWith(await verify({ email, token: code, type: 'email' }), 403, 'otp_expired');
  });

  test('one link opened many times at once signs in once', async () => {
    const email = address();
    await server.client().auth.signUp({ email, password });
    const { link } = await server.mailbox.next(email);
    const replies = await Promise.all(Array.from({ length: 8 }, () => fetch(link!, { redirect: 'manual' })));
    const targets = replies.map((reply) => reply.headers.get('location') ?? '');
    assert.equal(targets.filter((target) => target.includes('access_token=')).length, 1);
  });

  test('a stolen PKCE code is worth nothing without the verifier, and nothing twice', async () => {
    const { email } = await signedIn();
    const verifier = randomUUID() + randomUUID();
    const code_challenge = createHash('sha256').update(verifier).digest('base64url');
    const exchange = (auth_code: string, code_verifier: string) =>
      server.request('POST', '/token?grant_type=pkce', { body: { auth_code, code_verifier } });
    const start = async () => {
      await server.request('POST', '/otp', { body: { email, code_challenge, code_challenge_method: 's256' } });
      const reply = await fetch((await server.mailbox.next(email)).link!, { redirect: 'manual' });
      const target = new URL(reply.headers.get('location')!);
      assert.doesNotMatch(target.href, /access_token/);
      return target.searchParams.get('code')!;
    };
    const code = await start();
    for (const wrong of [randomUUID() + randomUUID(), code_challenge, '']) {
      const reply = await exchange(code, wrong);
      assert.ok(reply.status >= 400 && reply.status < 500, reply.text);
    }
    const good = await start();
    assert.equal((await exchange(good, verifier)).status, 200);
    assert.ok((await exchange(good, verifier)).status >= 400);
    const old = await start();
    clock += 3_600_000;
    assert.ok((await exchange(old, verifier)).status >= 400);
  });
});

suite('where links lead', () => {
  const ELSEWHERE = [
    'https://evil.example',
    '//evil.example',
    'https://localhost:9999@evil.example',
    'https://localhost:9999.evil.example',
    'https://evil.example/http://localhost:9999/welcome',
    'http://localhost:9999%2eevil.example/',
    'https://evil.example#.example.org/',
    'https://evil.example?.example.org/',
    'https://evil.example\\.example.org/',
    'https://evil.example/.example.org/',
    'https://example.org.evil.example/',
    'javascript:alert(1)//localhost:9999',
    'data:text/html,hi',
    'http://localhost:9999/\r\nset-cookie: a=b',
    'http://169.254.169.254/latest',
    ' https://evil.example',
    'https:evil.example',
    'http://[::ffff:1.2.3.4]/',
  ];

  test('a mail never leads away from the site', async () => {
    for (const redirect_to of ELSEWHERE) {
      const { email } = await account();
      const reply = await server.request('POST', `/otp?redirect_to=${encodeURIComponent(redirect_to)}`, {
        body: { email },
      });
      assert.equal(reply.status, 200, reply.text);
      const link = new URL((await server.mailbox.next(email)).link!);
      assert.equal(link.searchParams.get('redirect_to'), SITE, redirect_to);
    }
  });

  test('a link whose target was changed leads to the site, with tokens or without', async () => {
    for (const redirect_to of ELSEWHERE) {
      for (const token of ['nonsense', undefined]) {
        const hash = token ?? (await fresh());
        const reply = await fetch(
          `${server.url}/auth/v1/verify?token=${hash}&type=magiclink&redirect_to=${encodeURIComponent(redirect_to)}`,
          { redirect: 'manual' },
        );
        const target = new URL(reply.headers.get('location')!);
        assert.equal(target.origin, SITE, `${redirect_to} led to ${target}`);
      }
    }
  });

  async function fresh() {
    const { email } = await account();
    const { data } = await server.admin().auth.admin.generateLink({ type: 'magiclink', email });
    return data.properties!.hashed_token;
  }

  test('a provider’s round trip starts only for targets that are allowed', async () => {
    const reply = await server.request(
      'GET',
      `/authorize?provider=nonsense&redirect_to=${encodeURIComponent('https://evil.example')}`,
    );
    const location = reply.headers.get('location');
    if (location) assert.equal(new URL(location).origin, SITE);
    else assert.equal(reply.status, 400);
  });

  test('a host header that somebody made up stands in no mail', async () => {
    const { email } = await account();
    const url = new URL(`${server.url}/auth/v1/otp`);
    const body = JSON.stringify({ email });
    const sent = httpRequest(url, {
      method: 'POST',
      headers: {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        forwarded: 'host=evil.example',
        referer: 'https://evil.example/',
        apikey: server.keys.anonKey,
        'content-type': 'application/json',
      },
    });
    sent.end(body);
    const [reply] = await once(sent, 'response');
    reply.resume();
    assert.equal(reply.statusCode, 200);
    const mail = await server.mailbox.next(email);
    assert.ok(mail.link!.startsWith(`${server.url}/auth/v1/verify?`), mail.link);
    assert.doesNotMatch(mail.body, /evil/);
  });
});

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
      const { email } = await signedIn();
      const known = await server.request('POST', path, { body: body(email) });
      const unknown = await server.request('POST', path, { body: body(address()) });
      assert.deepEqual([known.status, shape(known.json)], [unknown.status, shape(unknown.json)]);
      assert.deepEqual([...known.headers.keys()].sort(), [...unknown.headers.keys()].sort());
    });

  for (const [path, body] of paths.slice(0, 3))
    test(`${path} takes as long: of two answers either may be the slower one`, async (t) => {
      const times = { known: [] as number[], unknown: [] as number[] };
      const accounts = await Promise.all(Array.from({ length: 16 }, signedIn));
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
    const { session, id } = await signedIn();
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
  const { session } = await signedIn();
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
