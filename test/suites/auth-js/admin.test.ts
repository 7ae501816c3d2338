/** What auth-js's own suite asks of the admin API, in our words. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { GoTrueAdminApi, User } from '@supabase/auth-js';
import { startSuite } from '../suite.ts';
import { credentials, newAdmin, newClient, told } from './clients.ts';

const NOBODY = 'a0000000-0000-4000-8000-000000000000';
const WELCOME = 'http://localhost:9999/welcome';
const ready = await startSuite('auth-js');
let admin: GoTrueAdminApi;
before(async () => {
  admin = await newAdmin(ready);
});

async function made(given: Parameters<GoTrueAdminApi['createUser']>[0] = {}): Promise<User> {
  const { data, error } = await admin.createUser({ ...credentials(), phone: undefined, ...given });
  assert.equal(error, null);
  return data.user!;
}

describe('the admin', () => {
  test('is whoever signs for service_role or supabase_admin, and nobody else', async () => {
    for (const [role, status] of [
      ['service_role', undefined],
      ['supabase_admin', undefined],
      ['authenticated', 403],
      ['anon', 403],
    ] as const) {
      const { error } = await (await newAdmin(ready, role)).listUsers();
      assert.equal(error?.status, status, role);
      if (status) assert.deepEqual([error?.code, error?.message], ['not_admin', 'User not allowed']);
    }
  });

  test('makes users with metadata, unconfirmed until said otherwise', async () => {
    const user = await made({ user_metadata: { image: 'x' }, app_metadata: { roles: ['editor'] } });
    assert.deepEqual(user.user_metadata, { image: 'x' });
    assert.deepEqual(user.app_metadata, { provider: 'email', providers: ['email'], roles: ['editor'] });
    assert.equal('email_confirmed_at' in user, false);
    const { error } = await admin.createUser({ email: user.email! });
    assert.deepEqual(told(error), {
      name: 'AuthApiError',
      status: 422,
      code: 'email_exists',
      message: 'A user with this email address has already been registered',
    });
    assert.equal((await admin.createUser({})).error?.message, 'Cannot create a user without either an email or phone');
  });

  test('lists them in pages, latest first', async () => {
    const [first, second] = [await made(), await made()];
    const { data, error } = await admin.listUsers({ page: 1, perPage: 1 });
    assert.equal(error, null);
    assert.ok('total' in data);
    assert.deepEqual([data.users.map(({ id }) => id), data.nextPage, data.lastPage], [[second.id], 2, data.total]);
    const next = await admin.listUsers({ page: 2, perPage: 1 });
    assert.deepEqual(
      next.data.users.map(({ id }) => id),
      [first.id],
    );
    const bad = await admin.listUsers({ page: 'x' as never });
    assert.deepEqual([bad.error?.status, bad.data.users], [400, []]);
  });

  test('finds, changes, bans and confirms one', async () => {
    const { id, email } = await made({ password: 'Passw0rd-1' });
    assert.equal((await admin.getUserById(id)).data.user?.email, email);
    const signIn = () => newClient(ready).signInWithPassword({ email: email!, password: 'Passw0rd-1' });
    assert.equal((await signIn()).error?.message, 'Email not confirmed');
    const change = async (given: Parameters<GoTrueAdminApi['updateUserById']>[1]) => {
      const { data, error } = await admin.updateUserById(id, given);
      assert.equal(error, null);
      return data.user!;
    };
    assert.ok((await change({ email_confirm: true })).email_confirmed_at);
    assert.deepEqual((await change({ user_metadata: { a: 1 } })).user_metadata['a'], 1);
    assert.deepEqual((await change({ app_metadata: { plan: 'pro' } })).app_metadata['plan'], 'pro');
    assert.ok((await change({ ban_duration: '24h' })).banned_until);
    assert.deepEqual(
      [(await signIn()).error?.code, (await signIn()).error?.message],
      ['user_banned', 'User is banned'],
    );
    assert.equal('banned_until' in (await change({ ban_duration: 'none' })), false);
    assert.equal((await signIn()).error, null);
    const { email: other } = credentials();
    assert.equal((await change({ email: other })).email, other);
  });

  test('who asks for nobody, or changes nobody, is told', async () => {
    const expected = { name: 'AuthApiError', status: 404, code: 'user_not_found', message: 'User not found' };
    assert.deepEqual(told((await admin.getUserById(NOBODY)).error), expected);
    assert.deepEqual(told((await admin.updateUserById(NOBODY, { role: 'x' })).error), expected);
    assert.deepEqual(told((await admin.deleteUser(NOBODY)).error), expected);
    assert.deepEqual(told((await admin.mfa.listFactors({ userId: NOBODY })).error), expected);
    const { id } = await made();
    const factor = await admin.mfa.deleteFactor({ userId: id, id: NOBODY });
    assert.deepEqual([factor.error?.status, factor.error?.code], [404, 'mfa_factor_not_found']);
  });

  test('deletes one for good, or so that only a row is left', async () => {
    const gone = await made();
    assert.equal((await admin.deleteUser(gone.id)).error, null);
    assert.equal((await admin.getUserById(gone.id)).error?.code, 'user_not_found');
    const hidden = await made({ user_metadata: { secret: 1 } });
    assert.equal((await admin.deleteUser(hidden.id, true)).error, null);
    const { data } = await admin.getUserById(hidden.id);
    assert.ok(data.user?.deleted_at);
    assert.doesNotMatch(JSON.stringify(data), new RegExp(hidden.email!.replace('+', '\\+')));
    assert.deepEqual(data.user?.user_metadata, {});
  });

  test('invites', async () => {
    const { email } = credentials();
    const { data, error } = await admin.inviteUserByEmail(email, { redirectTo: WELCOME, data: { team: 'a' } });
    assert.equal(error, null);
    assert.ok(data.user?.invited_at && data.user.confirmation_sent_at);
    assert.deepEqual(data.user.user_metadata, { team: 'a' });
    const known = await made({ email_confirm: true });
    assert.equal((await admin.inviteUserByEmail(known.email!)).error?.code, 'email_exists');
  });

  test('ends a session by its token, and not by something else', async () => {
    const { email, password } = credentials();
    const client = newClient(ready);
    const { data } = await client.signUp({ email, password });
    assert.equal((await admin.signOut(data.session!.access_token)).error, null);
    const after = await newClient(ready).getUser(data.session!.access_token);
    assert.equal(after.error?.name, 'AuthSessionMissingError');
    assert.match((await admin.signOut('this-is-a-bad-token')).error?.message ?? '', /^invalid JWT/);
  });
});

describe('a link that the admin makes', () => {
  type Link = Parameters<GoTrueAdminApi['generateLink']>[0];
  async function link(given: Link) {
    const { data, error } = await admin.generateLink(given);
    assert.equal(error, null);
    return { ...data.properties!, user: data.user! };
  }
  const open = async (url: string) =>
    new URL((await fetch(url, { redirect: 'manual' })).headers.get('location') ?? 'none:');

  for (const type of ['signup', 'invite', 'magiclink', 'recovery'] as const)
    test(`for ${type} says what a mail would carry, and works`, async () => {
      const { email, password } = credentials();
      if (type === 'recovery') await made({ email });
      const options = { redirectTo: WELCOME };
      const given = await link({ type, email, options, ...(type === 'signup' && { password }) } as Link);
      assert.deepEqual(Object.keys(given).sort(), [
        'action_link',
        'email_otp',
        'hashed_token',
        'redirect_to',
        'user',
        'verification_type',
      ]);
      assert.match(given.email_otp, /^\d{6}$/);
      assert.equal(given.redirect_to, WELCOME);
      assert.equal(given.verification_type, type === 'magiclink' ? 'signup' : type);
      assert.ok(given.action_link.includes(`token=${given.hashed_token}&type=`), given.action_link);
      assert.ok(given.action_link.endsWith(`&redirect_to=${WELCOME}`), given.action_link);
      const target = await open(given.action_link);
      assert.ok(target.href.startsWith(`${WELCOME}#access_token=`), target.href);
    });

  test('for a change of address counts when both have been followed', async () => {
    const { id, email } = await made({ email_confirm: true });
    const { email: newEmail } = credentials();
    const current = await link({ type: 'email_change_current', email: email!, newEmail });
    const next = await link({ type: 'email_change_new', email: email!, newEmail });
    assert.equal(next.user.new_email, newEmail);
    await open(current.action_link);
    await open(next.action_link);
    assert.equal((await admin.getUserById(id)).data.user?.email, newEmail);
  });

  test('is not made for a way that nobody can go', async () => {
    const known = await made({ email_confirm: true });
    const refusal = async (given: object) => told((await admin.generateLink(given as Link)).error)?.code;
    const { email } = credentials();
    assert.equal(await refusal({ type: 'recovery', email }), 'user_not_found');
    assert.equal(await refusal({ type: 'signup', email: known.email, password: 'abcdef12' }), 'email_exists');
    assert.equal(await refusal({ type: 'invite', email: known.email }), 'email_exists');
    assert.equal(await refusal({ type: 'bogus', email }), 'validation_failed');
  });
});

describe('an application of the OAuth server', () => {
  const REDIRECT = 'https://example.com/callback';

  test('is made, read, listed, changed, given a new secret and removed', async () => {
    const created = await admin.oauth.createClient({ client_name: 'App', redirect_uris: [REDIRECT] });
    assert.equal(created.error, null);
    const { client_id: id, client_secret: secret, ...rest } = created.data!;
    assert.ok(secret);
    assert.deepEqual(
      [rest.client_type, rest.registration_type, rest.redirect_uris],
      ['confidential', 'manual', [REDIRECT]],
    );
    assert.deepEqual(rest.grant_types, ['authorization_code', 'refresh_token']);
    const read = await admin.oauth.getClient(id);
    assert.deepEqual([read.data?.client_name, read.data?.client_secret], ['App', undefined]);
    const { data: listed } = await admin.oauth.listClients({ page: 1, perPage: 100 });
    assert.ok(listed.clients.some(({ client_id }) => client_id === id));
    const changed = await admin.oauth.updateClient(id, { client_name: 'Other', logo_uri: 'https://example.com/a.png' });
    assert.deepEqual([changed.data?.client_name, changed.data?.logo_uri], ['Other', 'https://example.com/a.png']);
    const renewed = await admin.oauth.regenerateClientSecret(id);
    assert.ok(renewed.data?.client_secret && renewed.data.client_secret !== secret);
    assert.equal((await admin.oauth.deleteClient(id)).error, null);
    assert.deepEqual(told((await admin.oauth.getClient(id)).error)?.code, 'oauth_client_not_found');
  });

  test('without a usable address is refused', async () => {
    const refusal = async (redirect_uris: string[]) =>
      (await admin.oauth.createClient({ client_name: 'App', redirect_uris })).error?.message;
    assert.equal(await refusal([]), 'redirect_uris is required');
    assert.match((await refusal(['bad'])) ?? '', /^invalid redirect_uri/);
  });

  test('that the project sends people to for sign-in is made and removed as well', async () => {
    const identifier = `custom:${credentials().phone}`;
    const created = await admin.customProviders.createProvider({
      provider_type: 'oauth2',
      identifier,
      name: 'Mine',
      client_id: 'x',
      client_secret: 'y',
      authorization_url: 'https://example.com/a',
      token_url: 'https://example.com/t',
      userinfo_url: 'https://example.com/u',
    });
    assert.equal(created.error, null);
    assert.equal('client_secret' in created.data!, false);
    assert.equal((await admin.customProviders.updateProvider(identifier, { name: 'New' })).data?.name, 'New');
    assert.equal((await admin.customProviders.deleteProvider(identifier)).error, null);
    assert.equal((await admin.customProviders.getProvider(identifier)).error?.code, 'custom_provider_not_found');
  });
});
