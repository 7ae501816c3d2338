import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type AuthServer, authServer } from '../server.ts';

const HOOKS = `
create table public.hooked (name text, payload jsonb);
grant all on public.hooked to supabase_auth_admin;
create function public.note_email(payload jsonb) returns jsonb language plpgsql as $$
begin insert into public.hooked values ('email', payload); return '{}'; end $$;
create function public.note_sms(payload jsonb) returns jsonb language plpgsql as $$
begin insert into public.hooked values ('sms', payload); return '{}'; end $$;
grant execute on function public.note_email, public.note_sms to supabase_auth_admin;`;

interface Payload {
  readonly user: { readonly email: string };
  readonly email_data: Readonly<Record<string, string>>;
  readonly sms: { readonly otp: string; readonly phone: string };
}

describe('a project as the CLI makes it', () => {
  let server: AuthServer;
  before(async () => {
    server = await authServer({
      config: { auth: { email: { max_frequency: '0s' }, rate_limit: { email_sent: 10_000 } } },
    });
  });
  after(() => server.close());

  test('confirms a new address at once, and sends the link that signs in', async () => {
    const email = 'new@example.com';
    assert.equal((await server.client().auth.signInWithOtp({ email })).error, null);
    const { link, code } = await server.mailbox.next(email);
    assert.match(link!, /type=magiclink/);
    const { data, error } = await server.client().auth.verifyOtp({ email, token: code!, type: 'magiclink' });
    assert.equal(error, null);
    assert.ok(data.session);
  });

  test('answers a resend alike for everybody', async () => {
    for (const email of ['new@example.com', 'nobody@example.com'])
      for (const type of ['signup', 'email_change']) {
        const { status, text } = await server.request('POST', '/resend', { body: { type, email } });
        assert.deepEqual([status, text], [200, '{}']);
      }
  });

  test('makes one account of requests that come together', async () => {
    const email = 'together@example.com';
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => server.request('POST', '/otp', { body: { email } })),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    assert.equal((await server.db.sql('select 1 from auth.users where email = $1', [email])).length, 1);
  });

  test('says what is wrong with a verification', async () => {
    const cases: readonly [object, string][] = [
      [{}, 'Verify requires a verification type'],
      [{ type: 'email' }, 'Verify requires either a token or a token hash'],
      [{ type: 'email', token: '1', token_hash: '2' }, 'Verify requires either a token or a token hash'],
      [{ type: 'email', token_hash: '2', email: 'a@b.c' }, 'Only the token_hash and type should be provided'],
      [{ type: 'email', token: '1' }, 'Only an email address or phone number should be provided on verify'],
      [{ type: 'pigeon', token: '1', email: 'a@b.c' }, 'Invalid email verification type'],
    ];
    for (const [body, message] of cases) {
      const { status, json } = await server.request('POST', '/verify', { body });
      assert.deepEqual([status, json.code, json.message], [400, 'validation_failed', message]);
    }
    assert.equal((await server.request('GET', '/verify?type=signup')).status, 400);
  });

  test('refuses half of a PKCE challenge, and a code of a flow that nobody began', async () => {
    const half = await server.request('POST', '/otp', { body: { email: 'a@example.com', code_challenge: 'x' } });
    assert.equal(half.json.message, 'PKCE flow requires code_challenge_method and code_challenge');
    const none = await server.request('POST', '/token?grant_type=pkce', {
      body: { auth_code: 'x', code_verifier: 'y' },
    });
    assert.deepEqual([none.status, none.json.code], [404, 'flow_state_not_found']);
    const empty = await server.request('POST', '/token?grant_type=pkce', { body: { auth_code: 'x' } });
    assert.equal(empty.json.message, 'invalid request: both auth code and code verifier should be non-empty');
  });

  test('does not let a banned person in by mail', async () => {
    const email = 'banned@example.com';
    const { data } = await server.admin().auth.admin.createUser({ email, email_confirm: true });
    await server.client().auth.signInWithOtp({ email });
    const { code } = await server.mailbox.next(email);
    await server.admin().auth.admin.updateUserById(data.user!.id, { ban_duration: '1h' });
    const { error } = await server.client().auth.verifyOtp({ email, token: code!, type: 'email' });
    assert.deepEqual([error?.status, error?.code], [403, 'user_banned']);
  });

  test("has no use for a code after the address it went to is not the account's", async () => {
    const email = 'moved@example.com';
    const { data } = await server.admin().auth.admin.createUser({ email, email_confirm: true });
    await server.client().auth.signInWithOtp({ email });
    const { code } = await server.mailbox.next(email);
    await server.db.sql("update auth.users set email = 'elsewhere@example.com' where id = $1", [data.user!.id]);
    const { error } = await server.client().auth.verifyOtp({ email, token: code!, type: 'email' });
    assert.equal(error?.code, 'otp_expired');
  });
});

describe('a project with hooks that send', () => {
  let server: AuthServer;
  before(async () => {
    server = await authServer({
      sql: HOOKS,
      config: {
        auth: {
          email: { enable_confirmations: true, double_confirm_changes: true, max_frequency: '0s' },
          sms: { enable_signup: true, enable_confirmations: true, max_frequency: '0s' },
          rate_limit: { email_sent: 10_000, sms_sent: 10_000 },
          hook: {
            send_email: { enabled: true, uri: 'pg-functions://postgres/public/note_email' },
            send_sms: { enabled: true, uri: 'pg-functions://postgres/public/note_sms' },
          },
        },
      },
    });
  });
  after(() => server.close());

  const hooked = async (name: string) => {
    await server.auth.inbox?.messages();
    return server.db.sql<{ payload: Payload }>('select payload from public.hooked where name = $1', [name]);
  };

  test('gives them what a mail would have carried', async () => {
    const email = 'hooked@example.com';
    await server.client().auth.signInWithOtp({ email });
    const { payload } = (await hooked('email'))[0]!;
    assert.equal(payload.user.email, email);
    const { token, token_hash: tokenHash, ...rest } = payload.email_data;
    assert.match(token ?? '', /^\d{6}$/);
    assert.deepEqual(rest, {
      redirect_to: 'http://127.0.0.1:3000',
      email_action_type: 'signup',
      site_url: `${server.url}/auth/v1`,
      token_new: '',
      token_hash_new: '',
    });
    const { error } = await server.client().auth.verifyOtp({ token_hash: tokenHash ?? '', type: 'email' });
    assert.equal(error, null);
  });

  test('gives the code of a text message to the other', async () => {
    const phone = '996700000031';
    await server.client().auth.signInWithOtp({ phone });
    const { payload } = (await hooked('sms'))[0]!;
    assert.equal(payload.sms.phone, `+${phone}`);
    const { error } = await server.client().auth.verifyOtp({ phone, token: payload.sms.otp, type: 'sms' });
    assert.equal(error, null);
  });

  test('tells of both codes of a change of address at once', async () => {
    const [old, wanted] = ['hook-old@example.com', 'hook-new@example.com'];
    await server.admin().auth.admin.createUser({ email: old, password: 'a-password', email_confirm: true });
    const client = server.client();
    await client.auth.signInWithPassword({ email: old, password: 'a-password' });
    await client.auth.updateUser({ email: wanted });
    const changes = (await hooked('email')).filter(
      ({ payload }) => payload.email_data.email_action_type === 'email_change',
    );
    assert.equal(changes.length, 1);
    const { token = '', token_new: tokenNew = '' } = changes[0]!.payload.email_data;
    const verify = (email: string, code: string) =>
      server.client().auth.verifyOtp({ email, token: code, type: 'email_change' });
    assert.equal((await verify(old, token)).data.session, null);
    assert.equal((await verify(wanted, tokenNew)).data.user?.email, wanted);
  });
});
