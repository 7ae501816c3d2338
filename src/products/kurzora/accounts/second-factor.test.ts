import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Answered, PASSWORD, type TestAccounts, testAccounts } from './test-accounts.ts';
import { totpCode } from './test-totp.ts';

let it: TestAccounts;
before(async () => {
  it = await testAccounts();
});
after(() => it[Symbol.asyncDispose]());

const outcome = ({ status, body }: Answered) => (body?.error ? `${status} ${body.error.code}` : status);
const login = (email: string, more: object = {}) =>
  it.call('POST', '/api/v1/auth/login', { body: { email, password: PASSWORD, ...more } });

/** A person with a second factor: the code of `steps` half minutes from now. A code is good once, neighbours in time are taken. */
async function guarded(email: string) {
  const person = await it.registered(email);
  const begun = await it.call('POST', '/api/v1/user/security/2fa/enable', { token: person.accessToken });
  assert.equal(begun.status, 200, JSON.stringify(begun.body));
  const { secret, uri } = begun.body.data;
  assert.match(uri, /^otpauth:\/\/totp\/Kurzora/);
  const code = (steps = 0) => totpCode(secret, Date.now() + steps * 30_000);
  const shown = await it.call('POST', '/api/v1/user/security/2fa/verify', {
    token: person.accessToken,
    body: { code: code() },
  });
  assert.equal(shown.status, 200, JSON.stringify(shown.body));
  return { ...person, ...shown.body.data, code } as typeof person & {
    code: typeof code;
    recoveryCodes: string[];
  };
}

const wrongCode = (right: string) => String((Number(right) + 1) % 1_000_000).padStart(6, '0');

test('who has a second factor is asked for it, and comes in with a code that is good once', async () => {
  const { email, accessToken, code } = await guarded('factor@example.com');
  const security = await it.call('GET', '/api/v1/user/security', { token: accessToken });
  assert.deepEqual([security.body.data.twoFactorEnabled, security.body.data.recoveryCodesLeft], [true, 10]);
  assert.equal(outcome(await login(email)), '401 TWO_FACTOR_REQUIRED');
  const right = code(1);
  assert.equal(outcome(await login(email, { twoFactorCode: wrongCode(right) })), '401 TWO_FACTOR_REQUIRED');
  const done = await login(email, { twoFactorCode: right });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  assert.equal(outcome(await login(email, { twoFactorCode: right })), '401 TWO_FACTOR_REQUIRED');
  const profile = await it.call('GET', '/api/v1/user/profile', { token: done.body.data.accessToken });
  assert.equal(profile.status, 200);
});

test('a password alone, at the other door, opens nothing before the factor is shown', async () => {
  const { email, id } = await guarded('other-door@example.com');
  const half = await it.auth.accounts.signIn({ ip: '127.0.0.1', userAgent: 'test' }, { email, password: PASSWORD });
  const claims = JSON.parse(Buffer.from(half.access_token.split('.')[1]!, 'base64url').toString('utf8'));
  assert.deepEqual([claims.role, claims.aal, claims.sub], ['anon', 'aal1', id]);
  assert.equal(outcome(await it.call('GET', '/api/v1/user/profile', { token: half.access_token })), '401 UNAUTHORIZED');
  const rows = it.db.database.as({ role: claims.role, claims }, (s) => s.query('select id from public.users'));
  await assert.rejects(rows, { code: '42501' });
});

test('codes are not guessed: the sixth sign-in is locked out', async () => {
  const { email, code } = await guarded('guessed@example.com');
  for (let n = 0; n < 5; n++) assert.notEqual((await login(email, { twoFactorCode: wrongCode(code(1)) })).status, 200);
  const locked = await login(email, { twoFactorCode: code(1) });
  assert.equal(outcome(locked), '423 ACCOUNT_LOCKED');
  assert.equal(locked.body.error.details.lockoutDuration, 900);
});

test('a recovery code comes in once, ends the factor, and the account is as before', async () => {
  const { email, recoveryCodes } = await guarded('lost@example.com');
  assert.equal(recoveryCodes.length, 10);
  assert.equal(outcome(await login(email, { twoFactorCode: 'aaaaa-bbbbb' })), '401 TWO_FACTOR_REQUIRED');
  const inside = await login(email, { twoFactorCode: recoveryCodes[3]!.toUpperCase() });
  assert.equal(inside.status, 200, JSON.stringify(inside.body));
  const token = inside.body.data.accessToken;
  const { body } = await it.call('GET', '/api/v1/user/security', { token });
  assert.deepEqual([body.data.twoFactorEnabled, body.data.recoveryCodesLeft], [false, 0]);
  assert.ok(body.data.events.some(({ type }: { type: string }) => type === 'recovery_code_used'));
  assert.equal((await login(email)).status, 200);
});

test('the factor ends with a code of it, and the session goes on', async () => {
  const { email, accessToken, code } = await guarded('off@example.com');
  const off = (given: string) =>
    it.call('POST', '/api/v1/user/security/2fa/disable', { token: accessToken, body: { code: given } });
  assert.equal(outcome(await off(wrongCode(code(1)))), '401 TWO_FACTOR_REQUIRED');
  const done = await off(code(1));
  assert.equal(done.body.data.twoFactorEnabled, false, JSON.stringify(done.body));
  const refreshed = await it.call('POST', '/api/v1/auth/refresh', {
    body: { refreshToken: done.body.data.refreshToken },
  });
  assert.equal(refreshed.status, 200);
  assert.equal((await login(email)).status, 200);
});

test('a forgotten password is set anew with the factor; a mistyped code costs no new mail', async () => {
  const { email, code } = await guarded('forgot@example.com');
  await it.call('POST', '/api/v1/auth/forgot-password', { body: { email } });
  const [mail] = await it.auth.inbox!.messages(email);
  assert.match(JSON.stringify(mail), /reset-password/);
  const token = /token=([^&"\s\\]+)/.exec(JSON.stringify(mail))?.[1];
  const reset = (given: object) =>
    it.call('POST', '/api/v1/auth/reset-password', { body: { password: 'Another-Horse-2', ...given } });
  const asked = await reset({ token });
  assert.equal(outcome(asked), '401 TWO_FACTOR_REQUIRED');
  const further = asked.body.error.details.token;
  assert.equal(outcome(await reset({ token: further, twoFactorCode: wrongCode(code(1)) })), '401 TWO_FACTOR_REQUIRED');
  const done = await reset({ token: further, twoFactorCode: code(1) });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  assert.equal(outcome(await reset({ token: further, twoFactorCode: code(0) })), '401 TOKEN_INVALID');
});

test('the token of an ordinary session does not open the password', async () => {
  const { accessToken, refreshToken } = await it.registered('ordinary@example.com');
  const token = `reset:${accessToken}:${refreshToken}`;
  const reset = await it.call('POST', '/api/v1/auth/reset-password', { body: { token, password: 'Another-Horse-2' } });
  assert.equal(outcome(reset), '401 TOKEN_INVALID');
});
