import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AuthError } from '#services/auth/api.ts';
import { type AuthServer, authServer } from '../server.ts';

let server: AuthServer;
before(async () => {
  server = await authServer({
    config: { auth: { rate_limit: { email_sent: 1000 }, email: { max_frequency: '0s' } } },
  });
});
after(() => server.close());
const client = { ip: '203.0.113.7', userAgent: 'a product' };
const PASSWORD = 'a good password';

test('a product signs people up, in and out through the same accounts as the wire', async () => {
  const { accounts } = server.auth;
  const email = 'ada@example.com';
  const made = await accounts.signUp(client, { email, password: PASSWORD, data: { name: 'Ada' } });
  assert.ok('access_token' in made);
  const session = await accounts.signIn(client, { email, password: PASSWORD });
  assert.equal((await server.request('GET', '/user', { token: String(session.access_token) })).status, 200);
  const next = await accounts.refresh(client, session.refresh_token);
  assert.equal((await accounts.user(client, next.access_token))['email'], email);
  const changed = await accounts.updateUser(client, next.access_token, { data: { name: 'Ada L.' } });
  assert.equal((changed['user_metadata'] as { name: string }).name, 'Ada L.');
  await accounts.logOut(client, next.access_token, 'local');
  await assert.rejects(accounts.user(client, next.access_token), { code: 'session_not_found' });
});

test('a product’s refusals are errors with code and status', async () => {
  const wrong = server.auth.accounts.signIn(client, { email: 'nobody@example.com', password: PASSWORD });
  await assert.rejects(wrong, (error) => error instanceof AuthError && error.code === 'invalid_credentials');
  await assert.rejects(server.auth.accounts.ask(client, { method: 'GET', path: '/admin/users' }), { status: 401 });
  await assert.rejects(server.auth.accounts.ask(client, { method: 'GET', path: '/nothing' }), { status: 404 });
});

test('a product asks for a code by mail and signs in with it', async () => {
  const email = 'code@example.com';
  await server.auth.accounts.requestCode(client, { email, data: { name: 'Eve' } });
  const { code } = await server.mailbox.next(email);
  const session = await server.auth.accounts.verifyCode(client, { email, code: code! });
  assert.equal(session.user['email'], email);
});

test('sweeping deletes what is a day past its time, and nothing that lives', async () => {
  await using old = await authServer({ config: { auth: { sessions: { inactivity_timeout: '1h' } } } });
  const { data } = await old.client().auth.signUp({ email: 'a@example.com', password: PASSWORD });
  const gone = await old.client().auth.signInWithPassword({ email: 'a@example.com', password: PASSWORD });
  const sessions = () => old.db.sql<{ id: string }>('select id from auth.sessions');
  await old.auth.sweep();
  assert.equal((await sessions()).length, 2);
  const id = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()).session_id;
  await old.db.sql(`update auth.sessions set created_at = now() - interval '26 hours' where id = $1`, [
    id(gone.data.session!.access_token),
  ]);
  await old.auth.sweep();
  assert.deepEqual(await sessions(), [{ id: id(data.session!.access_token) }]);
});
