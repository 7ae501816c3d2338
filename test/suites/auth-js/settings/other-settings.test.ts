/** The servers of auth-js's suite whose settings differ. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startSuite } from '../../suite.ts';
import { credentials, newAdmin, newClient, told } from '../clients.ts';

const closed = await startSuite('auth-js/settings/closed');
const confirming = await startSuite('auth-js/settings/confirming');

describe('where nobody may sign up', () => {
  test('neither address nor number gets an account, and no code makes one', async () => {
    const { email, phone, password } = credentials();
    const expected = {
      name: 'AuthApiError',
      status: 422,
      code: 'signup_disabled',
      message: 'Signups not allowed for this instance',
    };
    const byEmail = await newClient(closed).signUp({ email, password });
    assert.deepEqual([byEmail.data, told(byEmail.error)], [{ user: null, session: null }, expected]);
    assert.deepEqual(told((await newClient(closed).signUp({ phone, password })).error), expected);
    await newClient(closed).signInWithOtp({ email });
    const { data } = await (await newAdmin(closed)).listUsers();
    assert.deepEqual(data.users, []);
  });

  test('what is off says that it is off', async () => {
    const admin = await newAdmin(closed);
    const { email, password } = credentials();
    await admin.createUser({ email, password, email_confirm: true });
    const client = newClient(closed);
    assert.equal((await client.signInWithPassword({ email, password })).error, null);
    const codes = [
      (await client.signInAnonymously()).error?.code,
      (await client.mfa.enroll({ factorType: 'totp' })).error?.code,
      (await client.linkIdentity({ provider: 'google', options: { skipBrowserRedirect: true } })).error?.code,
      (await client.signInWithOtp({ phone: '+4152127777' })).error?.code,
      (await client.signInWithWeb3({ chain: 'solana', message: 'x', signature: new Uint8Array(64) })).error?.code,
      (await client.oauth.listGrants()).error?.code,
    ];
    assert.deepEqual(codes, [
      'anonymous_provider_disabled',
      'mfa_totp_enroll_not_enabled',
      'manual_linking_disabled',
      'phone_provider_disabled',
      'web3_provider_disabled',
      'feature_disabled',
    ]);
  });

  test('the settings say so', async () => {
    const answer = await fetch(`${closed.url}/auth/v1/settings`);
    const settings = (await answer.json()) as Record<string, unknown> & { external: Record<string, boolean> };
    assert.deepEqual(
      [settings['disable_signup'], settings.external['email'], settings.external['phone']],
      [true, true, false],
    );
  });
});

describe('where addresses are confirmed', () => {
  test('a sign-up gives a user and no session, the second one the same again', async () => {
    const { email, password } = credentials();
    const first = await newClient(confirming).signUp({ email, password });
    const second = await newClient(confirming).signUp({ email, password: `${password}x` });
    for (const { data, error } of [first, second]) {
      assert.equal(error, null);
      assert.equal(data.session, null);
      assert.equal(data.user?.email, email);
      assert.equal('email_confirmed_at' in data.user!, false);
    }
    const { error } = await newClient(confirming).signInWithPassword({ email, password });
    assert.deepEqual(told(error), {
      name: 'AuthApiError',
      status: 400,
      code: 'email_not_confirmed',
      message: 'Email not confirmed',
    });
  });

  test('the link confirms, and signs in', async () => {
    const { email, password } = credentials();
    const { data } = await (await newAdmin(confirming)).generateLink({ type: 'signup', email, password });
    const { data: session, error } = await newClient(confirming).verifyOtp({
      token_hash: data.properties!.hashed_token,
      type: 'signup',
    });
    assert.equal(error, null);
    assert.ok(session.user?.email_confirmed_at);
    assert.equal((await newClient(confirming).signInWithPassword({ email, password })).error, null);
  });

  test('a number is confirmed by its code, and the code of another is none', async () => {
    const client = newClient(confirming);
    const { data, error } = await client.signUp({ phone: '4152127777', password: credentials().password });
    assert.deepEqual([error, data.session, data.user?.phone], [null, null, '4152127777']);
    const wrong = await client.verifyOtp({ phone: '4152127777', token: '654321', type: 'sms' });
    assert.deepEqual([wrong.error?.status, wrong.error?.code], [403, 'otp_expired']);
    const right = await client.verifyOtp({ phone: '+4152127777', token: '123456', type: 'sms' });
    assert.equal(right.error, null);
    assert.ok(right.data.session && right.data.user?.phone_confirmed_at);
  });
});
