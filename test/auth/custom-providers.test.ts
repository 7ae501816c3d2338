import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type OidcStandIn, oidcStandIn } from '../stand-ins/oidc.ts';
import { type AuthServer, authServer } from './server.ts';

let provider: OidcStandIn;
let server: AuthServer;

before(async () => {
  provider = await oidcStandIn();
  server = await authServer({ config: { auth: { site_url: 'http://127.0.0.1:3000' } } });
});
after(async () => {
  await server?.close();
  await provider?.close();
});

const api = () => server.admin().auth.admin.customProviders;

const oidc = (identifier: string) => ({
  provider_type: 'oidc' as const,
  identifier,
  name: 'Stand-in',
  client_id: provider.client.id,
  client_secret: provider.client.secret,
  issuer: provider.issuer,
  scopes: ['email'],
  custom_claims_allowlist: ['groups'],
});

const oauth2 = (identifier: string) => ({
  provider_type: 'oauth2' as const,
  identifier,
  name: 'Stand-in',
  client_id: provider.client.id,
  client_secret: provider.client.secret,
  authorization_url: `${provider.issuer}/authorize`,
  token_url: `${provider.issuer}/token`,
  userinfo_url: `${provider.issuer}/userinfo`,
  attribute_mapping: { email: 'contact.mail', name: 'label' },
  email_optional: true,
});

async function signInWith(name: string): Promise<URLSearchParams> {
  const start = await server.request('GET', `/authorize?provider=${encodeURIComponent(name)}`);
  assert.equal(start.status, 302, start.text);
  const back = await provider.visit(start.headers.get('location')!);
  const end = await server.request('GET', `/callback${back.search}`);
  return new URLSearchParams(new URL(end.headers.get('location')!).hash.slice(1));
}

test('a provider is made, read, changed, listed by type and deleted; its secret is never shown or stored plainly', async () => {
  const made = await api().createProvider(oauth2('custom:crud'));
  assert.equal(made.error, null);
  assert.equal(made.data?.identifier, 'custom:crud');
  assert.equal(made.data?.enabled, true);
  assert.equal('client_secret' in made.data!, false);
  const read = await api().getProvider('custom:crud');
  assert.equal(read.data?.id, made.data?.id);
  const changed = await api().updateProvider('custom:crud', { name: 'Other', enabled: false });
  assert.deepEqual([changed.data?.name, changed.data?.enabled], ['Other', false]);
  const listed = await api().listProviders({ type: 'oauth2' });
  assert.ok(listed.data.providers.some((each) => each.identifier === 'custom:crud'));
  assert.deepEqual((await api().listProviders({ type: 'oidc' })).data.providers, []);
  const [row] = await server.db.sql<{ client_secret: string }>('select client_secret from auth.custom_oauth_providers');
  assert.ok(!row!.client_secret.includes(provider.client.secret));
  const start = await server.request('GET', '/authorize?provider=custom:crud');
  assert.equal(start.json.message, 'Unsupported provider: provider is not enabled');
  assert.equal((await api().deleteProvider('custom:crud')).error, null);
  assert.equal((await api().getProvider('custom:crud')).error?.status, 404);
  assert.equal((await api().deleteProvider('custom:crud')).error?.status, 404);
});

describe('signing in', () => {
  test('by OpenID Connect: claims that are allowed reach the identity', async () => {
    const made = await api().createProvider(oidc('custom:oidc'));
    assert.equal(made.error, null);
    assert.equal(made.data?.discovery_document?.token_endpoint, `${provider.issuer}/token`);
    provider.person = { sub: 'c1', email: 'c1@example.com', email_verified: true, groups: ['a'], secret: 'x' };
    const end = await signInWith('custom:oidc');
    const user = (await server.request('GET', '/user', { token: end.get('access_token')! })).json;
    assert.equal(user.email, 'c1@example.com');
    assert.equal(user.app_metadata.provider, 'custom:oidc');
    assert.deepEqual(user.identities[0].identity_data.custom_claims, { groups: ['a'] });
  });

  test('by plain OAuth 2.0 with names of its own for everything', async () => {
    assert.equal((await api().createProvider(oauth2('custom:oauth2'))).error, null);
    provider.person = { sub: 'c2', contact: { mail: 'c2@example.com' }, label: 'See Two' };
    const end = await signInWith('custom:oauth2');
    const user = (await server.request('GET', '/user', { token: end.get('access_token')! })).json;
    assert.deepEqual([user.email, user.user_metadata.full_name], ['c2@example.com', 'See Two']);
  });
});

describe('what could not work is refused', () => {
  const cases: [string, Record<string, unknown>][] = [
    ['a name without the prefix', { identifier: 'google' }],
    ['no secret', { client_secret: '' }],
    ['another type', { provider_type: 'saml' }],
    ['plain http to another machine', { issuer: 'http://idp.example.com' }],
    [
      'an issuer that says it is another',
      { issuer: 'SAME/other', discovery_url: 'SAME/.well-known/openid-configuration' },
    ],
    ['a document that is not there', { discovery_url: 'SAME/nothing' }],
    ['parameters that are ours', { authorization_params: { redirect_uri: 'https://evil.example' } }],
  ];
  for (const [what, change] of cases)
    test(what, async () => {
      const text = JSON.stringify({ ...oidc('custom:wrong'), ...change }).replaceAll('SAME', provider.issuer);
      const { error } = await api().createProvider(JSON.parse(text));
      assert.deepEqual([error?.status, error?.code], [400, 'validation_failed'], error?.message);
    });

  test('a second one of the same name', async () => {
    await api().createProvider(oauth2('custom:twice'));
    assert.equal((await api().createProvider(oauth2('custom:twice'))).error?.code, 'conflict');
  });
});
