/** What auth-js's own suite asks of sessions, in our words. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GoTrueClient } from '@supabase/auth-js';
import { startSuite } from '../suite.ts';
import { credentials, fields, newAdmin, newClient, told } from './clients.ts';

const ready = await startSuite('auth-js');

async function signedUp(): Promise<{ client: GoTrueClient; email: string; password: string; id: string }> {
  const { email, password } = credentials();
  const client = newClient(ready);
  const { data, error } = await client.signUp({ email, password });
  assert.equal(error, null);
  return { client, email, password, id: data.user!.id };
}

describe('signing up', () => {
  test('gives a session and a user with exactly the fields of GoTrue', async () => {
    const { email, password } = credentials();
    const { data, error } = await newClient(ready).signUp({ email, password, options: { data: { status: 'alpha' } } });
    assert.equal(error, null);
    const metadata = {
      email: 'string',
      email_verified: 'boolean',
      phone_verified: 'boolean',
      status: 'string',
      sub: 'string',
    };
    const user = {
      app_metadata: { provider: 'string', providers: ['string'] },
      aud: 'string',
      confirmed_at: 'string',
      created_at: 'string',
      email: 'string',
      email_confirmed_at: 'string',
      id: 'string',
      identities: [
        {
          created_at: 'string',
          email: 'string',
          id: 'string',
          identity_data: metadata,
          identity_id: 'string',
          last_sign_in_at: 'string',
          provider: 'string',
          updated_at: 'string',
          user_id: 'string',
        },
      ],
      is_anonymous: 'boolean',
      last_sign_in_at: 'string',
      phone: 'string',
      role: 'string',
      updated_at: 'string',
      user_metadata: metadata,
    };
    assert.deepEqual(fields(data.user), user);
    assert.deepEqual(fields(data.session), {
      access_token: 'string',
      expires_at: 'number',
      expires_in: 'number',
      refresh_token: 'string',
      token_type: 'string',
      user,
    });
    assert.equal(data.user?.user_metadata['status'], 'alpha');
  });

  test('with a number that no plan has gives a session too', async () => {
    const { phone, password } = credentials();
    const { data, error } = await newClient(ready).signUp({ phone, password });
    assert.equal(error, null);
    assert.deepEqual([data.user?.phone, data.user?.email, typeof data.session?.access_token], [phone, '', 'string']);
    assert.equal((await newClient(ready).signInWithPassword({ phone: `+${phone}`, password })).error, null);
  });

  test('anonymously gives a user without addresses, who becomes permanent with one', async () => {
    const client = newClient(ready);
    const { data, error } = await client.signInAnonymously({ options: { data: { x: 1 } } });
    assert.equal(error, null);
    assert.deepEqual(
      [data.user?.is_anonymous, data.user?.identities, data.user?.app_metadata, data.user?.user_metadata],
      [true, [], {}, { x: 1 }],
    );
    const { email, password } = credentials();
    const permanent = await client.updateUser({ email, password });
    assert.equal(permanent.error, null);
    assert.deepEqual([permanent.data.user?.is_anonymous, permanent.data.user?.email], [false, email]);
    assert.equal((await newClient(ready).signInWithPassword({ email, password })).data.user?.id, data.user?.id);
  });

  test('twice, badly or by a channel that nobody serves is refused', async () => {
    const { email, password } = await signedUp();
    const { phone } = credentials();
    const refusal = async (given: Parameters<GoTrueClient['signUp']>[0]) =>
      told((await newClient(ready).signUp(given)).error);
    assert.deepEqual(await refusal({ email, password }), {
      name: 'AuthApiError',
      status: 422,
      code: 'user_already_exists',
      message: 'User already registered',
    });
    assert.deepEqual(await refusal({ email: credentials().email, password: '12' }), {
      name: 'AuthWeakPasswordError',
      status: 422,
      code: 'weak_password',
      message: 'Password should be at least 6 characters.',
    });
    assert.equal(
      (await refusal({ email: 'bad', password }))?.message,
      'Unable to validate email address: invalid format',
    );
    assert.equal((await refusal({ email, password: '' }))?.message, 'Signup requires a valid password');
    assert.equal(
      (await refusal({ phone: `${phone}-invalid`, password }))?.message,
      'Invalid phone number format (E.164 required)',
    );
    assert.match(
      (await refusal({ phone, password, options: { channel: 'whatsapp' } }))?.message ?? '',
      /^Invalid channel/,
    );
  });
});

describe('signing in', () => {
  test('with a wrong password or an unknown address is refused alike', async () => {
    const { email } = await signedUp();
    const expected = {
      name: 'AuthApiError',
      status: 400,
      code: 'invalid_credentials',
      message: 'Invalid login credentials',
    };
    for (const address of [email, credentials().email])
      assert.deepEqual(
        told((await newClient(ready).signInWithPassword({ email: address, password: 'wrong' })).error),
        expected,
      );
  });

  test('by a code that nobody sent is refused, and by a number that is none named as such', async () => {
    const { phone } = credentials();
    const verify = async (given: string, type: 'sms' | 'phone_change') =>
      told((await newClient(ready).verifyOtp({ phone: given, token: '123456', type })).error);
    const expired = {
      name: 'AuthApiError',
      status: 403,
      code: 'otp_expired',
      message: 'Token has expired or is invalid',
    };
    assert.deepEqual(await verify(phone, 'sms'), expired);
    assert.deepEqual(await verify(phone, 'phone_change'), expired);
    assert.deepEqual(await verify(`${phone}-invalid`, 'sms'), {
      name: 'AuthApiError',
      status: 400,
      code: 'validation_failed',
      message: 'Invalid phone number format (E.164 required)',
    });
  });

  test('by mail, by text and with a way to a new password is answered alike for everybody', async () => {
    const { email } = await signedUp();
    for (const address of [email, credentials().email]) {
      const otp = await newClient(ready).signInWithOtp({
        email: address,
        options: { emailRedirectTo: 'http://localhost:9999/welcome' },
      });
      assert.deepEqual(otp, { data: { user: null, session: null }, error: null });
      const reset = await newClient(ready).resetPasswordForEmail(address, {
        redirectTo: 'http://localhost:9999/welcome',
      });
      assert.deepEqual(reset, { data: {}, error: null });
      const again = await newClient(ready).resend({ email: address, type: 'signup' });
      assert.deepEqual(again, { data: { user: null, session: null }, error: null });
    }
    assert.equal((await newClient(ready).resend({ phone: credentials().phone, type: 'phone_change' })).error, null);
    const known = newClient(ready);
    assert.equal((await known.signInWithOtp({ phone: '+4152127777' })).error, null);
    assert.equal((await known.verifyOtp({ phone: '+4152127777', token: '123456', type: 'sms' })).error, null);
  });

  test('by a token that is none, of a provider that is off or unknown is refused before anyone is asked', async () => {
    const refusal = async (provider: string) =>
      told((await newClient(ready).signInWithIdToken({ provider, token: 'invalid-token' })).error);
    assert.deepEqual(await refusal('google'), {
      name: 'AuthApiError',
      status: 400,
      code: undefined,
      message: 'Bad ID token',
    });
    assert.equal((await refusal('apple'))?.code, 'provider_disabled');
    assert.equal((await refusal('keycloak'))?.code, 'provider_disabled');
    assert.match((await refusal('workos'))?.message ?? '', /^Custom OIDC provider/);
  });

  test('by SAML, by a wallet’s signature that is none, by a lost verifier is refused', async () => {
    const sso = await newClient(ready).signInWithSSO({
      domain: 'example.com',
      options: { redirectTo: 'http://localhost:3000' },
    });
    assert.deepEqual(told(sso.error), {
      name: 'AuthApiError',
      status: 404,
      code: 'saml_provider_disabled',
      message: 'SAML 2.0 is disabled',
    });
    const signature = new Uint8Array(64);
    const wallet = await newClient(ready).signInWithWeb3({ chain: 'solana', message: 'x', signature });
    assert.deepEqual([wallet.error?.status, wallet.error?.code], [400, 'validation_failed']);
    assert.ok((await newClient(ready, { flowType: 'pkce' }).exchangeCodeForSession('mock_code')).error);
  });

  test('at a provider begins at its address, and at one that is off it does not', async () => {
    const begin = (provider: string) =>
      fetch(`${ready.url}/auth/v1/authorize?provider=${provider}&redirect_to=http://localhost:9999/x`, {
        redirect: 'manual',
      });
    const google = await begin('google');
    const target = new URL(google.headers.get('location')!);
    assert.deepEqual(
      [google.status, target.origin, target.searchParams.get('client_id')],
      [302, 'https://accounts.google.com', 'a-client'],
    );
    const off = await begin('github');
    assert.deepEqual(
      [off.status, ((await off.json()) as { msg: string }).msg],
      [400, 'Unsupported provider: provider is not enabled'],
    );
  });
});

describe('a session', () => {
  test('is refreshed, by the client’s own token and by one that is handed in', async () => {
    const { client } = await signedUp();
    const before = (await client.getSession()).data.session!;
    const first = await client.refreshSession();
    assert.equal(first.error, null);
    assert.notEqual(first.data.session?.refresh_token, before.refresh_token);
    const other = newClient(ready);
    const second = await other.refreshSession({ refresh_token: first.data.session!.refresh_token });
    assert.equal(second.error, null);
    assert.equal(second.data.user?.id, before.user.id);
    assert.equal((await other.setSession(second.data.session!)).error, null);
  });

  test('refreshed by two tabs at once is one session with one next token', async () => {
    const { client } = await signedUp();
    const { refresh_token } = (await client.getSession()).data.session!;
    const tabs = await Promise.all([1, 2, 3, 4].map(() => newClient(ready).refreshSession({ refresh_token })));
    for (const { error } of tabs) assert.equal(error, null);
    const next = new Set(tabs.map(({ data }) => data.session!.refresh_token));
    assert.equal(next.size, 1);
    assert.equal((await newClient(ready).refreshSession({ refresh_token: [...next][0]! })).error, null);
  });

  test('of a token that nobody knows, or of none, is refused', async () => {
    assert.deepEqual(told((await newClient(ready).refreshSession({ refresh_token: 'bad' })).error), {
      name: 'AuthApiError',
      status: 400,
      code: 'refresh_token_not_found',
      message: 'Invalid Refresh Token: Refresh Token Not Found',
    });
    assert.equal((await newClient(ready).refreshSession()).error?.name, 'AuthSessionMissingError');
    assert.match(
      told((await newClient(ready).getUser('bad')).error)?.message ?? '',
      /^invalid JWT: unable to parse or verify signature/,
    );
  });

  test('has claims that the client checks itself against the published keys', async () => {
    const { client, id, email } = await signedUp();
    let asked = 0;
    const { data, error } = await newClient(ready, {
      fetch: ((...given: Parameters<typeof fetch>) => {
        asked += String(given[0]).endsWith('/jwks.json') ? 1 : 100;
        return fetch(...given);
      }) as typeof fetch,
    }).getClaims((await client.getSession()).data.session!.access_token);
    assert.equal(error, null);
    assert.equal(asked, 1);
    assert.deepEqual(
      [data?.header.alg, data?.claims.sub, data?.claims['email'], data?.claims.role],
      ['ES256', id, email, 'authenticated'],
    );
    assert.deepEqual(Object.keys(data!.claims).sort(), [
      'aal',
      'amr',
      'app_metadata',
      'aud',
      'email',
      'exp',
      'iat',
      'is_anonymous',
      'iss',
      'phone',
      'role',
      'session_id',
      'sub',
      'user_metadata',
    ]);
  });

  for (const [scope, own, other] of [
    ['global', false, false],
    ['local', false, true],
    ['others', true, false],
  ] as const)
    test(`ends by signing out ${scope}`, async () => {
      const { client, email, password } = await signedUp();
      const { data: mine } = await client.getSession();
      const { data: theirs } = await newClient(ready).signInWithPassword({ email, password });
      assert.equal((await client.signOut({ scope })).error, null);
      const alive = async (token: string) => (await newClient(ready).getUser(token)).error === null;
      assert.deepEqual(
        [await alive(mine.session!.access_token), await alive(theirs.session!.access_token)],
        [own, other],
      );
    });

  test('that a link begins comes in the fragment of the site’s address, once', async () => {
    const { email } = await signedUp();
    const link = await (await newAdmin(ready)).generateLink({ type: 'magiclink', email });
    const opened = await fetch(link.data.properties!.action_link, { redirect: 'manual' });
    assert.match(opened.headers.get('location') ?? '', /^http:\/\/127\.0\.0\.1:3000#access_token=/);
    const again = await fetch(link.data.properties!.action_link, { redirect: 'manual' });
    assert.match(again.headers.get('location') ?? '', /#error=access_denied&error_code=otp_expired/);
  });
});

describe('a user', () => {
  test('is read and changed', async () => {
    const { client, password } = await signedUp();
    const changed = await client.updateUser({ data: { hello: 'world' } });
    assert.equal(changed.data.user?.user_metadata['hello'], 'world');
    assert.deepEqual((await client.getUser()).data.user?.user_metadata, changed.data.user?.user_metadata);
    assert.deepEqual(told((await client.updateUser({ password })).error), {
      name: 'AuthApiError',
      status: 422,
      code: 'same_password',
      message: 'New password should be different from the old password.',
    });
    assert.equal((await client.updateUser({ password: `${password}x` })).error, null);
    assert.equal((await client.reauthenticate()).error, null);
  });

  test('has identities, of which the last one stays', async () => {
    const { client } = await signedUp();
    const { data } = await client.getUserIdentities();
    assert.equal(data?.identities.length, 1);
    assert.deepEqual(told((await client.unlinkIdentity(data!.identities[0]!)).error), {
      name: 'AuthApiError',
      status: 422,
      code: 'single_identity_not_deletable',
      message: 'User must have at least 1 identity after unlinking',
    });
    const linked = await client.linkIdentity({ provider: 'google', options: { skipBrowserRedirect: true } });
    assert.match(linked.data?.url ?? '', /^https:\/\/accounts\.google\.com\//);
    const off = await client.linkIdentity({ provider: 'github', options: { skipBrowserRedirect: true } });
    assert.equal(off.error?.message, 'Unsupported provider: provider is not enabled');
  });
});
