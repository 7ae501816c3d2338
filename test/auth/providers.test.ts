import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type OidcStandIn, oidcStandIn } from '../stand-ins/oidc.ts';
import { type AuthServer, authServer } from './server.ts';

const APP = 'http://127.0.0.1:3000';
let provider: OidcStandIn;
let server: AuthServer;

const external = (extra: Record<string, unknown> = {}) => ({
  enabled: true,
  client_id: provider.client.id,
  secret: provider.client.secret,
  url: provider.issuer,
  ...extra,
});

before(async () => {
  provider = await oidcStandIn();
  server = await authServer({
    config: {
      auth: {
        site_url: APP,
        additional_redirect_urls: ['https://app.example.com/**'],
        enable_manual_linking: true,
        enable_anonymous_sign_ins: true,
        rate_limit: { email_sent: 100 },
        email: {
          enable_confirmations: true,
          notification: { identity_linked: { enabled: true }, identity_unlinked: { enabled: true } },
        },
        external: {
          google: external(),
          apple: external(),
          github: external(),
          keycloak: external(),
          gitlab: { enabled: false },
        },
      },
    },
  });
});
after(async () => {
  await server?.close();
  await provider?.close();
});

/** Through the provider and back: where the browser ends. */
async function signInWith(name: string, query = ''): Promise<URL> {
  const start = await server.request('GET', `/authorize?provider=${name}${query}`);
  assert.equal(start.status, 302, start.text);
  const back = await provider.visit(start.headers.get('location')!);
  const end = await server.request('GET', `/callback${back.search}`);
  assert.equal(end.status, 302, end.text);
  return new URL(end.headers.get('location')!);
}

const fragmentOf = (url: URL) => new URLSearchParams(url.hash.slice(1));

async function userOf(url: URL) {
  const token = fragmentOf(url).get('access_token');
  assert.ok(token, url.href);
  return (await server.request('GET', '/user', { token })).json;
}

async function confirmedUser(email: string, extra: Record<string, unknown> = {}) {
  const { data, error } = await server
    .admin()
    .auth.admin.createUser({ email, password: 'a long password 1', email_confirm: true, ...extra });
  assert.equal(error, null);
  return data.user!;
}

describe('signing in through a provider', () => {
  test('a new person gets an account, a session in the fragment and the provider’s tokens', async () => {
    provider.person = {
      sub: 'g1',
      email: 'New@Example.com',
      email_verified: true,
      name: 'New Person',
      picture: 'https://x/p',
    };
    const end = await signInWith('google', `&redirect_to=${encodeURIComponent('https://app.example.com/in?x=1')}`);
    assert.equal(end.origin + end.pathname + end.search, 'https://app.example.com/in?x=1');
    assert.ok(fragmentOf(end).get('provider_token'));
    assert.ok(fragmentOf(end).get('provider_refresh_token'));
    const user = await userOf(end);
    assert.equal(user.email, 'new@example.com');
    assert.deepEqual(user.app_metadata, { provider: 'google', providers: ['google'] });
    assert.equal(user.user_metadata.full_name, 'New Person');
    assert.equal(user.identities[0].identity_data.sub, 'g1');
    assert.equal(user.identities[0].identity_data.email_verified, true);
    assert.ok(user.email_confirmed_at);
  });

  test('the same person comes back to the same account', async () => {
    provider.person = { sub: 'g2', email: 'again@example.com', email_verified: true };
    const first = await userOf(await signInWith('google'));
    provider.person = { sub: 'g2', email: 'moved@example.com', email_verified: true };
    const second = await userOf(await signInWith('google'));
    assert.equal(second.id, first.id);
    assert.equal(second.email, 'again@example.com');
  });

  test('the official client gets a session for the code of a PKCE flow, once', async () => {
    provider.person = { sub: 'g3', email: 'pkce@example.com', email_verified: true };
    const client = server.client({ flowType: 'pkce' });
    const { data } = await client.auth.signInWithOAuth({ provider: 'google', options: { redirectTo: APP } });
    const start = await fetch(data.url!, { redirect: 'manual' });
    const back = await provider.visit(start.headers.get('location')!);
    const end = await server.request('GET', `/callback${back.search}`);
    const code = new URL(end.headers.get('location')!).searchParams.get('code')!;
    const session = await client.auth.exchangeCodeForSession(code);
    assert.equal(session.error, null);
    assert.equal(session.data.user?.email, 'pkce@example.com');
    assert.ok(session.data.session?.provider_token);
  });

  test('GitHub’s list of addresses says which one is verified and primary', async () => {
    provider.person = {
      sub: '42',
      login: 'octo',
      emails: [
        { email: 'old@example.com', primary: false, verified: true },
        { email: 'octo@example.com', primary: true, verified: true },
      ],
    };
    const user = await userOf(await signInWith('github'));
    assert.equal(user.email, 'octo@example.com');
    assert.equal(user.user_metadata.user_name, 'octo');
    assert.equal(user.user_metadata.provider_id, '42');
  });

  test('an address that only the userinfo endpoint tells is read there', async () => {
    provider.person = { sub: 'k1', email: 'userinfo@example.com', email_verified: true, email_in_userinfo_only: true };
    assert.equal((await userOf(await signInWith('keycloak'))).email, 'userinfo@example.com');
  });

  test('what the app adds goes to the provider, but cannot say who asks or where the answer goes', async () => {
    const start = await server.request(
      'GET',
      '/authorize?provider=google&scopes=calendar&prompt=consent&client_id=evil&redirect_uri=https://evil.example&state=x',
    );
    const address = new URL(start.headers.get('location')!);
    assert.equal(address.searchParams.get('prompt'), 'consent');
    assert.equal(address.searchParams.get('client_id'), provider.client.id);
    assert.equal(address.searchParams.get('redirect_uri'), `${server.url}/auth/v1/callback`);
    assert.equal(address.searchParams.get('scope'), 'openid email profile calendar');
    assert.notEqual(address.searchParams.get('state'), 'x');
  });

  test('a provider that is unknown or switched off is refused', async () => {
    for (const [name, reason] of [
      ['gitlab', 'provider is not enabled'],
      ['nobody', 'Provider nobody could not be found'],
      ['__proto__', 'Provider __proto__ could not be found'],
    ] as const) {
      const reply = await server.request('GET', `/authorize?provider=${name}`);
      assert.equal(reply.status, 400);
      assert.deepEqual(reply.json, { code: 'validation_failed', message: `Unsupported provider: ${reason}` });
    }
  });
});

describe('the callback', () => {
  test('a state opens once, and one that is not ours never', async () => {
    provider.person = { sub: 'g4', email: 'once@example.com', email_verified: true };
    const start = await server.request('GET', '/authorize?provider=google');
    const back = await provider.visit(start.headers.get('location')!);
    const first = await server.request('GET', `/callback${back.search}`);
    assert.match(first.headers.get('location')!, /access_token=/);
    const forged = new URLSearchParams(back.search);
    forged.set('state', `${crypto.randomUUID()}.${'0'.repeat(64)}`);
    for (const search of [back.search, `?${forged}`, '?state=&code=x', '?code=x']) {
      const reply = await server.request('GET', `/callback${search}`);
      const end = new URL(reply.headers.get('location')!);
      assert.equal(end.origin, APP);
      assert.match(fragmentOf(end).get('error_code')!, /^bad_oauth_(state|callback)$/);
      assert.equal(fragmentOf(end).get('error'), 'invalid_request');
    }
  });

  test('what the provider refuses with reaches the app', async () => {
    const start = await server.request('GET', '/authorize?provider=google');
    const state = new URL(start.headers.get('location')!).searchParams.get('state');
    const reply = await server.request(
      'GET',
      `/callback?state=${state}&error=access_denied&error_description=No+thanks`,
    );
    const end = fragmentOf(new URL(reply.headers.get('location')!));
    assert.deepEqual(Object.fromEntries(end), { error: 'access_denied', error_description: 'No thanks' });
  });

  test('a code that the provider does not know signs nobody in', async () => {
    const start = await server.request('GET', '/authorize?provider=google');
    const state = new URL(start.headers.get('location')!).searchParams.get('state');
    const reply = await server.request('GET', `/callback?state=${state}&code=stolen`);
    const end = fragmentOf(new URL(reply.headers.get('location')!));
    assert.equal(end.get('error'), 'server_error');
    assert.match(end.get('error_description')!, /^Unable to exchange external code/);
  });

  test('a target that is not allowed becomes the site', async () => {
    provider.person = { sub: 'g5', email: 'open@example.com', email_verified: true };
    const end = await signInWith('google', '&redirect_to=https://evil.example/');
    assert.equal(end.origin, APP);
  });
});

describe('special ways', () => {
  test('Apple posts its callback and tells the name there', async () => {
    provider.person = { sub: 'a1', email: 'apple@example.com', email_verified: 'true' };
    const start = await server.request('GET', '/authorize?provider=apple');
    const address = start.headers.get('location')!;
    assert.equal(new URL(address).searchParams.get('response_mode'), 'form_post');
    const back = await provider.visit(address);
    const end = await server.request('POST', '/callback', {
      body: new URLSearchParams([
        ...back.searchParams,
        ['user', '{"name":{"firstName":"Ann","lastName":"Apple"}}'],
      ]).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    const user = await userOf(new URL(end.headers.get('location')!));
    assert.equal(user.user_metadata.full_name, 'Ann Apple');
    assert.ok(user.email_confirmed_at);
  });

  test('an invitation is accepted through a provider that knows the invited address', async () => {
    const { data, error } = await server
      .admin()
      .auth.admin.generateLink({ type: 'invite', email: 'invited@example.com' });
    assert.equal(error, null);
    const invite = `&invite_token=${data.properties!.hashed_token}`;
    provider.person = { sub: 'i0', email: 'somebody-else@example.com', email_verified: true };
    const wrong = fragmentOf(await signInWith('google', invite));
    assert.equal(wrong.get('error_code'), 'validation_failed');
    provider.person = { sub: 'i1', email: 'invited@example.com', email_verified: true };
    const user = await userOf(await signInWith('google', invite));
    assert.equal(user.id, data.user!.id);
    assert.ok(user.email_confirmed_at);
    assert.equal(fragmentOf(await signInWith('google', invite)).get('error_code'), 'invite_not_found');
  });

  test('a flow is too old after five minutes', async () => {
    const start = await server.request('GET', '/authorize?provider=google');
    const back = await provider.visit(start.headers.get('location')!);
    await server.db.sql("update auth.flow_state set created_at = created_at - interval '6 minutes'");
    const end = await server.request('GET', `/callback${back.search}`);
    assert.match(end.headers.get('location')!, /error_code=bad_oauth_state/);
  });
});

describe('joining accounts', () => {
  test('a verified address joins the account that has it confirmed, and its password stays', async () => {
    const user = await confirmedUser('join@example.com');
    provider.person = { sub: 'j1', email: 'join@example.com', email_verified: true };
    const joined = await userOf(await signInWith('google'));
    assert.equal(joined.id, user.id);
    assert.deepEqual(joined.app_metadata.providers.sort(), ['email', 'google']);
    const { error } = await server
      .client()
      .auth.signInWithPassword({ email: 'join@example.com', password: 'a long password 1' });
    assert.equal(error, null);
  });

  test('an unverified address joins nothing and tells nothing', async () => {
    await confirmedUser('victim@example.com');
    provider.person = { sub: 'j2', email: 'victim@example.com', email_verified: false };
    const taken = fragmentOf(await signInWith('google'));
    provider.person = { sub: 'j3', email: 'nobody-has-this@example.com', email_verified: false };
    const free = fragmentOf(await signInWith('google'));
    assert.equal(taken.get('error_code'), 'provider_email_needs_verification');
    assert.deepEqual(Object.fromEntries(taken), Object.fromEntries(free));
  });

  test('an account somebody made in advance with the address loses its password when the owner comes', async () => {
    const password = 'a long password 1';
    await server.client().auth.signUp({ email: 'early@example.com', password });
    provider.person = { sub: 'j4', email: 'early@example.com', email_verified: true };
    const user = await userOf(await signInWith('google'));
    assert.deepEqual(user.app_metadata.providers, ['google']);
    const { error } = await server.client().auth.signInWithPassword({ email: 'early@example.com', password });
    assert.equal(error?.code, 'invalid_credentials');
  });

  test('two callbacks at once about a new person make one account', async () => {
    provider.person = { sub: 'j5', email: 'twins@example.com', email_verified: true };
    const users = await Promise.all([0, 1, 2].map(async () => userOf(await signInWith('google'))));
    assert.equal(new Set(users.map((user) => user.id)).size, 1);
  });

  test('somebody banned stays out', async () => {
    await confirmedUser('banned@example.com', { ban_duration: '24h' });
    provider.person = { sub: 'j6', email: 'banned@example.com', email_verified: true };
    assert.equal(fragmentOf(await signInWith('google')).get('error_code'), 'user_banned');
  });
});

describe('identities of somebody signed in', () => {
  test('one can be linked and unlinked, the last one cannot', async () => {
    await confirmedUser('linker@example.com');
    const client = server.client({ persistSession: true });
    await client.auth.signInWithPassword({ email: 'linker@example.com', password: 'a long password 1' });
    provider.person = { sub: 'l1', email: 'other@example.com', email_verified: true };
    const { data, error } = await client.auth.linkIdentity({ provider: 'google' });
    assert.equal(error, null);
    const back = await provider.visit(data.url!);
    await server.request('GET', `/callback${back.search}`);
    const linked = await client.auth.getUserIdentities();
    const google = linked.data!.identities.find((identity) => identity.provider === 'google')!;
    assert.equal(linked.data!.identities.length, 2);
    assert.match((await server.mailbox.next('linker@example.com')).body, /google/i);
    assert.equal((await client.auth.unlinkIdentity(google)).error, null);
    const left = (await client.auth.getUserIdentities()).data!.identities;
    assert.deepEqual(
      left.map((identity) => identity.provider),
      ['email'],
    );
    assert.equal((await client.auth.unlinkIdentity(left[0]!)).error?.code, 'single_identity_not_deletable');
  });

  test('an anonymous user who links one is somebody', async () => {
    const client = server.client({ persistSession: true });
    const anonymous = await client.auth.signInAnonymously();
    provider.person = { sub: 'l3', email: 'named@example.com', email_verified: true };
    const { data } = await client.auth.linkIdentity({ provider: 'google' });
    const back = await provider.visit(data.url!);
    const user = await userOf(
      new URL((await server.request('GET', `/callback${back.search}`)).headers.get('location')!),
    );
    assert.equal(user.id, anonymous.data.user!.id);
    assert.deepEqual([user.is_anonymous, user.email], [false, 'named@example.com']);
    assert.ok(user.email_confirmed_at);
  });

  test('somebody else’s identity is not linked', async () => {
    provider.person = { sub: 'l2', email: 'owner@example.com', email_verified: true };
    await signInWith('google');
    await confirmedUser('thief@example.com');
    const client = server.client({ persistSession: true });
    await client.auth.signInWithPassword({ email: 'thief@example.com', password: 'a long password 1' });
    const { data } = await client.auth.linkIdentity({ provider: 'google' });
    const back = await provider.visit(data.url!);
    const end = await server.request('GET', `/callback${back.search}`);
    assert.equal(fragmentOf(new URL(end.headers.get('location')!)).get('error_code'), 'identity_already_exists');
  });
});
