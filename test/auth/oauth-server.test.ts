import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { SupabaseClient } from '@supabase/supabase-js';
import { type AuthServer, authServer, type Reply } from './server.ts';

const BACK = 'https://app.example.com/back';
let server: AuthServer;
let person: SupabaseClient;

before(async () => {
  server = await authServer({
    config: {
      auth: {
        site_url: 'http://127.0.0.1:3000',
        oauth_server: { enabled: true, allow_dynamic_registration: true, authorization_url_path: '/consent' },
      },
    },
  });
  person = await signedIn('person@example.com');
});
after(() => server?.close());

async function signedIn(email: string): Promise<SupabaseClient> {
  const client = server.client({ persistSession: true, storageKey: email });
  const { error } = await client.auth.signUp({ email, password: 'a long password 1' });
  assert.equal(error, null);
  return client;
}

interface Registered {
  readonly client_id: string;
  readonly client_secret: string;
}

async function newClient(fields: Record<string, unknown> = {}): Promise<Registered> {
  const { data, error } = await server.admin().auth.admin.oauth.createClient({
    client_name: 'App',
    redirect_uris: [BACK],
    ...fields,
  });
  assert.equal(error, null);
  return data as Registered;
}

const pkce = () => {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
};

function authorize(clientId: string, fields: Record<string, string> = {}): Promise<Reply> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: BACK,
    code_challenge_method: 'S256',
    state: 'xyz',
    ...fields,
  });
  return server.request('GET', `/oauth/authorize?${query}`);
}

async function consentedCode(app: Registered, challenge: string, scope = 'openid email'): Promise<string> {
  const start = await authorize(app.client_id, { code_challenge: challenge, scope });
  const id = new URL(start.headers.get('location')!).searchParams.get('authorization_id')!;
  const details = await person.auth.oauth.getAuthorizationDetails(id);
  assert.equal(details.error, null);
  const answer =
    'redirect_url' in details.data! && details.data.redirect_url
      ? details
      : await person.auth.oauth.approveAuthorization(id, { skipBrowserRedirect: true });
  const back = new URL((answer.data as { redirect_url: string }).redirect_url);
  assert.equal(back.searchParams.get('state'), 'xyz');
  return back.searchParams.get('code')!;
}

function token(app: Registered, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply> {
  const basic = Buffer.from(`${app.client_id}:${app.client_secret}`).toString('base64');
  return server.request('POST', '/oauth/token', {
    body: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${basic}`, ...headers },
  });
}

describe('clients in the admin API', () => {
  test('one is made, read, changed, listed, given a new secret and deleted', async () => {
    const { oauth } = server.admin().auth.admin;
    const made = await newClient({ client_uri: 'https://app.example.com' });
    assert.ok(made.client_secret);
    const read = await oauth.getClient(made.client_id);
    assert.equal(read.data?.client_secret, undefined);
    assert.deepEqual(read.data?.grant_types, ['authorization_code', 'refresh_token']);
    assert.equal(read.data?.client_type, 'confidential');
    const changed = await oauth.updateClient(made.client_id, { client_name: 'Other' });
    assert.equal(changed.data?.client_name, 'Other');
    const listed = await oauth.listClients({ page: 1, perPage: 100 });
    assert.ok(listed.data.clients.some((client) => client.client_id === made.client_id));
    const again = await oauth.regenerateClientSecret(made.client_id);
    assert.notEqual(again.data?.client_secret, made.client_secret);
    assert.equal((await oauth.deleteClient(made.client_id)).error, null);
    assert.equal((await oauth.getClient(made.client_id)).error?.status, 404);
  });

  test('secrets are stored as hashes', async () => {
    const made = await newClient();
    const rows = await server.db.sql<{ client_secret_hash: string }>(
      'select client_secret_hash from auth.oauth_clients where id = $1',
      [made.client_id],
    );
    assert.notEqual(rows[0]?.client_secret_hash, made.client_secret);
  });

  for (const [uri, reason] of [
    ['http://app.example.com/', 'plain http'],
    ['https://app.example.com/#x', 'a fragment'],
    ['javascript:alert(1)', 'a script'],
    ['https://a@app.example.com/', 'credentials'],
    ['/back', 'no host'],
  ] as const)
    test(`an address with ${reason} is refused`, async () => {
      const { error } = await server.admin().auth.admin.oauth.createClient({ client_name: 'x', redirect_uris: [uri] });
      assert.equal(error?.code, 'validation_failed');
    });

  test('an application registers itself', async () => {
    const reply = await server.request('POST', '/oauth/clients/register', {
      body: { client_name: 'MCP', redirect_uris: ['http://localhost:33418/'], token_endpoint_auth_method: 'none' },
    });
    assert.equal(reply.status, 201);
    assert.equal(reply.json.client_type, 'public');
    assert.equal(reply.json.registration_type, 'dynamic');
    assert.equal(reply.json.client_secret, undefined);
  });
});

describe('the way of a code', () => {
  test('a person consents once, and the application gets tokens with the person’s claims', async () => {
    const app = await newClient();
    const { verifier, challenge } = pkce();
    const code = await consentedCode(app, challenge);
    const fields = { grant_type: 'authorization_code', code, redirect_uri: BACK, code_verifier: verifier };
    const reply = await token(app, fields);
    assert.equal(reply.status, 200, reply.text);
    assert.equal(reply.json.token_type, 'bearer');
    assert.equal(reply.json.scope, 'openid email');
    const info = await server.request('GET', '/oauth/userinfo', { token: reply.json.access_token });
    const { data } = await person.auth.getUser();
    assert.deepEqual(info.json, { sub: data.user!.id, email: 'person@example.com', email_verified: true });
    const idToken = JSON.parse(Buffer.from(reply.json.id_token.split('.')[1], 'base64url').toString());
    assert.equal(idToken.aud, app.client_id);
    assert.equal(idToken.sub, data.user!.id);
    assert.equal((await token(app, fields)).json.error, 'invalid_grant');
  });

  test('tokens are refreshed by the application that has them, and by nobody else', async () => {
    const [app, other] = [await newClient(), await newClient()];
    const { verifier, challenge } = pkce();
    const code = await consentedCode(app, challenge);
    const first = await token(app, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: BACK,
      code_verifier: verifier,
    });
    const refresh = { grant_type: 'refresh_token', refresh_token: first.json.refresh_token };
    assert.equal((await token(other, refresh)).json.error, 'invalid_grant');
    const second = await token(app, refresh);
    assert.equal(second.status, 200, second.text);
    assert.equal(second.json.scope, 'openid email');
  });

  for (const [what, change] of [
    ['another verifier', { code_verifier: 'x'.repeat(43) }],
    ['another address', { redirect_uri: 'https://app.example.com/other' }],
  ] as const)
    test(`a code is worth nothing with ${what}`, async () => {
      const app = await newClient();
      const { verifier, challenge } = pkce();
      const code = await consentedCode(app, challenge);
      const right = { grant_type: 'authorization_code', code, redirect_uri: BACK, code_verifier: verifier };
      assert.equal((await token(app, { ...right, ...change })).json.error, 'invalid_grant');
      assert.equal((await token(app, right)).json.error, 'invalid_grant');
    });

  test('a wrong secret is refused', async () => {
    const app = await newClient();
    const reply = await token({ ...app, client_secret: 'wrong' }, { grant_type: 'refresh_token', refresh_token: 'x' });
    assert.deepEqual([reply.status, reply.json.error], [401, 'invalid_client']);
  });

  test('a person may refuse', async () => {
    const app = await newClient();
    const start = await authorize(app.client_id, { code_challenge: pkce().challenge });
    const id = new URL(start.headers.get('location')!).searchParams.get('authorization_id')!;
    const { data } = await person.auth.oauth.denyAuthorization(id, { skipBrowserRedirect: true });
    const back = new URL(data!.redirect_url);
    assert.equal(back.searchParams.get('error'), 'access_denied');
    assert.equal((await person.auth.oauth.approveAuthorization(id)).error?.code, 'validation_failed');
  });

  test('what one person has opened is not there for another', async () => {
    const app = await newClient();
    const start = await authorize(app.client_id, { code_challenge: pkce().challenge });
    const id = new URL(start.headers.get('location')!).searchParams.get('authorization_id')!;
    const details = await person.auth.oauth.getAuthorizationDetails(id);
    assert.equal((details.data as { client: { name: string } }).client.name, 'App');
    const stranger = await signedIn('stranger@example.com');
    const { error } = await stranger.auth.oauth.approveAuthorization(id);
    assert.deepEqual([error?.status, error?.code], [404, 'oauth_authorization_not_found']);
  });

  test('an application cannot consent for its person', async () => {
    const app = await newClient();
    const { verifier, challenge } = pkce();
    const code = await consentedCode(app, challenge);
    const tokens = await token(app, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: BACK,
      code_verifier: verifier,
    });
    const start = await authorize(app.client_id, { code_challenge: challenge, scope: 'phone' });
    const id = new URL(start.headers.get('location')!).searchParams.get('authorization_id')!;
    const reply = await server.request('POST', `/oauth/authorizations/${id}/consent`, {
      token: tokens.json.access_token,
      body: { action: 'approve' },
    });
    assert.equal(reply.status, 403);
  });
});

describe('where a request for authorization leads', () => {
  test('nowhere without a client and an address that belong together', async () => {
    const app = await newClient();
    const wrong: Record<string, string>[] = [
      { client_id: crypto.randomUUID() },
      { client_id: 'x' },
      { redirect_uri: 'https://evil.example/' },
      { redirect_uri: `${BACK}/more` },
    ];
    for (const fields of wrong) {
      const reply = await authorize(app.client_id, { code_challenge: pkce().challenge, ...fields });
      assert.equal(reply.status, 400);
      assert.equal(reply.headers.get('location'), null);
    }
  });

  test('back to the application with the reason when something else is wrong', async () => {
    const app = await newClient();
    for (const [fields, error] of [
      [{}, 'invalid_request'],
      [{ code_challenge: pkce().challenge, scope: 'everything' }, 'invalid_scope'],
      [{ code_challenge: pkce().challenge, response_type: 'token' }, 'unsupported_response_type'],
    ] as const) {
      const reply = await authorize(app.client_id, fields);
      const back = new URL(reply.headers.get('location')!);
      assert.equal(back.origin + back.pathname, BACK);
      assert.equal(back.searchParams.get('error'), error);
      assert.equal(back.searchParams.get('state'), 'xyz');
    }
  });
});

describe('grants of a person', () => {
  test('they are listed, and revoking one ends the application’s sessions', async () => {
    const app = await newClient({ client_name: 'Revoked' });
    const { verifier, challenge } = pkce();
    const code = await consentedCode(app, challenge);
    const tokens = await token(app, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: BACK,
      code_verifier: verifier,
    });
    const { data } = await person.auth.oauth.listGrants();
    const grant = data!.find((each) => each.client.id === app.client_id)!;
    assert.deepEqual(grant.scopes, ['openid', 'email']);
    assert.equal((await person.auth.oauth.revokeGrant({ clientId: app.client_id })).error, null);
    const info = await server.request('GET', '/oauth/userinfo', { token: tokens.json.access_token });
    assert.deepEqual([info.status, info.json.code], [403, 'session_not_found']);
    const again = await person.auth.oauth.revokeGrant({ clientId: app.client_id });
    assert.equal(again.error?.code, 'oauth_consent_not_found');
  });
});

test('a project without the server says so', async () => {
  await using without = await authServer();
  const { error } = await without.admin().auth.admin.oauth.listClients();
  assert.deepEqual([error?.status, error?.code], [404, 'feature_disabled']);
  assert.equal((await without.request('GET', '/.well-known/oauth-authorization-server')).status, 404);
});
