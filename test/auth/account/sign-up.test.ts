import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type AuthServer, authServer } from '../server.ts';

let server: AuthServer;
before(async () => {
  server = await authServer({ config: { auth: { enable_anonymous_sign_ins: true, sms: { enable_signup: true } } } });
});
after(() => server.close());

let number = 0;
const address = () => `person${++number}@example.com`;

test('a sign-up where addresses count at once gives a session and a user as GoTrue shows them', async () => {
  const email = address();
  const { data, error } = await server.client().auth.signUp({
    email: email.toUpperCase(),
    password: 'a good password',
    options: { data: { name: 'Ada' } },
  });
  assert.equal(error, null);
  const user = data.user!;
  assert.deepEqual(
    [user.email, user.phone, user.aud, user.role, user.is_anonymous],
    [email, '', 'authenticated', 'authenticated', false],
  );
  assert.deepEqual(user.app_metadata, { provider: 'email', providers: ['email'] });
  assert.deepEqual(user.user_metadata, {
    name: 'Ada',
    sub: user.id,
    email,
    email_verified: true,
    phone_verified: false,
  });
  assert.equal(user.identities?.length, 1);
  assert.equal(user.identities?.[0]?.provider, 'email');
  assert.ok(user.email_confirmed_at && user.confirmed_at && user.last_sign_in_at);
  assert.ok(!('confirmation_sent_at' in user) && !('banned_until' in user) && !('factors' in user));
  assert.equal(data.session?.token_type, 'bearer');
  assert.equal(data.session?.expires_in, 3600);
});

test('the access token says who, how and in which session', async () => {
  const client = server.client();
  const { data } = await client.auth.signUp({ email: address(), password: 'a good password' });
  const claims = (await client.auth.getClaims(data.session!.access_token)).data!.claims;
  assert.equal(claims.iss, `${server.url}/auth/v1`);
  assert.equal(claims.sub, data.user!.id);
  assert.equal(claims.aal, 'aal1');
  assert.equal(claims.exp - claims.iat, 3600);
  assert.deepEqual(
    (claims.amr as { method: string }[]).map((entry) => entry.method),
    ['password'],
  );
  assert.deepEqual([claims['is_anonymous'], claims.role, claims.aud], [false, 'authenticated', 'authenticated']);
  const [session] = await server.db.sql<{ user_id: string; aal: string }>('select * from auth.sessions where id = $1', [
    claims.session_id,
  ]);
  assert.deepEqual([session?.user_id, session?.aal], [data.user!.id, 'aal1']);
});

test('an address that is taken is refused where addresses count at once', async () => {
  const email = address();
  await server.client().auth.signUp({ email, password: 'a good password' });
  const { error } = await server.client().auth.signUp({ email, password: 'another password' });
  assert.deepEqual(
    [error?.status, error?.code, error?.message],
    [422, 'user_already_exists', 'User already registered'],
  );
});

test('sign-ups of one address at one time make one account', async () => {
  const email = address();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => server.client().auth.signUp({ email, password: 'a good password' })),
  );
  assert.equal(answers.filter(({ data }) => data.session).length, 1);
  assert.ok(answers.every(({ error }) => error === null || error.code === 'user_already_exists'));
  const users = await server.db.sql('select from auth.users where email = $1', [email]);
  const identities = await server.db.sql('select from auth.identities where email = $1', [email]);
  assert.deepEqual([users.length, identities.length], [1, 1]);
});

test('a phone number signs up too, in any spelling', async () => {
  const { data, error } = await server.client().auth.signUp({ phone: '+996 700-123-456', password: 'a good password' });
  assert.equal(error, null);
  assert.equal(data.user?.phone, '996700123456');
  assert.equal(data.user?.email, '');
  assert.deepEqual(data.user?.app_metadata, { provider: 'phone', providers: ['phone'] });
  assert.ok(data.user?.phone_confirmed_at);
});

test('somebody without address and number is anonymous', async () => {
  const { data, error } = await server.client().auth.signInAnonymously({ options: { data: { theme: 'dark' } } });
  assert.equal(error, null);
  assert.equal(data.user?.is_anonymous, true);
  assert.deepEqual(data.user?.identities, []);
  assert.deepEqual([data.user?.app_metadata, data.user?.user_metadata], [{}, { theme: 'dark' }]);
  assert.ok(data.session);
});

const REFUSALS: readonly [sentence: string, body: unknown, status: number, code: string, message: RegExp][] = [
  ['no password', { email: 'a@b.co' }, 400, 'validation_failed', /^Signup requires a valid password$/],
  ['no address', { email: 'nobody', password: 'a good password' }, 400, 'validation_failed', /invalid format/],
  [
    'address and number',
    { email: 'a@b.co', phone: '996700123457', password: 'a good password' },
    400,
    'validation_failed',
    /^Only an email address or phone number/,
  ],
  ['a number of letters', { phone: 'abc', password: 'a good password' }, 400, 'validation_failed', /E\.164/],
  ['a short password', { email: 'a@b.co', password: 'abc' }, 422, 'weak_password', /at least 6 characters/],
  ['a long password', { email: 'a@b.co', password: 'x'.repeat(73) }, 400, 'validation_failed', /longer than 72/],
  ['a number for an address', { email: 7, password: 'a good password' }, 400, 'bad_json', /\/email/],
  ['a list', [1], 400, 'bad_json', /an object is expected/],
];
for (const [sentence, body, status, code, message] of REFUSALS)
  test(`a sign-up is refused with ${sentence}`, async () => {
    const reply = await server.request('POST', '/signup', { body });
    assert.deepEqual([reply.status, reply.json.code], [status, code]);
    assert.match(reply.json.message, message);
    assert.equal(reply.headers.get('x-supabase-api-version'), '2024-01-01');
    assert.equal(reply.headers.get('x-sb-error-code'), code);
  });

test('a weak password comes with its reasons', async () => {
  const { error } = await server.client().auth.signUp({ email: address(), password: 'abc' });
  assert.equal(error?.name, 'AuthWeakPasswordError');
  assert.deepEqual((error as unknown as { reasons: string[] }).reasons, ['length']);
});

test('without the version header errors have the older shape', async () => {
  const headers = { 'X-Supabase-Api-Version': '' };
  const reply = await server.request('POST', '/signup', { body: { email: 'a@b.co' }, headers });
  assert.deepEqual(reply.json, {
    code: 400,
    error_code: 'validation_failed',
    msg: 'Signup requires a valid password',
  });
  assert.equal(reply.headers.get('x-supabase-api-version'), null);
});
