import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type AuthServer, authServer } from '../server.ts';

const PASSWORD = 'a good password';
let server: AuthServer;
before(async () => {
  server = await authServer({ config: { auth: { sms: { enable_signup: true }, enable_anonymous_sign_ins: true } } });
});
after(() => server.close());

let number = 0;
async function person(on = server) {
  const email = `person${++number}@example.com`;
  const client = on.client();
  const { data } = await client.auth.signUp({ email, password: PASSWORD });
  return { email, client, user: data.user!, session: data.session! };
}
const status = async (token: string) => (await server.request('GET', '/user', { token })).status;

test('the user is shown as the database has it now', async () => {
  const { client, user } = await person();
  await server.db.sql(`update auth.users set raw_user_meta_data = '{"a":1}' where id = $1`, [user.id]);
  const { data, error } = await client.auth.getUser();
  assert.equal(error, null);
  assert.deepEqual(data.user?.user_metadata, { a: 1 });
  assert.equal(data.user?.identities?.[0]?.identity_id.length, 36);
});

test('metadata is merged at the top, and null takes a key away', async () => {
  const { client } = await person();
  await client.auth.updateUser({ data: { a: { b: 1 }, c: 2, d: 3 } });
  const { data } = await client.auth.updateUser({ data: { a: { e: 2 }, c: null } });
  const { a, c, d } = data.user!.user_metadata as Record<string, unknown>;
  assert.deepEqual([a, c, d], [{ e: 2 }, undefined, 3]);
  assert.ok(!('c' in data.user!.user_metadata));
});

test('nobody raises himself: app_metadata and role are not his to change', async () => {
  const { session, user } = await person();
  const reply = await server.request('PUT', '/user', {
    token: session.access_token,
    body: { app_metadata: { role: 'admin' } },
  });
  assert.deepEqual([reply.status, reply.json.code], [403, 'not_admin']);
  await server.request('PUT', '/user', { token: session.access_token, body: { role: 'service_role', id: '1' } });
  const [row] = await server.db.sql('select role, raw_app_meta_data from auth.users where id = $1', [user.id]);
  assert.deepEqual(row, { role: 'authenticated', raw_app_meta_data: { provider: 'email', providers: ['email'] } });
});

test('who has a second factor shows it before address or password change; metadata needs no factor', async () => {
  const { client, user } = await person();
  await server.db.sql(
    `insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, created_at, updated_at)
     values (gen_random_uuid(), $1, 'phone', 'totp', 'verified', now(), now())`,
    [user.id],
  );
  for (const change of [{ password: 'another password' }, { email: 'another@example.com' }]) {
    const { error } = await client.auth.updateUser(change);
    assert.deepEqual([error?.status, error?.code], [401, 'insufficient_aal']);
  }
  assert.equal((await client.auth.updateUser({ data: { a: 1 } })).error, null);
});

test('an address that somebody has cannot be taken over', async () => {
  const [{ client }, other] = [await person(), await person()];
  const { error } = await client.auth.updateUser({ email: other.email.toUpperCase() });
  assert.deepEqual([error?.status, error?.code], [422, 'email_exists']);
});

test('where addresses count at once a new one is the user’s at once, and signs in', async () => {
  const { client, email } = await person();
  const { data, error } = await client.auth.updateUser({ email: `new.${email}` });
  assert.equal(error, null);
  assert.equal(data.user?.email, `new.${email}`);
  assert.ok(!('new_email' in data.user!));
  const again = await server.client().auth.signInWithPassword({ email: `new.${email}`, password: PASSWORD });
  assert.equal(again.error, null);
});

test('an anonymous user becomes permanent with an address and a password', async () => {
  const client = server.client();
  const { data: before } = await client.auth.signInAnonymously();
  assert.equal((await client.auth.updateUser({ password: PASSWORD })).error?.code, 'validation_failed');
  const { data } = await client.auth.updateUser({ email: 'found@example.com', password: PASSWORD });
  assert.deepEqual([data.user?.id, data.user?.is_anonymous], [before.user!.id, false]);
  assert.deepEqual(data.user?.app_metadata.providers, ['email']);
  const { error } = await server.client().auth.signInWithPassword({ email: 'found@example.com', password: PASSWORD });
  assert.equal(error, null);
});

test('logging out ends this session, the others or all, as was asked', async () => {
  const { email, client, session: first } = await person();
  const signIn = async () =>
    (await server.client().auth.signInWithPassword({ email, password: PASSWORD })).data.session!;
  const [second, third] = [await signIn(), await signIn()];
  const out = (token: string, scope: string) => server.request('POST', `/logout?scope=${scope}`, { token });
  assert.equal((await out(second.access_token, 'local')).status, 204);
  assert.deepEqual(
    [await status(first.access_token), await status(second.access_token), await status(third.access_token)],
    [200, 403, 200],
  );
  assert.equal((await out(first.access_token, 'others')).status, 204);
  assert.deepEqual([await status(first.access_token), await status(third.access_token)], [200, 403]);
  assert.deepEqual((await out(first.access_token, 'everywhere')).json.code, 'validation_failed');
  assert.equal((await client.auth.signOut()).error, null);
  assert.equal(await status(first.access_token), 403);
});

test('who brings no token, or one that means nobody, is told which', async () => {
  const ask = async (token: string) => {
    const reply = await server.request('GET', '/user', { token });
    return [reply.status, reply.json.code, reply.json.message];
  };
  const nobody = await fetch(`${server.url}/auth/v1/user`);
  assert.equal(nobody.status, 401);
  assert.equal(((await nobody.json()) as { error_code: string }).error_code, 'no_authorization');
  assert.deepEqual(await ask(server.keys.anonKey), [403, 'bad_jwt', 'invalid claim: missing sub claim']);
  assert.deepEqual(await ask('not.a.token'), [403, 'bad_jwt', (await ask('not.a.token'))[2]]);
  const { session, user } = await person();
  await server.db.sql(`update auth.users set banned_until = now() + interval '1 day' where id = $1`, [user.id]);
  assert.equal((await ask(session.access_token))[1], 'user_banned');
  await server.db.sql('delete from auth.users where id = $1', [user.id]);
  assert.deepEqual(await ask(session.access_token), [
    403,
    'user_not_found',
    'User from sub claim in JWT does not exist',
  ]);
});

test('settings say which ways to sign in there are', async () => {
  const { json } = await server.request('GET', '/settings');
  assert.deepEqual(
    [json.external.email, json.external.phone, json.external.anonymous_users, json.external.google],
    [true, true, true, false],
  );
  assert.deepEqual([json.disable_signup, json.mailer_autoconfirm, json.phone_autoconfirm], [false, true, true]);
});

test('health answers under the name that clients know', async () => {
  const { status, json } = await server.request('GET', '/health');
  assert.deepEqual([status, json.name], [200, 'GoTrue']);
});

test('sign-ups that are off are refused for all three kinds, anonymous ones with their own word', async () => {
  await using closed = await authServer({ config: { auth: { enable_signup: false, sms: { enable_signup: true } } } });
  const code = async (body: unknown) => (await closed.request('POST', '/signup', { body })).json.code;
  assert.equal(await code({ email: 'a@b.co', password: PASSWORD }), 'signup_disabled');
  assert.equal(await code({ phone: '996700123456', password: PASSWORD }), 'signup_disabled');
  assert.equal(await code({}), 'anonymous_provider_disabled');
});

test('an app’s trigger runs at sign-up; when it fails nothing is left behind', async () => {
  await using app = await authServer({
    sql: `create table public.profiles (id uuid primary key references auth.users on delete cascade, name text not null);
      create function public.handle_new_user() returns trigger language plpgsql security definer set search_path = '' as
      $$ begin insert into public.profiles values (new.id, new.raw_user_meta_data ->> 'name'); return new; end $$;
      create trigger on_auth_user_created after insert on auth.users for each row execute function public.handle_new_user();`,
  });
  const options = { data: { name: 'Ada' } };
  const made = await app.client().auth.signUp({ email: 'ada@example.com', password: PASSWORD, options });
  assert.equal(made.error, null);
  assert.deepEqual(await app.db.sql('select name from public.profiles'), [{ name: 'Ada' }]);
  const reply = await app.request('POST', '/signup', { body: { email: 'b@example.com', password: PASSWORD } });
  assert.deepEqual(
    [reply.status, reply.json.code, reply.json.message],
    [500, 'unexpected_failure', 'Database error saving new user'],
  );
  assert.deepEqual(await app.db.sql('select email from auth.users'), [{ email: 'ada@example.com' }]);
});

test('tokens are signed with the project’s key, verify offline by its JWKS, and old keys go on', async () => {
  const jwk = (kid: string) => ({
    ...(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }) as { kty: string }),
    kid,
    alg: 'ES256',
  });
  const [fresh, old] = [jwk('fresh'), jwk('old')];
  await using signing = await authServer({ signingKeys: [fresh, old] });
  const { client, session } = await person(signing);
  const header = JSON.parse(Buffer.from(session.access_token.split('.')[0]!, 'base64url').toString());
  assert.deepEqual(header, { alg: 'ES256', kid: 'fresh', typ: 'JWT' });
  const { json } = await signing.request('GET', '/.well-known/jwks.json');
  assert.deepEqual(
    json.keys.map((key: Record<string, unknown>) => [key['kid'], 'd' in key]),
    [
      ['fresh', false],
      ['old', false],
    ],
  );
  const claims = await client.auth.getClaims();
  assert.equal(claims.error, null);
  assert.equal(claims.data?.header.alg, 'ES256');
});
