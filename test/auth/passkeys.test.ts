import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { SupabaseClient } from '@supabase/supabase-js';
import { authenticator } from './authenticator.ts';
import { type AuthServer, authServer } from './server.ts';

const ORIGIN = 'http://localhost:9999';
let server: AuthServer;
let now = Date.now();
before(async () => {
  server = await authServer({
    now: () => now,
    config: { auth: { site_url: ORIGIN, email: { enable_confirmations: false } } },
    settings: (settings) => ({
      ...settings,
      passkeys: { enabled: true, rpId: 'localhost', rpDisplayName: 'Test', rpOrigins: [ORIGIN] },
      mfa: { ...settings.mfa, webAuthn: { enroll: true, verify: true } },
    }),
  });
});
after(() => server.close());

async function person(): Promise<{ client: SupabaseClient; id: string; email: string }> {
  const client = server.client();
  const email = `u${randomUUID().slice(0, 8)}@example.com`;
  const { data, error } = await client.auth.signUp({ email, password: 'password1' });
  assert.equal(error, null);
  return { client, id: data.user!.id, email };
}

const statusOf = (error: unknown) => (error as { status?: number } | null)?.status;

type Credential = Parameters<SupabaseClient['auth']['passkey']['verifyRegistration']>[0]['credential'];
type Options = Parameters<ReturnType<typeof authenticator>['create']>[0];

async function registered(client: SupabaseClient) {
  const device = authenticator();
  const started = await client.auth.passkey.startRegistration();
  assert.equal(started.error, null);
  const credential = device.create(started.data!.options as Options, ORIGIN);
  const { data, error } = await client.auth.passkey.verifyRegistration({
    challengeId: started.data!.challenge_id,
    credential: credential as unknown as Credential,
  });
  assert.equal(error, null);
  return { device, id: data!.id, credential };
}

async function signIn(device: ReturnType<typeof authenticator>, over: { origin?: string; counter?: number } = {}) {
  const client = server.client();
  const started = await client.auth.passkey.startAuthentication();
  assert.equal(started.error, null);
  const credential = device.get(started.data!.options, over.origin ?? ORIGIN, over) as unknown as Credential;
  const answer = { challengeId: started.data!.challenge_id, credential };
  return { client, answer, reply: await client.auth.passkey.verifyAuthentication(answer) };
}

test('a passkey is registered, listed, signs its owner in, renamed and removed', async () => {
  const who = await person();
  const { device, id } = await registered(who.client);
  const { reply, client } = await signIn(device);
  assert.equal(reply.error, null);
  assert.equal(reply.data?.user?.id, who.id);
  const claims = JSON.parse(Buffer.from(reply.data!.session!.access_token.split('.')[1]!, 'base64url').toString());
  assert.deepEqual([claims.sub, claims.aal, claims.amr[0].method], [who.id, 'aal1', 'passkey']);
  const listed = await client.auth.passkey.list();
  assert.deepEqual(
    listed.data?.map((row) => row.id),
    [id],
  );
  assert.ok(listed.data?.[0]?.last_used_at);
  const renamed = await client.auth.passkey.update({ passkeyId: id, friendlyName: 'Laptop' });
  assert.equal(renamed.data?.friendly_name, 'Laptop');
  assert.equal((await client.auth.passkey.delete({ passkeyId: id })).error, null);
  assert.deepEqual((await client.auth.passkey.list()).data, []);
  assert.equal((await signIn(device)).reply.error?.code, 'webauthn_verification_failed');
});

test('options ask for a discoverable key of the project’s domain and leave out those that are there', async () => {
  const who = await person();
  const { credential } = await registered(who.client);
  const { data } = await who.client.auth.passkey.startRegistration();
  const options = data!.options;
  assert.deepEqual([options.rp.id, options.rp.name, options.user.name], ['localhost', 'Test', who.email]);
  assert.equal(Buffer.from(options.user.id, 'base64url').toString(), who.id);
  assert.equal(options.authenticatorSelection?.residentKey, 'required');
  assert.deepEqual(
    options.excludeCredentials?.map(({ id }) => id),
    [credential['id']],
  );
  assert.equal(data!.expires_at, Math.floor(now / 1000) + 300);
});

test('a challenge is good for one answer, for five minutes, and for who asked', async () => {
  const who = await person();
  const { device } = await registered(who.client);
  const { answer, client } = await signIn(device);
  assert.equal((await client.auth.passkey.verifyAuthentication(answer)).error?.code, 'webauthn_challenge_not_found');
  const started = (await client.auth.passkey.startAuthentication()).data!;
  now += 301_000;
  const credential = device.get(started.options, ORIGIN) as unknown as Credential;
  const late = await client.auth.passkey.verifyAuthentication({ challengeId: started.challenge_id, credential });
  assert.deepEqual([statusOf(late.error), late.error?.code], [400, 'webauthn_challenge_expired']);
  const other = await person();
  const mine = (await who.client.auth.passkey.startRegistration()).data!;
  const stolen = authenticator().create(mine.options as Options, ORIGIN) as unknown as Credential;
  const reply = await other.client.auth.passkey.verifyRegistration({
    challengeId: mine.challenge_id,
    credential: stolen,
  });
  assert.equal(reply.error?.code, 'webauthn_challenge_not_found');
});

test('a page elsewhere, a counter that goes back and a strange key are refused', async () => {
  const who = await person();
  const { device } = await registered(who.client);
  assert.equal((await signIn(device, { counter: 5 })).reply.error, null);
  for (const over of [{ origin: 'https://evil.example' }, { counter: 5 }, { counter: 2 }]) {
    const { reply } = await signIn(device, over);
    assert.deepEqual(
      [statusOf(reply.error), reply.error?.code],
      [400, 'webauthn_verification_failed'],
      JSON.stringify(over),
    );
  }
  const stranger = authenticator();
  stranger.create({ challenge: 'x', rp: { id: 'localhost', name: '' }, user: { id: '' } }, ORIGIN);
  assert.equal((await signIn(stranger)).reply.error?.code, 'webauthn_verification_failed');
});

test('one key is registered once, and a list shows one’s own only', async () => {
  const [who, other] = [await person(), await person()];
  const { credential } = await registered(who.client);
  const started = (await other.client.auth.passkey.startRegistration()).data!;
  const same = { id: Buffer.from(credential['id'] as string, 'base64url') };
  const again = authenticator().create(started.options as Options, ORIGIN, same) as unknown as Credential;
  const { error } = await other.client.auth.passkey.verifyRegistration({
    challengeId: started.challenge_id,
    credential: again,
  });
  assert.deepEqual([statusOf(error), error?.code], [422, 'webauthn_credential_exists']);
  assert.deepEqual((await other.client.auth.passkey.list()).data, []);
});

test('a banned owner does not get in', async () => {
  const who = await person();
  const { device } = await registered(who.client);
  await server.admin().auth.admin.updateUserById(who.id, { ban_duration: '1h' });
  const { reply } = await signIn(device);
  assert.deepEqual([statusOf(reply.error), reply.error?.code], [403, 'user_banned']);
});

test('names have a length, passkeys of others are not found, and without a session nothing is registered', async () => {
  const [who, other] = [await person(), await person()];
  const { id } = await registered(who.client);
  const long = await who.client.auth.passkey.update({ passkeyId: id, friendlyName: 'x'.repeat(121) });
  assert.deepEqual([statusOf(long.error), long.error?.code], [400, 'validation_failed']);
  const theirs = await other.client.auth.passkey.update({ passkeyId: id, friendlyName: 'mine' });
  assert.deepEqual([statusOf(theirs.error), theirs.error?.code], [404, 'webauthn_credential_not_found']);
  assert.equal(
    (await other.client.auth.passkey.delete({ passkeyId: id })).error?.code,
    'webauthn_credential_not_found',
  );
  const nobody = await server.request('POST', '/passkeys/registration/options', { body: {} });
  assert.ok([401, 403].includes(nobody.status), nobody.text);
  const nonsense = await server.request('POST', '/passkeys/authentication/verify', {
    body: { challenge_id: randomUUID() },
  });
  assert.equal(nonsense.status, 400);
});

test('the admin lists the passkeys of somebody and takes one away', async () => {
  const who = await person();
  const { id } = await registered(who.client);
  const { passkey } = server.admin().auth.admin;
  const { data, error } = await passkey.listPasskeys({ userId: who.id });
  assert.deepEqual([data?.map((row) => row.id), error], [[id], null]);
  assert.equal((await passkey.deletePasskey({ userId: who.id, passkeyId: id })).error, null);
  assert.deepEqual((await passkey.listPasskeys({ userId: who.id })).data, []);
  assert.equal(statusOf((await passkey.deletePasskey({ userId: who.id, passkeyId: id })).error), 404);
});

test('where passkeys are off, nothing of them is there', async () => {
  await using off = await authServer({ config: { auth: { site_url: ORIGIN } } });
  const reply = await off.request('POST', '/passkeys/authentication/options', { body: {} });
  assert.deepEqual([reply.status, reply.json.code], [404, 'passkey_disabled']);
});

test('a key is a second factor: made by the first challenge, asked for by the next', async () => {
  const who = await person();
  const device = authenticator();
  const webauthn = { rpId: 'localhost', rpOrigins: [ORIGIN] };
  const token = async () => (await who.client.auth.getSession()).data.session!.access_token;
  const factor = await who.client.auth.mfa.enroll({ factorType: 'webauthn', friendlyName: 'key' });
  assert.equal(factor.error, null);
  const path = `/factors/${factor.data!.id}`;
  const challenge = async (body: object = { webauthn }) =>
    server.request('POST', `${path}/challenge`, { token: await token(), body });
  const created = await challenge();
  assert.deepEqual([created.status, created.json.type, created.json.webauthn.type], [200, 'webauthn', 'create']);
  const answer = async (reply: typeof created, credential_response: unknown) =>
    server.request('POST', `${path}/verify`, {
      token: await token(),
      body: {
        challenge_id: reply.json.id,
        webauthn: { ...webauthn, type: reply.json.webauthn.type, credential_response },
      },
    });
  const elsewhere = await answer(
    created,
    device.create(created.json.webauthn.credential_options.publicKey, 'https://evil.example'),
  );
  assert.deepEqual([elsewhere.status, elsewhere.json.code], [422, 'mfa_verification_failed']);
  const done = await answer(created, device.create(created.json.webauthn.credential_options.publicKey, ORIGIN));
  assert.equal(done.status, 200, done.text);
  await who.client.auth.setSession(done.json);
  const asked = await challenge();
  assert.equal(asked.json.webauthn.type, 'request');
  const signed = device.get(asked.json.webauthn.credential_options.publicKey, ORIGIN);
  assert.equal((await answer(asked, signed)).status, 200);
  const wrongDomain = await challenge({ webauthn: { rpId: 'evil.example', rpOrigins: ['https://evil.example'] } });
  assert.deepEqual([wrongDomain.status, wrongDomain.json.code], [400, 'validation_failed']);
  const wrongPage = await challenge({ webauthn: { rpId: 'localhost', rpOrigins: ['https://evil.example'] } });
  assert.equal(wrongPage.status, 400);
  assert.equal((await challenge({})).status, 400);
});
