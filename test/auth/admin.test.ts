import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { type AuthServer, authServer } from './server.ts';

let server: AuthServer;
before(async () => {
  server = await authServer({
    config: { auth: { site_url: 'http://localhost:9999', email: { enable_confirmations: true } } },
    sql: `create table public.profiles (id uuid primary key references auth.users, name text);
      grant insert on public.profiles to supabase_auth_admin;
      create function public.refuse_greg() returns trigger language plpgsql as $$
      begin
        if new.email like 'greg%' then raise exception 'no greg'; end if;
        return new;
      end $$;
      create trigger refuse_greg before insert on auth.users for each row execute function public.refuse_greg();`,
  });
});
after(() => server.close());

const address = () => `u${randomUUID().slice(0, 8)}@example.com`;

async function made(attributes: Parameters<ReturnType<AuthServer['admin']>['auth']['admin']['createUser']>[0]) {
  const { data, error } = await server.admin().auth.admin.createUser(attributes);
  assert.equal(error, null);
  return data.user!;
}

test('a user is made as given, unconfirmed, without a mail', async () => {
  const email = address();
  const user = await made({ email, password: 'password1', user_metadata: { a: 1 }, app_metadata: { plan: 'x' } });
  assert.equal(user.email, email);
  assert.equal(user.email_confirmed_at, undefined);
  assert.equal(user.phone, '');
  assert.equal(user.role, 'authenticated');
  assert.deepEqual(user.user_metadata, { a: 1 });
  assert.deepEqual(user.app_metadata, { provider: 'email', providers: ['email'], plan: 'x' });
  assert.deepEqual(
    user.identities?.map(({ provider, id }) => [provider, id]),
    [['email', user.id]],
  );
  assert.equal(server.mailbox.mails.filter(({ to }) => to === email).length, 0);
});

test('a confirmed user signs in with the password or with the hash that came along', async () => {
  const [email, other] = [address(), address()];
  await made({ email, password: 'password1', email_confirm: true });
  await made({ email: other, password_hash: await bcrypt('secret-of-old', 4), email_confirm: true });
  for (const [who, password] of [
    [email, 'password1'],
    [other, 'secret-of-old'],
  ] as const) {
    const { data, error } = await server.client().auth.signInWithPassword({ email: who, password });
    assert.equal(error, null);
    assert.ok(data.session?.access_token);
  }
  const [row] = await server.db.sql<{ hash: string }>(
    'select encrypted_password as hash from auth.users where email = $1',
    [other],
  );
  assert.match(row!.hash, /^\$argon2id\$/, 'bcrypt is replaced at sign-in');
});

test('address and phone together make two identities', async () => {
  const email = address();
  const user = await made({ email, phone: '+15550001111', phone_confirm: true, email_confirm: true });
  assert.deepEqual(user.app_metadata['providers'], ['email', 'phone']);
  assert.equal(user.phone, '15550001111');
  assert.ok(user.phone_confirmed_at && user.email_confirmed_at);
  assert.deepEqual(user.identities?.map(({ provider }) => provider).sort(), ['email', 'phone']);
});

const refused: readonly (readonly [string, Record<string, unknown>, number, string])[] = [
  ['neither address nor phone', {}, 400, 'validation_failed'],
  ['a bad address', { email: 'nobody' }, 400, 'validation_failed'],
  ['a bad phone', { phone: 'abc' }, 400, 'validation_failed'],
  [
    'password and hash',
    { email: 'both@example.com', password: 'x1y2z3', password_hash: 'y' },
    400,
    'validation_failed',
  ],
  ['an unknown hash', { email: 'hash@example.com', password_hash: '$fbscrypt$v=1' }, 400, 'validation_failed'],
  ['a bad id', { email: 'id@example.com', id: '7' }, 400, 'validation_failed'],
  ['the nil id', { email: 'id@example.com', id: '00000000-0000-0000-0000-000000000000' }, 400, 'validation_failed'],
  ['a bad ban', { email: 'ban@example.com', ban_duration: '1d' }, 400, 'validation_failed'],
  ['a field of the wrong type', { email: 7 }, 400, 'bad_json'],
  ['somebody whom a trigger refuses', { email: 'greg@example.com' }, 500, 'unexpected_failure'],
];
for (const [what, body, status, code] of refused)
  test(`${what} is refused with ${status} ${code}`, async () => {
    const reply = await server.request('POST', '/admin/users', { body, token: server.keys.serviceRoleKey });
    assert.deepEqual([reply.status, reply.json.code], [status, code], reply.text);
  });

test('a second user with the address or the number is refused, also when both come at once', async () => {
  const email = address();
  await made({ email, phone: '15550002222' });
  const { error } = await server.admin().auth.admin.createUser({ email: email.toUpperCase() });
  assert.deepEqual([error?.status, error?.code], [422, 'email_exists']);
  const byPhone = await server.admin().auth.admin.createUser({ phone: '+1 555 000 2222' });
  assert.deepEqual([byPhone.error?.status, byPhone.error?.code], [422, 'phone_exists']);
  const racing = address();
  const replies = await Promise.all(
    Array.from({ length: 8 }, () => server.admin().auth.admin.createUser({ email: racing })),
  );
  assert.equal(replies.filter((reply) => reply.error === null).length, 1);
  assert.deepEqual([...new Set(replies.flatMap((reply) => reply.error?.code ?? []))], ['email_exists']);
});

test('the list has pages, the newest first, and says how many there are', async () => {
  const { auth } = server.admin();
  for (let i = 0; i < 3; i++) await made({ email: address(), user_metadata: { full_name: 'Paula Page' } });
  const first = await auth.admin.listUsers({ page: 1, perPage: 2 });
  assert.equal(first.error, null);
  const page = first.data as {
    users: { id: string; created_at: string }[];
    nextPage: number;
    lastPage: number;
    total: number;
    aud: string;
  };
  const [row] = await server.db.sql<{ n: string }>('select count(*) as n from auth.users');
  assert.deepEqual([page.users.length, page.nextPage, page.total, page.aud], [2, 2, Number(row!.n), 'authenticated']);
  assert.ok(page.users[0]!.created_at >= page.users[1]!.created_at);
  const reply = await server.request('GET', '/admin/users?filter=paula+page&per_page=2', {
    token: server.keys.serviceRoleKey,
  });
  assert.equal(reply.json.users.length, 2);
  assert.equal(reply.headers.get('x-total-count'), '3');
  assert.equal(
    reply.headers.get('link'),
    '</admin/users?page=2&filter=paula+page&per_page=2>; rel="next", </admin/users?page=2&filter=paula+page&per_page=2>; rel="last"',
  );
  const bad = await server.request('GET', '/admin/users?page=x', { token: server.keys.serviceRoleKey });
  assert.deepEqual([bad.status, bad.json.code], [400, 'validation_failed']);
});

test('a user is shown by id; another id is not found, and what is no id neither', async () => {
  const user = await made({ email: address() });
  const { data, error } = await server.admin().auth.admin.getUserById(user.id);
  assert.equal(error, null);
  assert.deepEqual(data.user, user);
  const missing = await server.admin().auth.admin.getUserById(randomUUID());
  assert.deepEqual([missing.error?.status, missing.error?.code], [404, 'user_not_found']);
  const reply = await server.request('GET', '/admin/users/7', { token: server.keys.serviceRoleKey });
  assert.deepEqual(
    [reply.status, reply.json],
    [404, { code: 'validation_failed', message: 'user_id must be an UUID' }],
  );
});

test('changes merge metadata, take keys away with null and move the address with its identity', async () => {
  const user = await made({ email: address(), user_metadata: { a: 1, b: 2 }, app_metadata: { r: 1 } });
  const email = address();
  const { data, error } = await server.admin().auth.admin.updateUserById(user.id, {
    email: email.toUpperCase(),
    email_confirm: true,
    phone: '15550003333',
    role: 'editor',
    user_metadata: { a: null, c: 3 },
    app_metadata: { r: 2 },
  });
  assert.equal(error, null);
  const changed = data.user!;
  assert.equal(changed.email, email);
  assert.equal(changed.role, 'editor');
  assert.ok(changed.email_confirmed_at);
  assert.deepEqual(changed.user_metadata, { b: 2, c: 3, email_verified: true });
  assert.deepEqual(changed.app_metadata, { r: 2, provider: 'email', providers: ['email', 'phone'] });
  const identity = changed.identities?.find(({ provider }) => provider === 'email');
  assert.deepEqual([identity?.identity_data?.['email'], identity?.identity_data?.['email_verified']], [email, true]);
});

test('an address of somebody else is refused, a weak password too', async () => {
  const [a, b] = [await made({ email: address() }), await made({ email: address() })];
  const taken = await server.admin().auth.admin.updateUserById(a.id, { email: b.email });
  assert.deepEqual([taken.error?.status, taken.error?.code], [422, 'email_exists']);
  const weak = await server.admin().auth.admin.updateUserById(a.id, { password: '123' });
  assert.deepEqual([weak.error?.status, weak.error?.code], [422, 'weak_password']);
});

test('a new password ends every session', async () => {
  const email = address();
  const user = await made({ email, password: 'password1', email_confirm: true });
  const { data } = await server.client().auth.signInWithPassword({ email, password: 'password1' });
  const { error } = await server.admin().auth.admin.updateUserById(user.id, { password: 'password2' });
  assert.equal(error, null);
  const reply = await server.request('GET', '/user', { token: data.session!.access_token });
  assert.deepEqual([reply.status, reply.json.code], [403, 'session_not_found']);
});

test('a banned user neither signs in nor refreshes until the ban is lifted', async () => {
  const email = address();
  const user = await made({ email, password: 'password1', email_confirm: true });
  const { data } = await server.client().auth.signInWithPassword({ email, password: 'password1' });
  const banned = await server.admin().auth.admin.updateUserById(user.id, { ban_duration: '1h30m' });
  const until = new Date((banned.data.user as unknown as { banned_until: string }).banned_until).getTime();
  assert.ok(Math.abs(until - Date.now() - 90 * 60_000) < 60_000);
  const signIn = await server.client().auth.signInWithPassword({ email, password: 'password1' });
  assert.equal(signIn.error?.code, 'user_banned');
  const refresh = await server.client().auth.refreshSession({ refresh_token: data.session!.refresh_token });
  assert.equal(refresh.error?.code, 'user_banned');
  const lifted = await server.admin().auth.admin.updateUserById(user.id, { ban_duration: 'none' });
  assert.equal((lifted.data.user as unknown as { banned_until?: string }).banned_until, undefined);
  assert.equal((await server.client().auth.signInWithPassword({ email, password: 'password1' })).error, null);
});

test('a deleted user is gone with sessions and identities; an unknown one is not found', async () => {
  const email = address();
  const user = await made({ email, password: 'password1', email_confirm: true });
  const { data } = await server.client().auth.signInWithPassword({ email, password: 'password1' });
  const deleted = await server.admin().auth.admin.deleteUser(user.id);
  assert.equal(deleted.error, null);
  assert.equal(deleted.data.user?.id, user.id);
  const reply = await server.request('GET', '/user', { token: data.session!.access_token });
  assert.equal(reply.json.code, 'user_not_found');
  assert.deepEqual(await server.db.sql('select from auth.identities where user_id = $1', [user.id]), []);
  assert.equal((await server.admin().auth.admin.deleteUser(user.id)).error?.code, 'user_not_found');
});

test('a user whom rows of the app refer to is not deleted, and the answer tells nothing about them', async () => {
  const user = await made({ email: address() });
  await server.db.sql('insert into public.profiles (id) values ($1)', [user.id]);
  const reply = await server.request('DELETE', `/admin/users/${user.id}`, {
    token: server.keys.serviceRoleKey,
    body: {},
  });
  assert.deepEqual(
    [reply.status, reply.json],
    [500, { code: 'unexpected_failure', message: 'Database error deleting user' }],
  );
});

test('softly deleted, a user leaves nothing that could be read, and the address is free again', async () => {
  const email = address();
  const user = await made({ email, password: 'password1', email_confirm: true, user_metadata: { full_name: 'Ann' } });
  assert.equal((await server.admin().auth.admin.deleteUser(user.id, true)).error, null);
  const [row] = await server.db.sql<Record<string, unknown>>(
    `select u.email, u.encrypted_password, u.raw_user_meta_data, u.deleted_at, i.identity_data, i.provider_id
     from auth.users as u join auth.identities as i on i.user_id = u.id where u.id = $1`,
    [user.id],
  );
  assert.match(row!['email'] as string, /^[\w-]{43}$/);
  assert.deepEqual([row!['encrypted_password'], row!['raw_user_meta_data'], row!['identity_data']], [null, {}, {}]);
  assert.notEqual(row!['provider_id'], user.id);
  assert.ok(row!['deleted_at']);
  const again = await made({ email });
  assert.notEqual(again.id, user.id);
});

test('the audit log is listed with pages and searched by scope', async () => {
  await made({ email: address() });
  const token = server.keys.serviceRoleKey;
  const reply = await server.request('GET', '/admin/audit?query=action:user_signedup&per_page=1', { token });
  assert.equal(reply.json.length, 1);
  assert.equal(reply.json[0].payload.action, 'user_signedup');
  assert.ok(Number(reply.headers.get('x-total-count')) >= 1);
  const bad = await server.request('GET', '/admin/audit?query=password:x', { token });
  assert.deepEqual([bad.status, bad.json.code], [400, 'validation_failed']);
  const nothing = await server.request('GET', '/admin/audit?query=author:nobody-of-this-name', { token });
  assert.deepEqual(nothing.json, []);
});

test('sessions and identities of a user are listed, and ended all at once', async () => {
  const email = address();
  const user = await made({ email, password: 'password1', email_confirm: true });
  await server.client().auth.signInWithPassword({ email, password: 'password1' });
  const token = server.keys.serviceRoleKey;
  const sessions = await server.request('GET', `/admin/users/${user.id}/sessions`, { token });
  assert.deepEqual(
    sessions.json.sessions.map(({ aal }: { aal: string }) => aal),
    ['aal1'],
  );
  assert.doesNotMatch(sessions.text, /hmac|counter/);
  const identities = await server.request('GET', `/admin/users/${user.id}/identities`, { token });
  assert.equal(identities.json.identities[0].provider, 'email');
  assert.equal((await server.request('DELETE', `/admin/users/${user.id}/sessions`, { token })).status, 200);
  assert.deepEqual(await server.db.sql('select from auth.sessions where user_id = $1', [user.id]), []);
});

const PATHS: readonly (readonly [string, string])[] = [
  ['GET', '/admin/users'],
  ['POST', '/admin/users'],
  ['GET', '/admin/users/:id'],
  ['PUT', '/admin/users/:id'],
  ['DELETE', '/admin/users/:id'],
  ['GET', '/admin/users/:id/factors'],
  ['PUT', '/admin/users/:id/factors/:id'],
  ['DELETE', '/admin/users/:id/factors/:id'],
  ['GET', '/admin/users/:id/passkeys'],
  ['DELETE', '/admin/users/:id/passkeys/:id'],
  ['GET', '/admin/users/:id/sessions'],
  ['DELETE', '/admin/users/:id/sessions'],
  ['GET', '/admin/users/:id/identities'],
  ['POST', '/admin/generate_link'],
  ['GET', '/admin/audit'],
];
test('nothing of this is for anon, for users or for nobody', async () => {
  const email = address();
  await made({ email, password: 'password1', email_confirm: true });
  const { data } = await server.client().auth.signInWithPassword({ email, password: 'password1' });
  const before = await server.db.sql('select id, email, deleted_at from auth.users order by id');
  for (const [method, path] of PATHS) {
    const full = path.replaceAll(':id', data.user!.id);
    const body = method === 'GET' ? undefined : {};
    const asUser = await server.request(method, full, { token: data.session!.access_token, body });
    assert.deepEqual([asUser.status, asUser.json.code], [403, 'not_admin'], `${method} ${path}`);
    const asAnon = await server.request(method, full, { token: server.keys.anonKey, body });
    assert.deepEqual([asAnon.status, asAnon.json.code], [403, 'not_admin'], `${method} ${path}`);
    const asNobody = await server.request(method, full, { body, headers: { apikey: '' } });
    assert.deepEqual([asNobody.status, asNobody.json.code], [401, 'no_authorization'], `${method} ${path}`);
  }
  assert.deepEqual(await server.db.sql('select id, email, deleted_at from auth.users order by id'), before);
});

test('links are made for every purpose, and the account where one is missing', async () => {
  const { auth } = server.admin();
  const redirectTo = 'http://localhost:9999/welcome';
  const email = address();
  const signup = await auth.admin.generateLink({
    type: 'signup',
    email,
    password: 'password1',
    options: { data: { s: 1 }, redirectTo },
  });
  assert.equal(signup.error, null);
  const { action_link, email_otp, hashed_token, verification_type, redirect_to } = signup.data.properties!;
  assert.match(
    action_link,
    /^http:\/\/127\.0\.0\.1:\d+\/auth\/v1\/verify\?token=[^&]+&type=signup&redirect_to=http:\/\/localhost:9999\/welcome$/,
  );
  assert.match(email_otp, /^\d{6}$/);
  assert.ok(action_link.includes(hashed_token));
  assert.deepEqual([verification_type, redirect_to], ['signup', redirectTo]);
  assert.deepEqual(signup.data.user?.user_metadata, { s: 1 });
  const invite = await auth.admin.generateLink({ type: 'invite', email: address() });
  assert.deepEqual([invite.error, invite.data.properties?.verification_type], [null, 'invite']);
  assert.ok(invite.data.user?.invited_at);
  const magic = await auth.admin.generateLink({ type: 'magiclink', email: address() });
  assert.equal(magic.data.properties?.verification_type, 'signup');
  const known = await made({ email: address(), email_confirm: true });
  for (const type of ['magiclink', 'recovery'] as const) {
    const link = await auth.admin.generateLink({ type, email: known.email! });
    assert.equal(link.data.properties?.verification_type, type);
    assert.equal(link.data.properties?.redirect_to, 'http://localhost:9999');
  }
  for (const type of ['email_change_current', 'email_change_new'] as const) {
    const link = await auth.admin.generateLink({ type, email: known.email!, newEmail: address() });
    assert.equal(link.error, null);
    assert.match(link.data.properties!.action_link, /type=email_change&/);
  }
});

test('a link is refused for whom it cannot be', async () => {
  const { auth } = server.admin();
  const known = await made({ email: address(), email_confirm: true });
  const confirmed = await auth.admin.generateLink({ type: 'signup', email: known.email!, password: 'password1' });
  assert.deepEqual([confirmed.error?.status, confirmed.error?.code], [422, 'email_exists']);
  const unknown = await auth.admin.generateLink({ type: 'recovery', email: address() });
  assert.deepEqual([unknown.error?.status, unknown.error?.code], [404, 'user_not_found']);
  const nonsense = await auth.admin.generateLink({ type: 'nonsense', email: known.email! } as never);
  assert.deepEqual([nonsense.error?.status, nonsense.error?.code], [400, 'validation_failed']);
  const elsewhere = await auth.admin.generateLink({
    type: 'magiclink',
    email: known.email!,
    options: { redirectTo: 'https://evil.example' },
  });
  assert.equal(elsewhere.data.properties?.redirect_to, 'http://localhost:9999');
});
