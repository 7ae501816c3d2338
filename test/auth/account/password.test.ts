import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hashSync } from '@node-rs/bcrypt';
import { type AuthServer, authServer } from '../server.ts';

const PASSWORD = 'a good password';
let server: AuthServer;
before(async () => {
  server = await authServer({ config: { auth: { sms: { enable_signup: true } } } });
});
after(() => server.close());

let number = 0;
async function person() {
  const email = `person${++number}@example.com`;
  const client = server.client();
  const { data } = await client.auth.signUp({ email, password: PASSWORD });
  return { email, client, user: data.user!, session: data.session! };
}
const signIn = (email: string, password = PASSWORD) => server.client().auth.signInWithPassword({ email, password });

test('the right password signs in, in any spelling of the address', async () => {
  const { email, user } = await person();
  const { data, error } = await signIn(email.toUpperCase());
  assert.equal(error, null);
  assert.equal(data.user?.id, user.id);
  assert.ok(data.session?.refresh_token);
});

test('a wrong password, an unknown address and an address that is none are refused with the same words', async () => {
  const { email } = await person();
  for (const [address, password] of [
    [email, 'wrong'],
    [email, ''],
    ['nobody@example.com', PASSWORD],
    ['no address', PASSWORD],
  ] as const) {
    const { error } = await signIn(address, password);
    assert.deepEqual(
      [error?.status, error?.code, error?.message],
      [400, 'invalid_credentials', 'Invalid login credentials'],
    );
  }
});

test('without address and number, with both, or with a way that is off, the reason is said', async () => {
  const ask = async (body: unknown) => {
    const reply = await server.request('POST', '/token?grant_type=password', { body });
    return [reply.status, reply.json.code, reply.json.message];
  };
  assert.deepEqual(await ask({ password: PASSWORD }), [400, 'validation_failed', 'missing email or phone']);
  assert.deepEqual(await ask({ email: 'a@b.co', phone: '1234567', password: PASSWORD }), [
    400,
    'validation_failed',
    'Only an email address or phone number should be provided on login.',
  ]);
  const reply = await server.request('POST', '/token?grant_type=toString', { body: {} });
  assert.deepEqual([reply.status, reply.json.message], [400, 'unsupported_grant_type']);
});

test('bcrypt of an import is verified and replaced by argon2id', async () => {
  const { email, user } = await person();
  for (const version of ['2a', '2b', '2y'] as const) {
    const imported = hashSync('from before', 4).replace(/^\$2./, `$${version}`);
    await server.db.sql('update auth.users set encrypted_password = $2 where id = $1', [user.id, imported]);
    assert.equal((await signIn(email, 'wrong')).error?.code, 'invalid_credentials');
    assert.equal((await signIn(email, 'from before')).error, null);
    const [row] = await server.db.sql<{ hash: string }>(
      'select encrypted_password as hash from auth.users where id = $1',
      [user.id],
    );
    assert.match(row!.hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.equal((await signIn(email, 'from before')).error, null);
  }
});

test('banned, unconfirmed and deleted users do not sign in', async () => {
  const cases = [
    [`banned_until = now() + interval '1 hour'`, 'user_banned'],
    ['email_confirmed_at = null', 'email_not_confirmed'],
    ['deleted_at = now()', 'invalid_credentials'],
    [`encrypted_password = ''`, 'invalid_credentials'],
    ['encrypted_password = null', 'invalid_credentials'],
  ];
  for (const [change, code] of cases) {
    const { email, user } = await person();
    await server.db.sql(`update auth.users set ${change} where id = $1`, [user.id]);
    assert.equal((await signIn(email)).error?.code, code, change);
  }
});

test('a password is changed by who is signed in; other sessions end, this one stays', async () => {
  const { email, client, session } = await person();
  const other = server.client();
  const { data } = await other.auth.signInWithPassword({ email, password: PASSWORD });
  const { error } = await client.auth.updateUser({ password: 'another password' });
  assert.equal(error, null);
  assert.equal((await client.auth.getUser(session.access_token)).error, null);
  assert.equal((await other.auth.getUser()).error?.name, 'AuthSessionMissingError');
  assert.equal((await other.auth.refreshSession(data.session!)).error?.code, 'refresh_token_not_found');
  assert.equal((await signIn(email)).error?.code, 'invalid_credentials');
  assert.equal((await signIn(email, 'another password')).error, null);
});

test('the password that one has, a weak one, and a wrong present one are refused', async () => {
  const { client } = await person();
  const code = async (attributes: { password: string; current_password?: string }) =>
    (await client.auth.updateUser(attributes)).error?.code;
  assert.equal(await code({ password: PASSWORD }), 'same_password');
  assert.equal(await code({ password: 'abc' }), 'weak_password');
  assert.equal(await code({ password: 'another password', current_password: 'wrong' }), 'current_password_mismatch');
  assert.equal(await code({ password: 'another password', current_password: PASSWORD }), undefined);
});

test('where the project wants it, an old session asks for a code from the mail before a password changes', async () => {
  let now = Date.now();
  await using strict = await authServer({
    config: { auth: { email: { secure_password_change: true }, jwt_expiry: 604_800 } },
    now: () => now,
  });
  const client = strict.client();
  await client.auth.signUp({ email: 'old@example.com', password: PASSWORD });
  assert.equal((await client.auth.updateUser({ password: 'while fresh' })).error, null);
  await strict.db.sql(`update auth.sessions set created_at = created_at - interval '25 hours'`);
  assert.equal((await client.auth.updateUser({ password: 'a later one' })).error?.code, 'reauthentication_needed');
  assert.equal((await client.auth.reauthenticate()).error, null);
  const { code } = await strict.mailbox.next('old@example.com');
  now += 1000;
  const wrong = code === '000000' ? '000001' : '000000';
  assert.equal(
    (await client.auth.updateUser({ password: 'a later one', nonce: wrong })).error?.code,
    'reauthentication_not_valid',
  );
  assert.equal((await client.auth.updateUser({ password: 'a later one', nonce: code })).error, null);
});
