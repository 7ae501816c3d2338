import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { SignJWT } from 'jose';
import { type OidcStandIn, oidcStandIn } from '../stand-ins/oidc.ts';
import { type AuthServer, authServer } from './server.ts';

let provider: OidcStandIn;
let server: AuthServer;

before(async () => {
  provider = await oidcStandIn();
  const external = {
    enabled: true,
    client_id: `${provider.client.id},app-on-a-phone`,
    secret: 'x',
    url: provider.issuer,
  };
  server = await authServer({
    config: {
      auth: { enable_manual_linking: true, external: { google: external, apple: { ...external, enabled: false } } },
    },
  });
});
after(async () => {
  await server?.close();
  await provider?.close();
});

const claims = (sub: string, extra: Record<string, unknown> = {}) => ({
  sub,
  email: `${sub}@example.com`,
  email_verified: true,
  ...extra,
});
const sha = (text: string) => createHash('sha256').update(text).digest('hex');

test('a token for the project’s client signs in', async () => {
  const { data, error } = await server
    .client()
    .auth.signInWithIdToken({ provider: 'google', token: await provider.idToken(claims('n1')) });
  assert.equal(error, null);
  assert.equal(data.user?.email, 'n1@example.com');
  assert.equal(data.user?.app_metadata['provider'], 'google');
});

test('so does one for the project’s client on a phone, with the nonce that the app chose', async () => {
  const token = await provider.idToken(claims('n2', { aud: 'app-on-a-phone', nonce: sha('chosen') }));
  const { error } = await server.client().auth.signInWithIdToken({ provider: 'google', token, nonce: 'chosen' });
  assert.equal(error, null);
});

test('somebody signed in links it', async () => {
  const client = server.client({ persistSession: true });
  await client.auth.signUp({ email: 'linker@example.com', password: 'a long password 1' });
  const { data, error } = await client.auth.linkIdentity({
    provider: 'google',
    token: await provider.idToken(claims('n3')),
  });
  assert.equal(error, null);
  assert.deepEqual(
    (data as { user: { identities: { provider: string }[] } }).user.identities.map((each) => each.provider),
    ['email', 'google'],
  );
});

describe('refused', () => {
  const hour = () => Math.floor(Date.now() / 1000) + 3600;
  const cases: [string, () => Promise<{ token: string; nonce?: string }>, RegExp][] = [
    [
      'another application’s token',
      async () => ({ token: await provider.idToken(claims('x', { aud: 'other' })) }),
      /Unacceptable audience/,
    ],
    [
      'a token for several, given to another',
      async () => ({
        token: await provider.idToken(claims('x', { aud: [provider.client.id, 'other'], azp: 'other' })),
      }),
      /Unacceptable audience/,
    ],
    [
      'another issuer',
      async () => ({ token: await provider.idToken(claims('x', { iss: 'https://evil.example' })) }),
      /Bad ID token/,
    ],
    [
      'one that has expired',
      async () => ({ token: await provider.idToken(claims('x', { iat: 1, exp: 1000 })) }),
      /Bad ID token/,
    ],
    [
      'one signed with the public key as if it were a secret',
      async () => {
        const jwks = await (await fetch(`${provider.issuer}/jwks`)).text();
        const token = await new SignJWT({ ...claims('x'), iss: provider.issuer, aud: provider.client.id })
          .setProtectedHeader({ alg: 'HS256', kid: 'stand-in' })
          .setIssuedAt()
          .setExpirationTime(hour())
          .sign(new TextEncoder().encode(jwks));
        return { token };
      },
      /Bad ID token/,
    ],
    [
      'one that nobody signed',
      async () => {
        const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
        const body = { ...claims('x'), iss: provider.issuer, aud: provider.client.id, iat: 1, exp: hour() };
        return { token: `${part({ alg: 'none' })}.${part(body)}.` };
      },
      /Bad ID token/,
    ],
    [
      'another nonce',
      async () => ({ token: await provider.idToken(claims('x', { nonce: sha('a') })), nonce: 'b' }),
      /Nonces mismatch/,
    ],
    [
      'a nonce in the token alone',
      async () => ({ token: await provider.idToken(claims('x', { nonce: sha('a') })) }),
      /should either both exist/,
    ],
    ['no token', async () => ({ token: '' }), /id_token required/],
  ];
  for (const [what, make, message] of cases)
    test(what, async () => {
      const { error } = await server.client().auth.signInWithIdToken({ provider: 'google', ...(await make()) });
      assert.equal(error?.status, 400);
      assert.match(error?.message ?? '', message);
    });

  test('a provider that is off, or none', async () => {
    const token = await provider.idToken(claims('x'));
    const off = await server.client().auth.signInWithIdToken({ provider: 'apple', token });
    assert.equal(off.error?.code, 'provider_disabled');
    const none = await server.client().auth.signInWithIdToken({ provider: 'custom:none', token });
    assert.equal(none.error?.code, 'validation_failed');
  });
});
