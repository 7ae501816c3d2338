import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Answered, PASSWORD, type TestAccounts, testAccounts } from './test-accounts.ts';

let it: TestAccounts;
before(async () => {
  it = await testAccounts(Date.now, null, true);
});
after(() => it[Symbol.asyncDispose]());

const post = (path: string, body: object): Promise<Answered> => it.call('POST', `/api/v1/auth/${path}`, { body });

test('where addresses are confirmed, the way in leads over the mail', async () => {
  const email = 'confirm@example.com';
  const made = await post('register', { name: 'Ada', email, password: PASSWORD });
  assert.deepEqual([made.status, made.body.data.accessToken, made.body.data.user.emailVerified], [201, null, false]);
  const early = await post('login', { email, password: PASSWORD });
  assert.deepEqual([early.status, early.body.error.code], [403, 'EMAIL_NOT_VERIFIED']);
  const [mail] = await it.auth.inbox!.messages(email);
  const token = /token=([^&"\s\\]+)/.exec(JSON.stringify(mail))?.[1];
  assert.equal((await post('verify-email', { token })).body.data.verified, true);
  const again = await post('verify-email', { token });
  assert.deepEqual([again.status, again.body.error.code], [401, 'TOKEN_INVALID']);
  const inside = await post('login', { email, password: PASSWORD });
  assert.deepEqual([inside.status, inside.body.data.user.emailVerified], [200, true]);
});

test('the mail is sent again, and nobody learns who has an account', async () => {
  const email = 'confirm-again@example.com';
  await post('register', { name: 'Ada', email, password: PASSWORD });
  const known = await post('resend-verification', { email });
  const unknown = await post('resend-verification', { email: 'nobody@example.com' });
  assert.deepEqual([known.status, known.body.data], [unknown.status, unknown.body.data]);
});
