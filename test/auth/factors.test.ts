import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { SupabaseClient } from '@supabase/supabase-js';
import { totpCode } from '../../src/services/auth/factors/totp.ts';
import { type AuthServer, authServer } from './server.ts';

const TEST_PHONE = '15557770001';
let server: AuthServer;
/** The server's clock runs with the tests. */
let now = Date.now();
before(async () => {
  server = await authServer({
    now: () => now,
    config: {
      auth: {
        site_url: 'http://localhost:9999',
        email: { enable_confirmations: false },
        sms: { enable_signup: true, test_otp: { [TEST_PHONE]: '123456' } },
        mfa: {
          max_enrolled_factors: 3,
          totp: { enroll_enabled: true, verify_enabled: true },
          phone: { enroll_enabled: true, verify_enabled: true, max_frequency: '5s' },
        },
      },
    },
  });
});
after(() => server.close());

interface Person {
  readonly client: SupabaseClient;
  readonly email: string;
  readonly id: string;
}

async function person(): Promise<Person> {
  const client = server.client();
  const email = `u${randomUUID().slice(0, 8)}@example.com`;
  const { data, error } = await client.auth.signUp({ email, password: 'password1' });
  assert.equal(error, null);
  return { client, email, id: data.user!.id };
}

async function enrolled({ client }: Person, friendlyName = 'phone app') {
  const { data, error } = await client.auth.mfa.enroll({ factorType: 'totp', friendlyName });
  assert.equal(error, null);
  assert.ok(data?.type === 'totp');
  return { id: data.id, ...data.totp };
}

/** A code that no challenge has seen: each lies a minute and a half after the one before. */
function nextCode(secret: string): string {
  now += 90_000;
  return totpCode(secret, now);
}

async function verified(who: Person) {
  const factor = await enrolled(who);
  const { error } = await who.client.auth.mfa.challengeAndVerify({
    factorId: factor.id,
    code: nextCode(factor.secret),
  });
  assert.equal(error, null);
  return factor;
}

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());

test('enrolling gives secret, address and picture; nothing is raised before it is verified', async () => {
  const who = await person();
  const factor = await enrolled(who);
  assert.match(factor.qr_code, /^data:image\/svg\+xml;utf-8,<svg /);
  assert.match(factor.uri, /^otpauth:\/\/totp\/localhost%3A9999:u/);
  assert.ok(factor.uri.includes(`secret=${factor.secret}`));
  const { data } = await who.client.auth.mfa.getAuthenticatorAssuranceLevel();
  assert.deepEqual([data?.currentLevel, data?.nextLevel], ['aal1', 'aal1']);
});

test('a right code raises the same session to aal2 and ends the others of the user', async () => {
  const who = await person();
  const other = server.client();
  await other.auth.signInWithPassword({ email: who.email, password: 'password1' });
  const before = (await who.client.auth.getSession()).data.session!;
  const factor = await enrolled(who);
  const challenge = await who.client.auth.mfa.challenge({ factorId: factor.id });
  assert.equal(challenge.error, null);
  assert.equal(challenge.data?.type, 'totp');
  const { data, error } = await who.client.auth.mfa.verify({
    factorId: factor.id,
    challengeId: challenge.data!.id,
    code: nextCode(factor.secret),
  });
  assert.equal(error, null);
  const claims = claimsOf(data!.access_token);
  assert.equal(claims.aal, 'aal2');
  assert.equal(claims.session_id, claimsOf(before.access_token).session_id);
  assert.deepEqual(claims.amr.map(({ method }: { method: string }) => method).sort(), ['password', 'totp']);
  assert.notEqual(data!.refresh_token, before.refresh_token);
  const level = await who.client.auth.mfa.getAuthenticatorAssuranceLevel();
  assert.deepEqual([level.data?.currentLevel, level.data?.nextLevel], ['aal2', 'aal2']);
  assert.deepEqual(
    (await who.client.auth.mfa.listFactors()).data?.totp.map(({ id }) => id),
    [factor.id],
  );
  assert.equal((await other.auth.getUser()).error?.name, 'AuthSessionMissingError');
  const refreshed = await who.client.auth.refreshSession();
  assert.equal(claimsOf(refreshed.data.session!.access_token).aal, 'aal2', 'the level stays');
});

test('the next sign-in starts at aal1 and can be raised', async () => {
  const who = await person();
  const factor = await verified(who);
  const again = server.client();
  const { data } = await again.auth.signInWithPassword({ email: who.email, password: 'password1' });
  assert.equal(claimsOf(data.session!.access_token).aal, 'aal1');
  const level = await again.auth.mfa.getAuthenticatorAssuranceLevel();
  assert.deepEqual([level.data?.currentLevel, level.data?.nextLevel], ['aal1', 'aal2']);
  const { error } = await again.auth.mfa.challengeAndVerify({ factorId: factor.id, code: nextCode(factor.secret) });
  assert.equal(error, null);
});

test('the code that finished the enrolment may come once more, any other code counts once', async () => {
  const who = await person();
  const factor = await enrolled(who);
  const code = nextCode(factor.secret);
  const first = await who.client.auth.mfa.challengeAndVerify({ factorId: factor.id, code });
  assert.equal(first.error, null);
  const second = await who.client.auth.mfa.challengeAndVerify({ factorId: factor.id, code });
  assert.equal(second.error, null);
  const third = await who.client.auth.mfa.challengeAndVerify({ factorId: factor.id, code });
  assert.deepEqual([third.error?.status, third.error?.code], [422, 'mfa_verification_failed']);
});

test('of one code on many challenges at the same time, one counts', async () => {
  const who = await person();
  const factor = await verified(who);
  const code = nextCode(factor.secret);
  const challenges = await Promise.all(
    Array.from({ length: 4 }, () => who.client.auth.mfa.challenge({ factorId: factor.id })),
  );
  const token = (await who.client.auth.getSession()).data.session!.access_token;
  const replies = await Promise.all(
    challenges.map(({ data }) =>
      server.request('POST', `/factors/${factor.id}/verify`, { token, body: { challenge_id: data!.id, code } }),
    ),
  );
  assert.equal(replies.filter(({ status }) => status === 200).length, 1);
});

test('a wrong code, an answered, unknown or old challenge are refused', async () => {
  const who = await person();
  const factor = await enrolled(who);
  const { mfa } = who.client.auth;
  const challenge = (await mfa.challenge({ factorId: factor.id })).data!;
  const wrong = await mfa.verify({ factorId: factor.id, challengeId: challenge.id, code: '000000' });
  assert.deepEqual([wrong.error?.status, wrong.error?.code], [422, 'mfa_verification_failed']);
  assert.equal(wrong.error?.message, 'Invalid TOTP code entered');
  const unknown = await mfa.verify({ factorId: factor.id, challengeId: randomUUID(), code: '000000' });
  assert.deepEqual([unknown.error?.status, unknown.error?.code], [422, 'mfa_factor_not_found']);
  const empty = await mfa.verify({ factorId: factor.id, challengeId: challenge.id, code: '' });
  assert.deepEqual([empty.error?.status, empty.error?.code], [400, 'validation_failed']);
  assert.equal(
    (await mfa.verify({ factorId: factor.id, challengeId: challenge.id, code: nextCode(factor.secret) })).error,
    null,
  );
  const answered = await mfa.verify({ factorId: factor.id, challengeId: challenge.id, code: nextCode(factor.secret) });
  assert.equal(answered.error?.code, 'mfa_ip_address_mismatch');
  const old = (await mfa.challenge({ factorId: factor.id })).data!;
  now += 301_000;
  const late = await mfa.verify({ factorId: factor.id, challengeId: old.id, code: nextCode(factor.secret) });
  assert.deepEqual([late.error?.status, late.error?.code], [422, 'mfa_challenge_expired']);
});

test('tries are counted before they are compared: of a hundred at once few are compared, and then even the right code waits', async () => {
  const who = await person();
  const factor = await verified(who);
  const token = (await who.client.auth.getSession()).data.session!.access_token;
  const challenge = (await who.client.auth.mfa.challenge({ factorId: factor.id })).data!;
  const code = nextCode(factor.secret);
  const wrong = code === '111111' ? '222222' : '111111';
  const replies = await Promise.all(
    Array.from({ length: 100 }, () =>
      server.request('POST', `/factors/${factor.id}/verify`, {
        token,
        body: { challenge_id: challenge.id, code: wrong },
      }),
    ),
  );
  const compared = replies.filter(({ json }) => json.code === 'mfa_verification_failed').length;
  assert.ok(compared <= 10, `${compared} were compared`);
  assert.equal(replies.filter(({ status }) => status === 429).length, 100 - compared);
  const right = await server.request('POST', `/factors/${factor.id}/verify`, {
    token,
    body: { challenge_id: challenge.id, code },
  });
  assert.equal(right.status, 429);
  now += 60_000;
});

test('a second factor needs aal2, and so does taking a verified one away', async () => {
  const who = await person();
  const factor = await verified(who);
  const low = server.client();
  await low.auth.signInWithPassword({ email: who.email, password: 'password1' });
  const enrol = await low.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'another' });
  assert.deepEqual([enrol.error?.status, enrol.error?.code], [403, 'insufficient_aal']);
  const remove = await low.auth.mfa.unenroll({ factorId: factor.id });
  assert.deepEqual([remove.error?.status, remove.error?.code], [422, 'insufficient_aal']);
  const { data, error } = await who.client.auth.mfa.unenroll({ factorId: factor.id });
  assert.deepEqual([data?.id, error], [factor.id, null]);
  const refreshed = await who.client.auth.refreshSession();
  const claims = claimsOf(refreshed.data.session!.access_token);
  assert.equal(claims.aal, 'aal1', 'without the factor the session is worth no more than the password');
  assert.deepEqual(
    claims.amr.map(({ method }: { method: string }) => method),
    ['password'],
  );
});

test('names are unique, factors have a limit, unfinished ones make way after five minutes', async () => {
  const who = await person();
  await enrolled(who, 'one');
  const same = await who.client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'one' });
  assert.deepEqual([same.error?.status, same.error?.code], [422, 'mfa_factor_name_conflict']);
  await enrolled(who, 'two');
  await enrolled(who, 'three');
  const fourth = await who.client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'four' });
  assert.deepEqual([fourth.error?.status, fourth.error?.code], [422, 'too_many_enrolled_mfa_factors']);
  await server.db.sql(`update auth.mfa_factors set created_at = created_at - interval '1 day' where user_id = $1`, [
    who.id,
  ]);
  await enrolled(who, 'four');
});

test('what is no factor, or not one’s own, is not found', async () => {
  const [who, other] = [await person(), await person()];
  const factor = await enrolled(other);
  for (const [id, code] of [
    [factor.id, 'mfa_factor_not_found'],
    [randomUUID(), 'mfa_factor_not_found'],
    ['7', 'validation_failed'],
  ] as const) {
    const token = (await who.client.auth.getSession()).data.session!.access_token;
    for (const [method, path] of [
      ['POST', `/factors/${id}/challenge`],
      ['POST', `/factors/${id}/verify`],
      ['DELETE', `/factors/${id}`],
    ] as const) {
      const reply = await server.request(method, path, { token, body: { code: '1', challenge_id: randomUUID() } });
      assert.deepEqual([reply.status, reply.json.code], [404, code], `${method} ${path}`);
    }
  }
  const kind = await who.client.auth.mfa.enroll({ factorType: 'nonsense' as 'totp' });
  assert.deepEqual([kind.error?.status, kind.error?.code], [400, 'validation_failed']);
  const off = await who.client.auth.mfa.enroll({ factorType: 'webauthn', friendlyName: 'key' });
  assert.deepEqual([off.error?.status, off.error?.code], [422, 'mfa_webauthn_enroll_not_enabled']);
});

test('a phone is a factor: the code is stored sealed, another is sent only after a while', async () => {
  const who = await person();
  const { mfa } = who.client.auth;
  const bad = await mfa.enroll({ factorType: 'phone', phone: 'abc' });
  assert.deepEqual([bad.error?.status, bad.error?.code], [400, 'validation_failed']);
  const { data, error } = await mfa.enroll({ factorType: 'phone', phone: `+${TEST_PHONE}`, friendlyName: 'sim' });
  assert.equal(error, null);
  assert.ok(data?.type === 'phone');
  assert.equal(data.phone, `+${TEST_PHONE}`);
  const challenge = await mfa.challenge({ factorId: data.id });
  assert.equal(challenge.data?.type, 'phone');
  const [row] = await server.db.sql<{ otp_code: string }>(
    'select otp_code from auth.mfa_challenges where factor_id = $1',
    [data.id],
  );
  assert.match(row!.otp_code, /^[0-9a-f]{64}$/);
  const soon = await mfa.challenge({ factorId: data.id });
  assert.deepEqual([soon.error?.status, soon.error?.code], [429, 'over_sms_send_rate_limit']);
  const wrong = await mfa.verify({ factorId: data.id, challengeId: challenge.data!.id, code: '654321' });
  assert.equal(wrong.error?.message, 'Invalid MFA Phone code entered');
  const right = await mfa.verify({ factorId: data.id, challengeId: challenge.data!.id, code: '123456' });
  assert.equal(right.error, null);
  const claims = claimsOf(right.data!.access_token);
  assert.equal(claims.aal, 'aal2');
  assert.ok(claims.amr.some(({ method }: { method: string }) => method === 'mfa/phone'));
  const again = await mfa.enroll({ factorType: 'phone', phone: TEST_PHONE, friendlyName: 'sim again' });
  assert.equal(again.error?.code, 'mfa_verified_factor_exists');
});

test('the admin lists factors and takes one away for somebody who lost the device', async () => {
  const who = await person();
  const factor = await verified(who);
  const { mfa } = server.admin().auth.admin;
  const { data, error } = await mfa.listFactors({ userId: who.id });
  assert.equal(error, null);
  assert.deepEqual(
    data?.factors.map(({ id, status, factor_type }) => [id, status, factor_type]),
    [[factor.id, 'verified', 'totp']],
  );
  assert.doesNotMatch(JSON.stringify(data), new RegExp(factor.secret));
  const reply = await server.request('PUT', `/admin/users/${who.id}/factors/${factor.id}`, {
    token: server.keys.serviceRoleKey,
    body: { friendly_name: 'renamed' },
  });
  assert.equal(reply.json.friendly_name, 'renamed');
  const removed = await mfa.deleteFactor({ userId: who.id, id: factor.id });
  assert.equal(removed.error, null);
  assert.deepEqual((await mfa.listFactors({ userId: who.id })).data?.factors, []);
});

test('no secret of a factor leaves in a user', async () => {
  const who = await person();
  const factor = await verified(who);
  const { data } = await who.client.auth.getUser();
  assert.equal(data.user?.factors?.length, 1);
  assert.doesNotMatch(JSON.stringify(data), new RegExp(factor.secret));
});
