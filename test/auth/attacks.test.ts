/** Each attack on tokens, codes and links with what must not come of it. */
import assert from 'node:assert/strict';
import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { after, before, suite, test } from 'node:test';
import {
  account,
  address,
  attackedServer,
  claimsOf,
  clock,
  HS256,
  hmac,
  password,
  refusedWith,
  SITE,
  segment,
  signedIn,
} from './attacked-server.ts';
import { type AuthServer, authServer } from './server.ts';

let server: AuthServer;
before(async () => {
  server = await attackedServer();
});
after(() => server.close());

suite('forged and stale tokens', () => {
  const user = (token: string) => server.request('GET', '/user', { token });
  const list = (token: string) => server.request('GET', '/admin/users', { token });

  test('a token of another project', async () => {
    const { claims } = await signedIn(server);
    const token = hmac(HS256, claims, 'the secret of another project, 32 characters');
    refusedWith(await user(token), 403, 'bad_jwt');
    refusedWith(
      await list(hmac(HS256, { role: 'service_role', exp: 9_999_999_999 }, 'another secret of 32 characters!')),
      403,
      'bad_jwt',
    );
  });

  test('alg none, in any spelling and with any signature', async () => {
    const { claims, session } = await signedIn(server);
    const signature = session.access_token.split('.')[2]!;
    for (const alg of ['none', 'None', 'NONE', 'nOnE'])
      for (const tail of ['', signature]) {
        refusedWith(await user(`${segment({ alg, typ: 'JWT' })}.${segment(claims)}.${tail}`), 403, 'bad_jwt');
        refusedWith(await list(`${segment({ alg })}.${segment({ role: 'service_role' })}.${tail}`), 403, 'bad_jwt');
      }
  });

  test('claims changed under the signature, and a signature without its last signs', async () => {
    const { session } = await signedIn(server);
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
    const { claims } = await signedIn(server);
    refusedWith(
      await user(hmac(HS256, { ...claims, exp: Math.floor(clock.now / 1000) - 60 }, server.keys.jwtSecret)),
      403,
      'bad_jwt',
    );
  });

  test('a token of a session that was revoked, and of a user who is gone', async () => {
    const revoked = await signedIn(server);
    await server.request('POST', '/logout?scope=global', { token: revoked.session.access_token });
    refusedWith(await user(revoked.session.access_token), 403, 'session_not_found');
    const gone = await signedIn(server);
    await server.admin().auth.admin.deleteUser(gone.id);
    refusedWith(await user(gone.session.access_token), 403, 'user_not_found');
  });

  test('a session of one user in a token of another', async () => {
    const [a, b] = [await signedIn(server), await signedIn(server)];
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
    const { session } = await signedIn(server);
    const second = (await refresh(session.refresh_token)).json;
    const third = (await refresh(second.refresh_token)).json;
    clock.now += 60_000;
    refusedWith(await refresh(session.refresh_token), 400, 'refresh_token_already_used');
    const after = await refresh(third.refresh_token);
    assert.equal(after.status, 400, after.text);
    refusedWith(await server.request('GET', '/user', { token: third.access_token }), 403, 'session_not_found');
  });

  test('made up, empty or foreign ones', async () => {
    const { session } = await signedIn(server);
    for (const token of ['x', 'A'.repeat(12), `${session.refresh_token}x`, session.access_token, 'a'.repeat(100_000)])
      refusedWith(await refresh(token), 400, 'refresh_token_not_found');
    const empty = await refresh('');
    assert.equal(empty.status, 400);
    assert.equal((await refresh(session.refresh_token)).status, 200, 'the real one is untouched');
  });

  test('nothing in the database can be used as a token', async () => {
    const { session, id } = await signedIn(server);
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
    const { email } = await account(server);
    await server.client().auth.signInWithOtp({ email });
    const { code } = await server.mailbox.next(email);
    const guesses = Array.from({ length: 200 }, (_, i) => String(i).padStart(6, '0')).filter((guess) => guess !== code);
    const replies = await Promise.all(guesses.map((token) => verify({ email, token, type: 'email' })));
    assert.equal(replies.filter(({ status }) => status === 200).length, 0);
    const afterwards = await verify({ email, token: code, type: 'email' });
    assert.notEqual(afterwards.status, 200, 'even the right code is worth nothing after so many guesses');
  });

  test('guessing a password under parallel load: the account is locked for a while, and only for the one who guesses', async () => {
    const { email } = await signedIn(server);
    const signIn = (secret: string) =>
      server.request('POST', '/token?grant_type=password', { body: { email, password: secret } });
    const replies = await Promise.all(Array.from({ length: 60 }, (_, i) => signIn(`guess-${i}`)));
    const compared = replies.filter(({ json }) => json.code === 'invalid_credentials').length;
    assert.ok(compared < 30, `${compared} guesses were compared`);
    const locked = replies.filter(({ status }) => status === 429);
    assert.equal(locked.length, 60 - compared);
    assert.ok(Number(locked[0]!.headers.get('retry-after')) > 0);
    assert.equal((await signIn(password)).status, 429);
    clock.now += 3_600_000;
    assert.equal((await signIn(password)).status, 200, 'the lock ends');
  });

  test('a code of another address, of another purpose, or used twice', async () => {
    const [a, b] = [await signedIn(server), await signedIn(server)];
    await server.client().auth.signInWithOtp({ email: a.email });
    const { code } = await server.mailbox.next(a.email);
    refusedWith(await verify({ email: b.email, token: code, type: 'email' }), 403, 'otp_expired');
    refusedWith(await verify({ email: a.email, token: code, type: 'email_change' }), 403, 'otp_expired');
    assert.equal((await verify({ email: a.email, token: code, type: 'email' })).status, 200);
    refusedWith(await verify({ email: a.email, token: code, type: 'email' }), 403, 'otp_expired');
  });

  test('a code that is too old', async () => {
    const { email } = await account(server);
    await server.client().auth.signInWithOtp({ email });
    const { code } = await server.mailbox.next(email);
    clock.now += 3_700_000;
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
    const { email } = await signedIn(server);
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
    clock.now += 3_600_000;
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
      const { email } = await account(server);
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
    const { email } = await account(server);
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
    const { email } = await account(server);
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
