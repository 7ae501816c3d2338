import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type AuthServer, authServer } from '../server.ts';

let server: AuthServer;
let now = Date.now();
before(async () => {
  server = await authServer({ now: () => now, poolSize: 8 });
});
after(() => server.close());

let number = 0;
async function signedIn() {
  const email = `person${++number}@example.com`;
  const { data } = await server.client().auth.signUp({ email, password: 'a good password' });
  return { email, user: data.user!, session: data.session! };
}
const refresh = async (token: unknown) => {
  const reply = await server.request('POST', '/token?grant_type=refresh_token', { body: { refresh_token: token } });
  return { status: reply.status, code: reply.json.code as string, ...reply.json };
};

test('a refresh gives the next token and the user as it is now', async () => {
  const { user, session } = await signedIn();
  await server.db.sql(`update auth.users set raw_app_meta_data = '{"plan":"pro"}' where id = $1`, [user.id]);
  const next = await refresh(session.refresh_token);
  assert.equal(next.status, 200);
  assert.notEqual(next.refresh_token, session.refresh_token);
  assert.deepEqual(next.user.app_metadata, { plan: 'pro' });
  const claims = JSON.parse(Buffer.from(next.access_token.split('.')[1], 'base64url').toString());
  assert.deepEqual(claims.app_metadata, { plan: 'pro' });
});

test('tabs that refresh with one token at one time all go on, with the same next one', async () => {
  const { session } = await signedIn();
  const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(session.refresh_token)));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.equal(new Set(answers.map((answer) => answer.refresh_token)).size, 1);
  assert.equal((await refresh(answers[0]!.refresh_token)).status, 200);
});

test('a used token is good within the interval; after it the family ends, for thief and owner', async () => {
  const { session } = await signedIn();
  const first = await refresh(session.refresh_token);
  now += 9000;
  assert.equal((await refresh(session.refresh_token)).refresh_token, first.refresh_token);
  now += 2000;
  const replayed = await refresh(session.refresh_token);
  assert.deepEqual([replayed.status, replayed.code], [400, 'refresh_token_already_used']);
  assert.equal(replayed.message, 'Invalid Refresh Token: Already Used');
  assert.equal((await refresh(first.refresh_token)).code, 'refresh_token_not_found');
  const reply = await server.request('GET', '/user', { token: first.access_token });
  assert.deepEqual([reply.status, reply.json.code], [403, 'session_not_found']);
});

test('other sessions of the user outlive the end of a family', async () => {
  const { email, session } = await signedIn();
  const { data } = await server.client().auth.signInWithPassword({ email, password: 'a good password' });
  await refresh(session.refresh_token);
  now += 11_000;
  assert.equal((await refresh(session.refresh_token)).code, 'refresh_token_already_used');
  assert.equal((await refresh(data.session!.refresh_token)).status, 200);
});

test('nothing in the database is a token', async () => {
  const { session } = await signedIn();
  const { refresh_token } = await refresh(session.refresh_token);
  const tables = await server.db.sql<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relnamespace = 'auth'::regnamespace and relkind = 'r'`,
  );
  assert.ok(tables.length > 10);
  for (const { name } of tables) {
    const rows = await server.db.sql(`select from ${name} as t where t::text like '%' || $1 || '%'`, [refresh_token]);
    assert.equal(rows.length, 0, name);
  }
});

test('a token that somebody changed or made up is not found', async () => {
  const { session } = await signedIn();
  const bytes = Buffer.from(session.refresh_token, 'base64url');
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    const answer = await refresh(changed.toString('base64url'));
    assert.deepEqual([answer.status, answer.code], [400, 'refresh_token_not_found'], `byte ${at}`);
  }
  for (const other of ['', null, undefined]) assert.equal((await refresh(other)).code, 'validation_failed');
  for (const other of ['x', 'aaaaaaaaaaaa', 7, {}, `${session.refresh_token}=`])
    assert.equal((await refresh(other)).code, 'refresh_token_not_found');
  assert.equal((await refresh(session.refresh_token)).status, 200);
});

test('a token of another project with the same database but another secret is not found', async () => {
  await using other = await authServer({ jwtSecret: 'another secret with at least 32 characters!' });
  const { data } = await other.client().auth.signUp({ email: 'a@example.com', password: 'a good password' });
  assert.equal((await refresh(data.session!.refresh_token)).code, 'refresh_token_not_found');
});

test('banned, deleted and signed out users do not refresh', async () => {
  const cases = [
    [`update auth.users set banned_until = now() + interval '10 years' where id = $1`, 'user_banned'],
    ['delete from auth.users where id = $1', 'refresh_token_not_found'],
    ['delete from auth.sessions where user_id = $1', 'refresh_token_not_found'],
  ] as const;
  for (const [change, code] of cases) {
    const { user, session } = await signedIn();
    await server.db.sql(change, [user.id]);
    const answer = await refresh(session.refresh_token);
    assert.deepEqual([answer.status, answer.code], [400, code]);
  }
});

test('a session ends after its time box and after idling', async () => {
  let clock = Date.now();
  await using strict = await authServer({
    config: { auth: { sessions: { timebox: '2h', inactivity_timeout: '30m' } } },
    now: () => clock,
  });
  const { data } = await strict.client().auth.signUp({ email: 'a@example.com', password: 'a good password' });
  const ask = async (token: string) =>
    (await strict.request('POST', '/token?grant_type=refresh_token', { body: { refresh_token: token } })).json;
  let token = data.session!.refresh_token;
  for (let minutes = 0; minutes < 100; minutes += 25) {
    clock += 25 * 60_000;
    token = (await ask(token)).refresh_token;
    assert.ok(token);
  }
  clock += 25 * 60_000;
  assert.deepEqual(
    [(await ask(token)).code, (await ask(token)).message],
    ['session_expired', 'Invalid Refresh Token: Session Expired'],
  );
  const idle = await strict.client().auth.signInWithPassword({ email: 'a@example.com', password: 'a good password' });
  clock += 31 * 60_000;
  assert.equal((await ask(idle.data.session!.refresh_token)).code, 'session_expired');
});

test('with one session per user the latest sign-in ends the others, with a maximum the oldest', async () => {
  await using strict = await authServer({
    settings: (settings) => ({ ...settings, sessions: { singlePerUser: false, maximum: 2 } }),
  });
  const email = 'a@example.com';
  const sessions = [(await strict.client().auth.signUp({ email, password: 'a good password' })).data.session!];
  for (let more = 0; more < 2; more++)
    sessions.push(
      (await strict.client().auth.signInWithPassword({ email, password: 'a good password' })).data.session!,
    );
  const alive = await Promise.all(
    sessions.map(async ({ access_token }) => (await strict.request('GET', '/user', { token: access_token })).status),
  );
  assert.deepEqual(alive, [403, 200, 200]);
});
