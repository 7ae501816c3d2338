/** What auth-js's own suite asks of factors, passkeys and the OAuth server, in our words. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import type { GoTrueClient } from '@supabase/auth-js';
import { totpCode } from '../../../src/services/auth/factors/totp.ts';
import { authenticator } from '../../auth/authenticator.ts';
import { startSuite } from '../suite.ts';
import { credentials, newAdmin, newClient, told } from './clients.ts';

const NOBODY = 'a0000000-0000-4000-8000-000000000000';
const ORIGIN = 'http://localhost:5173';
const ready = await startSuite('auth-js');

async function person(): Promise<{ client: GoTrueClient; email: string; id: string }> {
  const { email, password } = credentials();
  const client = newClient(ready);
  const { data, error } = await client.signUp({ email, password });
  assert.equal(error, null);
  return { client, email, id: data.user!.id };
}

async function withTotp(client: GoTrueClient) {
  const { data, error } = await client.mfa.enroll({ factorType: 'totp', friendlyName: 'app', issuer: 'Suite' });
  assert.equal(error, null);
  return data!;
}

describe('a second factor', () => {
  test('is enrolled with a picture, a secret and an address; without a session it is not', async () => {
    const { client, email } = await person();
    const { id, type, friendly_name, totp } = await withTotp(client);
    assert.deepEqual([typeof id, type, friendly_name], ['string', 'totp', 'app']);
    assert.match(totp.qr_code, /^data:image\/svg\+xml;utf-8,<svg /);
    assert.equal(new URL(totp.uri).searchParams.get('secret'), totp.secret);
    assert.ok(decodeURIComponent(totp.uri).startsWith(`otpauth://totp/Suite:${email}?`), totp.uri);
    assert.ok((await newClient(ready).mfa.enroll({ factorType: 'totp' })).error);
    assert.equal(
      (await client.mfa.enroll({ factorType: 'totp', friendlyName: 'app' })).error?.code,
      'mfa_factor_name_conflict',
    );
    const phone = await client.mfa.enroll({ factorType: 'phone', phone: '+1234567890' });
    assert.deepEqual([phone.error, phone.data?.type, phone.data?.phone], [null, 'phone', '+1234567890']);
    const key = await client.mfa.enroll({ factorType: 'webauthn', friendlyName: 'key' });
    assert.deepEqual([key.error, key.data?.type], [null, 'webauthn']);
    const { data } = await client.mfa.listFactors();
    assert.deepEqual([data?.all.length, data?.totp.length, data?.phone.length], [3, 0, 0]);
  });

  test('raises the session when it is answered', async () => {
    const { client } = await person();
    const { id: factorId, totp } = await withTotp(client);
    const level = async () => {
      const { data } = await client.mfa.getAuthenticatorAssuranceLevel();
      return [
        data?.currentLevel,
        data?.nextLevel,
        data?.currentAuthenticationMethods.map((each) => (typeof each === 'string' ? each : each.method)),
      ];
    };
    assert.deepEqual(await level(), ['aal1', 'aal1', ['password']]);
    const code = totpCode(totp.secret, Date.now());
    const { data: challenge } = await client.mfa.challenge({ factorId });
    assert.deepEqual(
      [challenge?.type, typeof challenge?.id, typeof challenge?.expires_at],
      ['totp', 'string', 'number'],
    );
    const verified = await client.mfa.verify({ factorId, challengeId: challenge!.id, code });
    assert.equal(verified.error, null);
    assert.deepEqual(Object.keys(verified.data!).sort(), [
      'access_token',
      'expires_at',
      'expires_in',
      'refresh_token',
      'token_type',
      'user',
    ]);
    assert.deepEqual(await level(), ['aal2', 'aal2', ['totp', 'password']]);
    // The code that finished the enrolment may come a second time, and no third.
    assert.equal((await client.mfa.challengeAndVerify({ factorId, code })).error, null);
    assert.equal((await client.mfa.challengeAndVerify({ factorId, code })).error?.code, 'mfa_verification_failed');
    assert.equal((await client.mfa.listFactors()).data?.totp[0]?.id, factorId);
    assert.deepEqual((await client.mfa.unenroll({ factorId })).data, { id: factorId });
    assert.equal((await client.mfa.listFactors()).data?.all.length, 0);
  });

  test('answered wrongly, or not there, is refused in GoTrue’s words', async () => {
    const { client } = await person();
    const { id: factorId } = await withTotp(client);
    const { data: challenge } = await client.mfa.challenge({ factorId });
    const wrong = await client.mfa.verify({ factorId, challengeId: challenge!.id, code: '000000' });
    assert.deepEqual(told(wrong.error), {
      name: 'AuthApiError',
      status: 422,
      code: 'mfa_verification_failed',
      message: 'Invalid TOTP code entered',
    });
    const missing = await client.mfa.verify({ factorId, challengeId: NOBODY, code: '000000' });
    assert.deepEqual([missing.error?.status, missing.error?.code], [422, 'mfa_factor_not_found']);
    for (const { error } of [
      await client.mfa.challenge({ factorId: NOBODY }),
      await client.mfa.unenroll({ factorId: NOBODY }),
    ])
      assert.deepEqual([error?.status, error?.code, error?.message], [404, 'mfa_factor_not_found', 'Factor not found']);
  });

  test('is listed and taken away by the admin', async () => {
    const { client, id: userId } = await person();
    const { id } = await withTotp(client);
    const admin = await newAdmin(ready);
    assert.deepEqual(
      (await admin.mfa.listFactors({ userId })).data?.factors.map((factor) => factor.id),
      [id],
    );
    assert.equal((await admin.mfa.deleteFactor({ userId, id })).error, null);
    assert.deepEqual((await admin.mfa.listFactors({ userId })).data?.factors, []);
  });
});

type Credential = Parameters<GoTrueClient['passkey']['verifyRegistration']>[0]['credential'];

describe('a passkey', () => {
  test('is registered, signs its owner in, is renamed, and goes by hand of the owner or the admin', async () => {
    const { client, id: userId } = await person();
    const device = authenticator();
    const started = await client.passkey.startRegistration();
    assert.equal(started.error, null);
    const created = device.create(started.data!.options as Parameters<typeof device.create>[0], ORIGIN);
    const kept = await client.passkey.verifyRegistration({
      challengeId: started.data!.challenge_id,
      credential: created as unknown as Credential,
    });
    assert.equal(kept.error, null);
    const passkeyId = kept.data!.id;

    const other = newClient(ready);
    const asked = await other.passkey.startAuthentication();
    const credential = device.get(asked.data!.options, ORIGIN) as unknown as Credential;
    const signedIn = await other.passkey.verifyAuthentication({ challengeId: asked.data!.challenge_id, credential });
    assert.equal(signedIn.error, null);
    assert.equal((await other.getUser()).data.user?.id, userId);
    const replayed = await newClient(ready).passkey.verifyAuthentication({
      challengeId: asked.data!.challenge_id,
      credential,
    });
    assert.ok(replayed.error);

    assert.equal((await client.passkey.update({ passkeyId, friendlyName: 'laptop' })).data?.friendly_name, 'laptop');
    assert.deepEqual(
      (await client.passkey.list()).data?.map(({ id, friendly_name }) => [id, friendly_name]),
      [[passkeyId, 'laptop']],
    );
    const admin = await newAdmin(ready);
    assert.equal((await admin.passkey.listPasskeys({ userId })).data?.length, 1);
    assert.equal((await admin.passkey.deletePasskey({ userId, passkeyId })).error, null);
    assert.equal((await client.passkey.delete({ passkeyId })).error?.code, 'webauthn_credential_not_found');
  });

  test('made on a page of another origin is refused', async () => {
    const { client } = await person();
    const started = await client.passkey.startRegistration();
    const device = authenticator();
    const created = device.create(started.data!.options as Parameters<typeof device.create>[0], 'https://evil.example');
    const { error } = await client.passkey.verifyRegistration({
      challengeId: started.data!.challenge_id,
      credential: created as unknown as Credential,
    });
    assert.ok(error);
  });
});

describe('an application that people sign in to with this project’s accounts', () => {
  const REDIRECT = 'https://example.com/callback';
  const verifier = randomBytes(32).toString('base64url');

  async function begun(): Promise<{ authorizationId: string; clientId: string; secret: string }> {
    const admin = await newAdmin(ready);
    const { data } = await admin.oauth.createClient({ client_name: 'App', redirect_uris: [REDIRECT] });
    const url = new URL(`${ready.url}/auth/v1/oauth/authorize`);
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: data!.client_id,
      redirect_uri: REDIRECT,
      scope: 'openid email',
      state: 'mine',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString();
    const answer = await fetch(url, { redirect: 'manual' });
    const page = new URL(answer.headers.get('location')!);
    assert.equal(page.origin + page.pathname, 'http://127.0.0.1:3000/oauth/consent');
    return {
      authorizationId: page.searchParams.get('authorization_id')!,
      clientId: data!.client_id,
      secret: data!.client_secret!,
    };
  }

  test('gets a code after consent and tokens for it; the person sees the grant and takes it back', async () => {
    const { client, email, id } = await person();
    const { authorizationId, clientId, secret } = await begun();
    const { data: details, error } = await client.oauth.getAuthorizationDetails(authorizationId);
    assert.equal(error, null);
    assert.ok(details && 'client' in details);
    assert.deepEqual(
      [details.client.name, details.user, details.scope, details.redirect_uri],
      ['App', { id, email }, 'openid email', REDIRECT],
    );
    const approved = await client.oauth.approveAuthorization(authorizationId, { skipBrowserRedirect: true });
    const back = new URL(approved.data!.redirect_url);
    assert.deepEqual([back.origin + back.pathname, back.searchParams.get('state')], [REDIRECT, 'mine']);
    const answer = await fetch(`${ready.url}/auth/v1/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: back.searchParams.get('code')!,
        redirect_uri: REDIRECT,
        code_verifier: verifier,
      }),
    });
    const tokens = (await answer.json()) as Record<string, string>;
    assert.equal(answer.status, 200, JSON.stringify(tokens));
    assert.ok(tokens['access_token'] && tokens['refresh_token'] && tokens['id_token']);
    const { data: granted } = await client.oauth.listGrants();
    assert.deepEqual(
      granted?.map((grant) => [grant.client.id, grant.scopes]),
      [[clientId, ['openid', 'email']]],
    );
    assert.equal((await client.oauth.revokeGrant({ clientId })).error, null);
    assert.equal((await client.oauth.revokeGrant({ clientId })).error?.code, 'oauth_consent_not_found');
    assert.deepEqual((await client.oauth.listGrants()).data, []);
  });

  test('hears that a person said no', async () => {
    const { client } = await person();
    const { authorizationId } = await begun();
    await client.oauth.getAuthorizationDetails(authorizationId);
    const denied = await client.oauth.denyAuthorization(authorizationId, { skipBrowserRedirect: true });
    assert.match(denied.data?.redirect_url ?? '', /^https:\/\/example\.com\/callback\?.*error=access_denied/);
  });

  test('that nobody has begun is not found, and without a session nothing is', async () => {
    const { client } = await person();
    for (const { error } of [
      await client.oauth.getAuthorizationDetails('nope'),
      await client.oauth.approveAuthorization('nope', { skipBrowserRedirect: true }),
      await client.oauth.denyAuthorization('nope', { skipBrowserRedirect: true }),
    ])
      assert.deepEqual([error?.status, error?.code], [404, 'oauth_authorization_not_found']);
    assert.equal((await newClient(ready).oauth.listGrants()).error?.name, 'AuthSessionMissingError');
  });

  test('may register itself', async () => {
    const answer = await fetch(`${ready.url}/auth/v1/oauth/clients/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_name: 'Self', redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' }),
    });
    const body = (await answer.json()) as Record<string, unknown>;
    assert.deepEqual([answer.status, body['client_type'], body['registration_type']], [201, 'public', 'dynamic']);
  });
});
