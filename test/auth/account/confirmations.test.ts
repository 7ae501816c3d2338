import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type AuthServer, authServer } from '../server.ts';

const PASSWORD = 'a good password';
const CONFIRMED = { enable_confirmations: true, max_frequency: '0s' };
let server: AuthServer;
before(async () => {
  server = await authServer({
    config: {
      auth: {
        rate_limit: { email_sent: 1000 },
        email: CONFIRMED,
        sms: { enable_signup: true, enable_confirmations: true, max_frequency: '0s' },
      },
    },
  });
});
after(() => server.close());

let number = 0;
const address = () => `person${++number}@example.com`;
const signUp = (email: string, data: object = {}) =>
  server.request('POST', '/signup', { body: { email, password: PASSWORD, data } });

test('a sign-up answers with the user alone, and the link in the mail signs in', async () => {
  const email = address();
  const { data, error } = await server.client().auth.signUp({ email, password: PASSWORD });
  assert.equal(error, null);
  assert.equal(data.session, null);
  assert.ok(data.user?.confirmation_sent_at && !data.user.email_confirmed_at);
  const refused = await server.client().auth.signInWithPassword({ email, password: PASSWORD });
  assert.equal(refused.error?.code, 'email_not_confirmed');
  const { code } = await server.mailbox.next(email);
  const verified = await server.client().auth.verifyOtp({ email, token: code!, type: 'signup' });
  assert.equal(verified.error, null);
  assert.equal(verified.data.user?.id, data.user.id);
  assert.equal((await server.client().auth.signInWithPassword({ email, password: PASSWORD })).error, null);
});

/** The shape of an answer: names of fields, and what stands for a time, an id or the address. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shape(inner)]));
  if (typeof value !== 'string') return value;
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return 'time';
  return value.replace(/^[0-9a-f-]{36}$/, 'id').replace(/^person\d+@/, 'person@');
}

test('an address that is confirmed, one that waits, and a new one are answered alike', async () => {
  const [confirmed, waiting] = [address(), address()];
  const data = { name: 'Eve' };
  for (const email of [confirmed, waiting]) await signUp(email, { name: 'Ada', secret: 'of Ada' });
  await server.db.sql('update auth.users set email_confirmed_at = now() where email = $1', [confirmed]);
  const fresh = await signUp(address(), data);
  assert.equal(fresh.status, 200);
  assert.deepEqual(fresh.json.identities.length, 1);
  for (const email of [confirmed, waiting]) {
    const reply = await signUp(email, data);
    assert.deepEqual([reply.status, shape(reply.json)], [200, shape(fresh.json)], email);
    const [row] = await server.db.sql<{ id: string }>('select id from auth.users where email = $1', [email]);
    assert.notEqual(reply.json.id, row?.id);
  }
});

test('a second sign-up changes neither password nor metadata of an account that waits', async () => {
  const email = address();
  await signUp(email, { name: 'Ada' });
  const before = await server.db.sql('select encrypted_password, raw_user_meta_data from auth.users where email = $1', [
    email,
  ]);
  await server.request('POST', '/signup', { body: { email, password: 'of somebody else', data: { name: 'Eve' } } });
  const after = await server.db.sql('select encrypted_password, raw_user_meta_data from auth.users where email = $1', [
    email,
  ]);
  assert.deepEqual(after, before);
});

test('sign-ups of one address at one time make one account and say nothing of each other', async () => {
  const email = address();
  const replies = await Promise.all(Array.from({ length: 6 }, () => signUp(email)));
  assert.deepEqual(
    replies.map((reply) => reply.status),
    replies.map(() => 200),
  );
  assert.equal((await server.db.sql('select from auth.users where email = $1', [email])).length, 1);
});

test('a number waits for the code of its message', async () => {
  const phone = '996700123456';
  const { data, error } = await server.client().auth.signUp({ phone, password: PASSWORD });
  assert.equal(error, null);
  assert.equal(data.session, null);
  const refused = await server.client().auth.signInWithPassword({ phone, password: PASSWORD });
  assert.equal(refused.error?.code, 'phone_not_confirmed');
});

test('messages too soon after each other are refused, whether there is an account or not', async () => {
  await using slow = await authServer({
    config: { auth: { rate_limit: { email_sent: 1000 }, email: { ...CONFIRMED, max_frequency: '1m' } } },
  });
  const ask = (email: string) => slow.request('POST', '/signup', { body: { email, password: PASSWORD } });
  await ask('a@example.com');
  await slow.db.sql('update auth.users set email_confirmed_at = now()');
  await ask('b@example.com');
  for (const email of ['a@example.com', 'b@example.com']) {
    const reply = await ask(email);
    assert.deepEqual([reply.status, reply.json.code], [429, 'over_email_send_rate_limit']);
    assert.match(reply.json.message, /^For security purposes, you can only request this after \d+ seconds\.$/);
    assert.ok(Number(reply.headers.get('retry-after')) > 50);
  }
});

test('a new address waits for both mails, and is the user’s then', async () => {
  const [email, next] = [address(), address()];
  const client = server.client();
  await client.auth.signUp({ email, password: PASSWORD });
  await client.auth.verifyOtp({ email, token: (await server.mailbox.next(email)).code!, type: 'signup' });
  const { data, error } = await client.auth.updateUser({ email: next });
  assert.equal(error, null);
  assert.deepEqual([data.user?.email, data.user?.new_email], [email, next]);
  const [toOld, toNew] = [await server.mailbox.next(email), await server.mailbox.next(next)];
  await client.auth.verifyOtp({ email: next, token: toNew.code!, type: 'email_change' });
  assert.equal((await client.auth.getUser()).data.user?.email, email);
  await client.auth.verifyOtp({ email, token: toOld.code!, type: 'email_change' });
  assert.equal((await client.auth.getUser()).data.user?.email, next);
});
