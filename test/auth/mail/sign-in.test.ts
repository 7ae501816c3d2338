import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type AuthServer, authServer } from '../server.ts';

const CONFIRMING = {
  auth: {
    site_url: 'http://localhost:3000',
    additional_redirect_urls: ['https://app.example.com/**'],
    email: { enable_confirmations: true, max_frequency: '0s' },
    rate_limit: { email_sent: 10_000, sms_sent: 10_000 },
  },
};

let server: AuthServer;
before(async () => {
  server = await authServer({ config: CONFIRMING });
});
after(() => server.close());

const fragment = (location: string | null) => new URLSearchParams(new URL(location ?? '').hash.slice(1));

describe('a sign-in by mail', () => {
  test('makes an account, whose code signs in once', async () => {
    const email = 'ada@example.com';
    const client = server.client();
    assert.equal((await client.auth.signInWithOtp({ email, options: { data: { name: 'Ada' } } })).error, null);
    const { code } = await server.mailbox.next(email);
    const { data, error } = await client.auth.verifyOtp({ email, token: code!, type: 'email' });
    assert.equal(error, null);
    assert.equal(data.user?.email, email);
    assert.equal(data.user?.user_metadata['name'], 'Ada');
    assert.equal(data.user?.user_metadata['email_verified'], true);
    assert.ok(data.user?.email_confirmed_at);
    assert.ok(data.session?.access_token);
    const again = await server.client().auth.verifyOtp({ email, token: code!, type: 'email' });
    assert.equal(again.error?.code, 'otp_expired');
    assert.equal(again.error?.status, 403);
    assert.equal(again.error?.message, 'Token has expired or is invalid');
  });

  test('leads on from the link with a session in the fragment, where the project allows it', async () => {
    const email = 'link@example.com';
    const redirectTo = 'https://app.example.com/welcome/here';
    await server.client().auth.signInWithOtp({ email, options: { emailRedirectTo: redirectTo } });
    const { link } = await server.mailbox.next(email);
    const answer = await fetch(link!, { redirect: 'manual' });
    assert.equal(answer.status, 303);
    const location = answer.headers.get('location');
    assert.ok(location?.startsWith(`${redirectTo}#`), location ?? '');
    const session = fragment(location);
    assert.equal(session.get('type'), 'signup');
    assert.equal(session.get('token_type'), 'bearer');
    const { data } = await server.client().auth.getUser(session.get('access_token')!);
    assert.equal(data.user?.email, email);
    const again = fragment((await fetch(link!, { redirect: 'manual' })).headers.get('location'));
    assert.equal(again.get('error'), 'access_denied');
    assert.equal(again.get('error_code'), 'otp_expired');
    assert.equal(again.get('error_description'), 'Email link is invalid or has expired');
  });

  test('leads to the site when the target is not allowed', async () => {
    const email = 'elsewhere@example.com';
    await server.client().auth.signInWithOtp({ email, options: { emailRedirectTo: 'https://evil.example.org/' } });
    const { link } = await server.mailbox.next(email);
    const location = (await fetch(link!, { redirect: 'manual' })).headers.get('location');
    assert.ok(location?.startsWith('http://localhost:3000#access_token='), location ?? '');
  });

  test('ends in PKCE with a code that needs the verifier and works once', async () => {
    const email = 'pkce@example.com';
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    const client = server.client({ flowType: 'pkce', storage, persistSession: true });
    await client.auth.signInWithOtp({ email });
    const { link } = await server.mailbox.next(email);
    assert.match(link!, /token=pkce_/);
    const location = new URL((await fetch(link!, { redirect: 'manual' })).headers.get('location') ?? '');
    const code = location.searchParams.get('code');
    const stolen = await server.request('POST', '/token?grant_type=pkce', {
      body: { auth_code: code, code_verifier: 'a'.repeat(56) },
    });
    assert.equal(stolen.status, 400);
    assert.equal(stolen.json.code, 'bad_code_verifier');
    const { data, error } = await client.auth.exchangeCodeForSession(code!);
    assert.equal(error, null);
    assert.equal(data.user?.email, email);
    const again = await server.request('POST', '/token?grant_type=pkce', {
      body: { auth_code: code, code_verifier: 'a'.repeat(56) },
    });
    assert.equal(again.json.code, 'flow_state_not_found');
  });

  test('takes the token of the link from an app, and neither code nor token stands in the database', async () => {
    const email = 'hashed@example.com';
    await server.client().auth.signInWithOtp({ email });
    const { link, code } = await server.mailbox.next(email);
    const tokenHash = new URL(link!).searchParams.get('token')!;
    const rows = await server.db.sql<{ row: string }>(
      `select row_to_json(t)::text as row from auth.one_time_tokens t union all select row_to_json(u)::text from auth.users u`,
    );
    const dump = rows.map(({ row }) => row).join('\n');
    assert.ok(dump.includes(email));
    assert.ok(!dump.includes(tokenHash));
    assert.ok(!dump.includes(`"${code}"`));
    const { data, error } = await server.client().auth.verifyOtp({ token_hash: tokenHash, type: 'email' });
    assert.equal(error, null);
    assert.equal(data.user?.email, email);
  });

  test('answers alike whether or not somebody has the address, and makes no account unasked', async () => {
    const known = 'hashed@example.com';
    const unknown = 'nobody@example.com';
    const answers = await Promise.all(
      [known, unknown].map((email) =>
        server.request('POST', '/otp', { body: { email, create_user: false, data: {} } }),
      ),
    );
    assert.deepEqual(
      answers.map(({ status, text }) => [status, text]),
      [
        [200, '{}'],
        [200, '{}'],
      ],
    );
    assert.deepEqual(await server.db.sql('select 1 from auth.users where email = $1', [unknown]), []);
    const recovered = await server.request('POST', '/recover', { body: { email: unknown } });
    assert.deepEqual([recovered.status, recovered.text], [200, '{}']);
  });

  test('is not guessed: after five tries not even the right code counts, however many come at once', async () => {
    const email = 'guessed@example.com';
    await server.client().auth.signInWithOtp({ email });
    const { code } = await server.mailbox.next(email);
    const guess = (token: string) => server.request('POST', '/verify', { body: { email, token, type: 'email' } });
    const wrong = Array.from({ length: 30 }, (_, index) =>
      String((Number(code) + 1 + index) % 1_000_000).padStart(6, '0'),
    );
    const answers = await Promise.all(wrong.map(guess));
    assert.ok(answers.every(({ status }) => status === 403 || status === 429));
    assert.ok(answers.filter(({ status }) => status === 403).length <= 5);
    const [{ attempts } = { attempts: 0 }] = await server.db.sql<{ attempts: number }>(
      'select attempts from auth.one_time_tokens where relates_to = $1',
      [email],
    );
    assert.equal(attempts, answers.filter(({ status }) => status === 403).length);
    await server.db.sql('delete from auth.attempts');
    await server.db.sql('update auth.one_time_tokens set attempts = 5 where relates_to = $1', [email]);
    assert.equal((await guess(code!)).json.code, 'otp_expired');
  });
});

describe('a recovery', () => {
  test('lets the person in to choose a new password', async () => {
    const email = 'forgot@example.com';
    const admin = server.admin();
    await admin.auth.admin.createUser({ email, password: 'first-password', email_confirm: true });
    const client = server.client();
    assert.equal((await client.auth.resetPasswordForEmail(email)).error, null);
    const { link } = await server.mailbox.next(email);
    assert.match(link!, /type=recovery/);
    const session = fragment((await fetch(link!, { redirect: 'manual' })).headers.get('location'));
    assert.equal(session.get('type'), 'recovery');
    await client.auth.setSession({
      access_token: session.get('access_token')!,
      refresh_token: session.get('refresh_token')!,
    });
    assert.equal((await client.auth.updateUser({ password: 'second-password' })).error, null);
    const { error } = await server.client().auth.signInWithPassword({ email, password: 'second-password' });
    assert.equal(error, null);
  });
});

describe('an invitation', () => {
  test('makes an account that the link opens', async () => {
    const email = 'guest@example.com';
    const { data, error } = await server.admin().auth.admin.inviteUserByEmail(email, { data: { team: 'blue' } });
    assert.equal(error, null);
    assert.ok(data.user?.invited_at);
    assert.equal(data.user?.user_metadata['team'], 'blue');
    const { link } = await server.mailbox.next(email);
    const session = fragment((await fetch(link!, { redirect: 'manual' })).headers.get('location'));
    assert.equal(session.get('type'), 'invite');
    const again = await server.admin().auth.admin.inviteUserByEmail(email);
    assert.equal(again.error?.code, 'email_exists');
  });
});

describe('a change of address', () => {
  test('waits for both confirmations, by link or by code', async () => {
    const [old, wanted] = ['before@example.com', 'after@example.com'];
    await server.admin().auth.admin.createUser({ email: old, password: 'a-password', email_confirm: true });
    const client = server.client();
    await client.auth.signInWithPassword({ email: old, password: 'a-password' });
    const { data, error } = await client.auth.updateUser({ email: wanted });
    assert.equal(error, null);
    assert.equal(data.user?.new_email, wanted);
    const [toOld, toNew] = await Promise.all([server.mailbox.next(old), server.mailbox.next(wanted)]);
    const first = fragment((await fetch(toOld.link!, { redirect: 'manual' })).headers.get('location'));
    assert.match(first.get('message') ?? '', /confirm link sent to the other email/);
    const second = await server.client().auth.verifyOtp({ email: wanted, token: toNew.code!, type: 'email_change' });
    assert.equal(second.error, null);
    assert.equal(second.data.user?.email, wanted);
    assert.equal(second.data.user?.identities?.[0]?.identity_data?.['email'], wanted);
  });

  test('answers the first code with a message and no session', async () => {
    const [old, wanted] = ['codes-before@example.com', 'codes-after@example.com'];
    await server.admin().auth.admin.createUser({ email: old, password: 'a-password', email_confirm: true });
    const client = server.client();
    await client.auth.signInWithPassword({ email: old, password: 'a-password' });
    await client.auth.updateUser({ email: wanted });
    const { code } = await server.mailbox.next(wanted);
    const { data, error } = await server.client().auth.verifyOtp({ email: wanted, token: code!, type: 'email_change' });
    assert.equal(error, null);
    assert.deepEqual(data, { user: null, session: null });
  });
});

describe('a message again', () => {
  test('carries a code in place of the one before, and goes to nobody who has confirmed', async () => {
    const email = 'resend@example.com';
    const client = server.client();
    await client.auth.signUp({ email, password: 'a-password' });
    const first = await server.mailbox.next(email);
    assert.equal((await client.auth.resend({ type: 'signup', email })).error, null);
    const second = await server.mailbox.next(email);
    const dead = fragment((await fetch(first.link!, { redirect: 'manual' })).headers.get('location'));
    assert.equal(dead.get('error_code'), 'otp_expired');
    assert.equal((await client.auth.verifyOtp({ email, token: second.code!, type: 'signup' })).error, null);
    const before = server.mailbox.mails.length;
    assert.equal((await client.auth.resend({ type: 'signup', email })).error, null);
    await server.auth.inbox?.messages();
    assert.equal(server.mailbox.mails.length, before);
  });

  test('in PKCE leads a change of address to a code too', async () => {
    const [old, wanted] = ['flow-old@example.com', 'flow-new@example.com'];
    await server.admin().auth.admin.createUser({ email: old, password: 'a-password', email_confirm: true });
    const client = server.client({ flowType: 'pkce' });
    await client.auth.signInWithPassword({ email: old, password: 'a-password' });
    await client.auth.updateUser({ email: wanted });
    const [toOld, toNew] = await Promise.all([server.mailbox.next(old), server.mailbox.next(wanted)]);
    const open = async (link: string) => (await fetch(link, { redirect: 'manual' })).headers.get('location') ?? '';
    assert.match(new URL(await open(toNew.link!)).searchParams.get('message') ?? '', /other email/);
    const code = new URL(await open(toOld.link!)).searchParams.get('code');
    const { data, error } = await client.auth.exchangeCodeForSession(code!);
    assert.equal(error, null);
    assert.equal(data.user?.email, wanted);
  });
});

describe('reauthentication', () => {
  test('sends a nonce that is good once', async () => {
    const email = 'again@example.com';
    await server.admin().auth.admin.createUser({ email, password: 'a-password', email_confirm: true });
    const client = server.client();
    await client.auth.signInWithPassword({ email, password: 'a-password' });
    assert.equal((await client.auth.reauthenticate()).error, null);
    const { code, subject } = await server.mailbox.next(email);
    assert.match(subject, /code/);
    assert.ok(code);
  });
});
