/** What an app does with accounts, through the official client. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { type AuthServer, authServer } from './server.ts';

const SITE = 'http://localhost:9999';
const address = () => `u${randomUUID().slice(0, 8)}@example.com`;
const password = 'password1';
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());

suite('addresses count as confirmed at once', () => {
  let server: AuthServer;
  before(async () => {
    server = await authServer({
      config: {
        auth: {
          site_url: SITE,
          enable_anonymous_sign_ins: true,
          email: { enable_confirmations: false },
          sms: { enable_signup: true, enable_confirmations: false },
        },
      },
    });
  });
  after(() => server.close());

  async function signedUp() {
    const client = server.client();
    const email = address();
    const { data, error } = await client.auth.signUp({ email, password, options: { data: { name: 'Ann' } } });
    assert.equal(error, null);
    return { client, email, user: data.user!, session: data.session! };
  }

  test('signing up gives a session and the user, with the claims that policies read', async () => {
    const { email, user, session } = await signedUp();
    assert.equal(session.token_type, 'bearer');
    assert.equal(session.expires_in, 3600);
    assert.ok(Math.abs(session.expires_at! - Date.now() / 1000 - 3600) < 60);
    assert.deepEqual(
      [user.aud, user.role, user.email, user.is_anonymous],
      ['authenticated', 'authenticated', email, false],
    );
    assert.equal(user.user_metadata['name'], 'Ann');
    assert.deepEqual(user.app_metadata, { provider: 'email', providers: ['email'] });
    assert.ok(user.email_confirmed_at && user.confirmed_at && user.last_sign_in_at);
    const claims = claimsOf(session.access_token);
    assert.deepEqual(
      [claims.sub, claims.role, claims.aud, claims.email, claims.aal, claims.is_anonymous, claims.iss],
      [user.id, 'authenticated', 'authenticated', email, 'aal1', false, `${server.url}/auth/v1`],
    );
    assert.deepEqual(
      claims.amr.map(({ method }: { method: string }) => method),
      ['password'],
    );
    assert.equal(claims.exp - claims.iat, 3600);
    assert.match(claims.session_id, /^[0-9a-f-]{36}$/);
  });

  test('an address signs up once', async () => {
    const { email } = await signedUp();
    const { data, error } = await server.client().auth.signUp({ email, password: 'another1' });
    assert.deepEqual([error?.status, error?.code, data.session], [422, 'user_already_exists', null]);
  });

  test('password: right in any case of the address, wrong without a hint whether the account exists', async () => {
    const { email } = await signedUp();
    const right = await server.client().auth.signInWithPassword({ email: email.toUpperCase(), password });
    assert.equal(right.error, null);
    const wrong = await server.client().auth.signInWithPassword({ email, password: 'wrong' });
    const nobody = await server.client().auth.signInWithPassword({ email: address(), password });
    for (const { error } of [wrong, nobody])
      assert.deepEqual(
        [error?.status, error?.code, error?.message],
        [400, 'invalid_credentials', 'Invalid login credentials'],
      );
  });

  test('a weak password is refused with its reasons', async () => {
    const { error } = await server.client().auth.signUp({ email: address(), password: '123' });
    assert.equal(error?.name, 'AuthWeakPasswordError');
    assert.deepEqual((error as unknown as { reasons: string[] }).reasons, ['length']);
  });

  test('the user reads and changes the account', async () => {
    const { client, user } = await signedUp();
    const read = await client.auth.getUser();
    assert.equal(read.data.user?.id, user.id);
    const changed = await client.auth.updateUser({ data: { name: 'Bo', extra: 1 }, password: 'password2' });
    assert.equal(changed.error, null);
    assert.deepEqual([changed.data.user?.user_metadata['name'], changed.data.user?.user_metadata['extra']], ['Bo', 1]);
    const same = await client.auth.updateUser({ password: 'password2' });
    assert.deepEqual([same.error?.status, same.error?.code], [422, 'same_password']);
    assert.equal(
      (await server.client().auth.signInWithPassword({ email: user.email!, password: 'password2' })).error,
      null,
    );
  });

  test('a session is refreshed, taken over and refreshed by two tabs at once', async () => {
    const { client, session } = await signedUp();
    const refreshed = await client.auth.refreshSession();
    assert.equal(refreshed.error, null);
    assert.notEqual(refreshed.data.session!.refresh_token, session.refresh_token);
    const other = server.client();
    const taken = await other.auth.setSession({
      access_token: refreshed.data.session!.access_token,
      refresh_token: refreshed.data.session!.refresh_token,
    });
    assert.equal(taken.error, null);
    const token = refreshed.data.session!.refresh_token;
    const tabs = await Promise.all(
      Array.from({ length: 4 }, () => server.client().auth.refreshSession({ refresh_token: token })),
    );
    assert.deepEqual(
      tabs.map(({ error }) => error),
      [null, null, null, null],
    );
    assert.equal(new Set(tabs.map(({ data }) => data.session!.refresh_token)).size, 1);
    const unknown = await server.client().auth.refreshSession({ refresh_token: 'nonsense' });
    assert.deepEqual([unknown.error?.status, unknown.error?.code], [400, 'refresh_token_not_found']);
  });

  test('signing out ends this session, the others, or all', async () => {
    const { client, email, session } = await signedUp();
    const [second, third] = [server.client(), server.client()];
    const signIn = (who: typeof second) => who.auth.signInWithPassword({ email, password });
    await signIn(second);
    await signIn(third);
    assert.equal((await third.auth.signOut({ scope: 'local' })).error, null);
    assert.equal((await client.auth.getUser()).error, null);
    assert.equal((await client.auth.signOut({ scope: 'others' })).error, null);
    assert.equal((await second.auth.getUser()).error?.name, 'AuthSessionMissingError');
    assert.equal((await client.auth.getUser()).error, null);
    assert.equal((await client.auth.signOut()).error, null);
    const reply = await server.request('GET', '/user', { token: session.access_token });
    assert.deepEqual([reply.status, reply.json.code], [403, 'session_not_found']);
    const refresh = await server.client().auth.refreshSession({ refresh_token: session.refresh_token });
    assert.equal(refresh.error?.code, 'refresh_token_not_found');
    const admin = await signedUp();
    assert.equal((await server.admin().auth.admin.signOut(admin.session.access_token)).error, null);
  });

  test('somebody without a name signs in, and becomes somebody with one', async () => {
    const client = server.client();
    const { data, error } = await client.auth.signInAnonymously({ options: { data: { cart: 7 } } });
    assert.equal(error, null);
    assert.equal(data.user?.is_anonymous, true);
    assert.equal(claimsOf(data.session!.access_token).is_anonymous, true);
    const email = address();
    const named = await client.auth.updateUser({ email, password });
    assert.equal(named.error, null);
    assert.deepEqual(
      [named.data.user?.id, named.data.user?.is_anonymous, named.data.user?.email],
      [data.user!.id, false, email],
    );
    assert.equal((await server.client().auth.signInWithPassword({ email, password })).error, null);
  });

  test('a phone signs up and in', async () => {
    const phone = `1555${String(Math.floor(Math.random() * 1e7)).padStart(7, '0')}`;
    const { data, error } = await server.client().auth.signUp({ phone: `+${phone}`, password });
    assert.equal(error, null);
    assert.equal(data.user?.phone, phone);
    assert.ok(data.session);
    assert.equal((await server.client().auth.signInWithPassword({ phone, password })).error, null);
  });

  test('claims are read from a token of the secret by asking, and a forged one is refused', async () => {
    const { client, user, session } = await signedUp();
    const { data, error } = await client.auth.getClaims();
    assert.equal(error, null);
    assert.equal(data?.claims.sub, user.id);
    const forged = await client.auth.getClaims(`${session.access_token.slice(0, -6)}AAAAAA`);
    assert.notEqual(forged.error, null);
  });

  test('without a session the client says so, and the server too', async () => {
    assert.equal((await server.client().auth.getUser()).error?.name, 'AuthSessionMissingError');
    const reply = await server.request('GET', '/user', { headers: { apikey: '' } });
    assert.deepEqual([reply.status, reply.json.code], [401, 'no_authorization']);
  });

  test('errors come in the shape of the version that was asked for, with the version', async () => {
    const now = await server.request('GET', '/user', { token: 'x.y.z' });
    assert.equal(now.headers.get('x-supabase-api-version'), '2024-01-01');
    assert.equal(now.headers.get('x-sb-error-code'), 'bad_jwt');
    assert.deepEqual([now.status, now.json.code, typeof now.json.message], [403, 'bad_jwt', 'string']);
    const old = await server.request('GET', '/user', { token: 'x.y.z', headers: { 'X-Supabase-Api-Version': '' } });
    assert.deepEqual([old.json.code, old.json.error_code, typeof old.json.msg], [403, 'bad_jwt', 'string']);
    assert.equal(old.headers.get('x-supabase-api-version'), null);
  });

  test('health and settings are there for everybody', async () => {
    assert.equal((await server.request('GET', '/health')).json.name, 'GoTrue');
    const { json } = await server.request('GET', '/settings');
    assert.deepEqual(
      [json.external.email, json.external.anonymous_users, json.mailer_autoconfirm, json.disable_signup],
      [true, true, true, false],
    );
  });
});

suite('addresses are confirmed by mail', () => {
  let server: AuthServer;
  before(async () => {
    server = await authServer({
      config: {
        auth: {
          site_url: SITE,
          additional_redirect_urls: [`${SITE}/welcome`],
          rate_limit: { email_sent: 10_000 },
          email: { enable_confirmations: true, double_confirm_changes: true, max_frequency: '0s' },
        },
      },
    });
  });
  after(() => server.close());

  async function confirmed() {
    const email = address();
    const { data, error } = await server.admin().auth.admin.createUser({ email, password, email_confirm: true });
    assert.equal(error, null);
    return { email, id: data.user!.id };
  }

  /** Opens the link of a mail as a browser does, without following. */
  async function open(link: string) {
    const reply = await fetch(link, { redirect: 'manual' });
    assert.ok([302, 303].includes(reply.status), `${reply.status} ${await reply.text()}`);
    const target = new URL(reply.headers.get('location')!);
    return { target, query: target.searchParams, fragment: new URLSearchParams(target.hash.slice(1)) };
  }

  test('signing up sends a code; until it comes back there is no session', async () => {
    const client = server.client();
    const email = address();
    const { data, error } = await client.auth.signUp({ email, password });
    assert.equal(error, null);
    assert.equal(data.session, null);
    assert.ok(data.user?.confirmation_sent_at);
    const early = await client.auth.signInWithPassword({ email, password });
    assert.deepEqual([early.error?.status, early.error?.code], [400, 'email_not_confirmed']);
    const mail = await server.mailbox.next(email);
    const wrong = await client.auth.verifyOtp({ email, token: '000000', type: 'signup' });
    assert.deepEqual([wrong.error?.status, wrong.error?.code], [403, 'otp_expired']);
    const right = await client.auth.verifyOtp({ email, token: mail.code!, type: 'signup' });
    assert.equal(right.error, null);
    assert.ok(right.data.session && right.data.user?.email_confirmed_at);
  });

  test('the link of the mail confirms too, and leads where it was asked to', async () => {
    const email = address();
    await server.client().auth.signUp({ email, password, options: { emailRedirectTo: `${SITE}/welcome` } });
    const { target, fragment } = await open((await server.mailbox.next(email)).link!);
    assert.equal(target.origin + target.pathname, `${SITE}/welcome`);
    assert.deepEqual(
      [fragment.get('token_type'), fragment.get('type'), fragment.get('expires_in')],
      ['bearer', 'signup', '3600'],
    );
    const { data } = await server.client().auth.getUser(fragment.get('access_token')!);
    assert.equal(data.user?.email, email);
  });

  test('an address that is there already looks like a new one', async () => {
    const { email, id } = await confirmed();
    const known = await server.client().auth.signUp({ email, password: 'another1' });
    const fresh = await server.client().auth.signUp({ email: address(), password: 'another1' });
    for (const { data, error } of [known, fresh]) assert.deepEqual([data.session, error], [null, null]);
    assert.notEqual(known.data.user?.id, id);
    assert.deepEqual(shape(known.data.user), shape(fresh.data.user));
  });

  test('a code or a link signs in; in PKCE the link brings a code for the verifier', async () => {
    const { email } = await confirmed();
    const client = server.client();
    assert.equal((await client.auth.signInWithOtp({ email })).error, null);
    const mail = await server.mailbox.next(email);
    assert.equal((await client.auth.verifyOtp({ email, token: mail.code!, type: 'email' })).error, null);
    const pkce = server.client({ flowType: 'pkce', persistSession: true, storage: memory() });
    await pkce.auth.signInWithOtp({ email, options: { emailRedirectTo: `${SITE}/welcome` } });
    const { query } = await open((await server.mailbox.next(email)).link!);
    const exchanged = await pkce.auth.exchangeCodeForSession(query.get('code')!);
    assert.equal(exchanged.error, null);
    assert.equal(exchanged.data.session?.user.email, email);
  });

  test('signing in with a code makes an account, unless that is not wanted', async () => {
    const email = address();
    // The same answer as for an address that is known: who asks learns nothing, and nothing is sent.
    const unwanted = await server.client().auth.signInWithOtp({ email, options: { shouldCreateUser: false } });
    assert.equal(unwanted.error, null);
    assert.deepEqual(await server.db.sql('select from auth.users where email = $1', [email]), []);
    const client = server.client();
    assert.equal((await client.auth.signInWithOtp({ email, options: { data: { a: 1 } } })).error, null);
    const mail = await server.mailbox.next(email);
    const { data, error } = await client.auth.verifyOtp({ email, token: mail.code!, type: 'email' });
    assert.equal(error, null);
    assert.equal(data.user?.user_metadata['a'], 1);
  });

  test('a forgotten password is set anew by the link’s token; an unknown address gets the same answer', async () => {
    const { email } = await confirmed();
    const client = server.client();
    assert.equal((await client.auth.resetPasswordForEmail(email)).error, null);
    assert.equal((await client.auth.resetPasswordForEmail(address())).error, null);
    const token_hash = new URL((await server.mailbox.next(email)).link!).searchParams.get('token')!;
    const { error } = await client.auth.verifyOtp({ token_hash, type: 'recovery' });
    assert.equal(error, null);
    assert.equal((await client.auth.updateUser({ password: 'password3' })).error, null);
    assert.equal((await server.client().auth.signInWithPassword({ email, password: 'password3' })).error, null);
    const again = await server.client().auth.verifyOtp({ token_hash, type: 'recovery' });
    assert.equal(again.error?.code, 'otp_expired');
  });

  test('a new address counts when both have confirmed', async () => {
    const { email } = await confirmed();
    const client = server.client();
    await client.auth.signInWithPassword({ email, password });
    const wanted = address();
    const started = await client.auth.updateUser({ email: wanted });
    assert.equal(started.error, null);
    assert.deepEqual([started.data.user?.email, started.data.user?.new_email], [email, wanted]);
    const [atOld, atNew] = [await server.mailbox.next(email), await server.mailbox.next(wanted)];
    const first = await open(atOld.link!);
    assert.match(first.fragment.get('message') ?? '', /confirm/i);
    assert.equal((await client.auth.getUser()).data.user?.email, email);
    await open(atNew.link!);
    assert.equal((await client.auth.getUser()).data.user?.email, wanted);
  });

  test('an invited person follows the link and sets a password', async () => {
    const email = address();
    const { data, error } = await server.admin().auth.admin.inviteUserByEmail(email, { data: { team: 'a' } });
    assert.equal(error, null);
    assert.ok(data.user?.invited_at);
    const { fragment } = await open((await server.mailbox.next(email)).link!);
    assert.equal(fragment.get('type'), 'invite');
    const client = server.client();
    await client.auth.setSession({
      access_token: fragment.get('access_token')!,
      refresh_token: fragment.get('refresh_token')!,
    });
    assert.equal((await client.auth.updateUser({ password })).error, null);
    assert.equal((await server.client().auth.signInWithPassword({ email, password })).error, null);
  });

  test('links that the admin makes work like those of mails', async () => {
    const { auth } = server.admin();
    const email = address();
    const signup = await auth.admin.generateLink({ type: 'signup', email, password });
    const { fragment } = await open(signup.data.properties!.action_link);
    assert.ok(fragment.get('access_token'));
    const magic = await auth.admin.generateLink({ type: 'magiclink', email });
    const byHash = await server
      .client()
      .auth.verifyOtp({ token_hash: magic.data.properties!.hashed_token, type: 'magiclink' });
    assert.equal(byHash.error, null);
    const recovery = await auth.admin.generateLink({ type: 'recovery', email });
    const byCode = await server
      .client()
      .auth.verifyOtp({ email, token: recovery.data.properties!.email_otp, type: 'recovery' });
    assert.equal(byCode.error, null);
    const wanted = address();
    const current = await auth.admin.generateLink({ type: 'email_change_current', email, newEmail: wanted });
    const next = await auth.admin.generateLink({ type: 'email_change_new', email, newEmail: wanted });
    await open(current.data.properties!.action_link);
    await open(next.data.properties!.action_link);
    const { data } = await auth.admin.getUserById(byCode.data.user!.id);
    assert.equal(data.user?.email, wanted);
  });

  test('a link that is used up says so in the address it leads to', async () => {
    const email = address();
    await server.client().auth.signUp({ email, password });
    const { link } = await server.mailbox.next(email);
    await open(link!);
    const { fragment } = await open(link!);
    assert.deepEqual([fragment.get('error'), fragment.get('error_code')], ['access_denied', 'otp_expired']);
  });

  test('a mail comes again on demand, and the code before it is void', async () => {
    const email = address();
    const client = server.client();
    await client.auth.signUp({ email, password });
    const first = await server.mailbox.next(email);
    assert.equal((await client.auth.resend({ type: 'signup', email })).error, null);
    const second = await server.mailbox.next(email);
    if (first.code !== second.code)
      assert.equal(
        (await client.auth.verifyOtp({ email, token: first.code!, type: 'signup' })).error?.code,
        'otp_expired',
      );
    assert.equal((await client.auth.verifyOtp({ email, token: second.code!, type: 'signup' })).error, null);
  });
});

suite('sign-up is off', () => {
  let server: AuthServer;
  before(async () => {
    server = await authServer({ config: { auth: { site_url: SITE, enable_signup: false } } });
  });
  after(() => server.close());

  test('nobody signs up, by password, by code or without a name; the admin makes users', async () => {
    const { auth } = server.client();
    const byPassword = await auth.signUp({ email: address(), password });
    assert.deepEqual([byPassword.error?.status, byPassword.error?.code], [422, 'signup_disabled']);
    assert.match(byPassword.error?.message ?? '', /^Signups not allowed for this instance/);
    const unknown = address();
    await auth.signInWithOtp({ email: unknown });
    assert.deepEqual(await server.db.sql('select from auth.users where email = $1', [unknown]), []);
    assert.ok(
      ['signup_disabled', 'anonymous_provider_disabled'].includes((await auth.signInAnonymously()).error?.code ?? ''),
    );
    const email = address();
    await server.admin().auth.admin.createUser({ email, password, email_confirm: true });
    assert.equal((await auth.signInWithPassword({ email, password })).error, null);
  });
});

suite('tokens are signed with a key of the project', () => {
  for (const [alg, generated] of [
    ['ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['RS256', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ] as const)
    test(`${alg}: the client checks them against the published set, which holds nothing private`, async () => {
      const jwk = {
        ...generated().privateKey.export({ format: 'jwk' }),
        alg,
        kid: randomUUID(),
        use: 'sig',
        kty: alg === 'ES256' ? 'EC' : 'RSA',
      };
      await using server = await authServer({
        config: { auth: { site_url: SITE, email: { enable_confirmations: false } } },
        signingKeys: [jwk],
      });
      const client = server.client();
      const { data } = await client.auth.signUp({ email: address(), password });
      const header = JSON.parse(Buffer.from(data.session!.access_token.split('.')[0]!, 'base64url').toString());
      assert.deepEqual([header.alg, header.kid], [alg, jwk.kid]);
      const set = await server.request('GET', '/.well-known/jwks.json');
      assert.deepEqual(
        set.json.keys.map(({ kid }: { kid: string }) => kid),
        [jwk.kid],
      );
      assert.doesNotMatch(set.text, /"(d|p|q|k|dp|dq|qi)":/);
      const claims = await client.auth.getClaims();
      assert.equal(claims.error, null);
      assert.equal(claims.data?.claims.sub, data.user!.id);
      assert.equal((await client.auth.getUser()).error, null);
    });
});

function memory() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

/** Names and kinds of all fields, however deep. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (value === null || typeof value !== 'object') return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shape(item)]));
}
