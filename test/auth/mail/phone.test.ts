import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type AuthServer, authServer } from '../server.ts';

const PHONES = {
  auth: {
    sms: {
      enable_signup: true,
      enable_confirmations: true,
      max_frequency: '0s',
      test_otp: { '15005550001': '424242' },
    },
    rate_limit: { sms_sent: 10_000, email_sent: 10_000 },
  },
};

let server: AuthServer;
before(async () => {
  server = await authServer({ config: PHONES });
});
after(() => server.close());

async function codeSentTo(phone: string): Promise<string> {
  const [message] = (await server.auth.inbox?.messages(`+${phone}`)) ?? [];
  return /\d{6}/.exec(message?.body ?? '')?.[0] ?? '';
}

describe('a sign-in by text message', () => {
  test('makes an account, whose code signs in once', async () => {
    const phone = '996700000001';
    const client = server.client();
    const sent = await client.auth.signInWithOtp({ phone: `+${phone}` });
    assert.equal(sent.error, null);
    assert.match(sent.data.messageId ?? '', /^inbox-\d+$/);
    const token = await codeSentTo(phone);
    const { data, error } = await client.auth.verifyOtp({ phone: `+${phone}`, token, type: 'sms' });
    assert.equal(error, null);
    assert.equal(data.user?.phone, phone);
    assert.ok(data.user?.phone_confirmed_at);
    const again = await client.auth.verifyOtp({ phone, token, type: 'sms' });
    assert.equal(again.error?.code, 'otp_expired');
  });

  test('knows no code that was sent to another number', async () => {
    const [mine, other] = ['996700000002', '996700000003'];
    await server.client().auth.signInWithOtp({ phone: mine });
    await server.client().auth.signInWithOtp({ phone: other });
    const token = await codeSentTo(mine);
    const { error } = await server.client().auth.verifyOtp({ phone: other, token, type: 'sms' });
    assert.equal(error?.code, 'otp_expired');
  });

  test('takes the code that the settings give to a test number, and sends it nothing', async () => {
    const phone = '15005550001';
    const sent = await server.client().auth.signInWithOtp({ phone });
    assert.equal(sent.data.messageId, 'test-otp');
    assert.equal(await codeSentTo(phone), '');
    const wrong = await server.client().auth.verifyOtp({ phone, token: '000000', type: 'sms' });
    assert.equal(wrong.error?.code, 'otp_expired');
    for (const _ of [1, 2]) {
      const { data, error } = await server.client().auth.verifyOtp({ phone, token: '424242', type: 'sms' });
      assert.equal(error, null);
      assert.equal(data.user?.phone, phone);
    }
  });

  test('makes no account unasked, and answers as if', async () => {
    const answer = await server.request('POST', '/otp', { body: { phone: '996700000009', create_user: false } });
    assert.deepEqual([answer.status, answer.text], [200, '{}']);
    assert.deepEqual(await server.db.sql('select 1 from auth.users where phone = $1', ['996700000009']), []);
  });

  test('says what is wrong with a request', async () => {
    const cases: readonly [object, string][] = [
      [{ phone: '+0123' }, 'Invalid phone number format (E.164 required)'],
      [{ phone: '15005550002', channel: 'pigeon' }, 'Invalid channel, supported values are'],
      [{ phone: '15005550002', email: 'a@example.com' }, 'Only an email address or phone number should be provided'],
      [{ email: 'a@example.com', channel: 'sms' }, 'Channel should only be specified with Phone OTP'],
      [{}, 'One of email or phone must be set'],
    ];
    for (const [body, message] of cases) {
      const { status, json } = await server.request('POST', '/otp', { body });
      assert.deepEqual([status, json.code], [400, 'validation_failed']);
      assert.ok(json.message.startsWith(message), json.message);
    }
  });
});

describe('a change of number', () => {
  test('waits for the code that was sent to the new one', async () => {
    const [old, wanted] = ['996700000011', '996700000012'];
    await server.admin().auth.admin.createUser({ phone: old, password: 'a-password', phone_confirm: true });
    const client = server.client();
    await client.auth.signInWithPassword({ phone: old, password: 'a-password' });
    const { data } = await client.auth.updateUser({ phone: wanted });
    assert.equal(data.user?.new_phone, wanted);
    const resent = await server.request('POST', '/resend', { body: { type: 'phone_change', phone: old } });
    assert.equal(resent.status, 200);
    const token = await codeSentTo(wanted);
    const verified = await server.client().auth.verifyOtp({ phone: wanted, token, type: 'phone_change' });
    assert.equal(verified.error, null);
    assert.equal(verified.data.user?.phone, wanted);
    assert.equal(verified.data.user?.new_phone, undefined);
  });
});

describe('the inbox of development', () => {
  test('is a page without scripts, and JSON', async () => {
    const { createServer } = await import('node:http');
    const inbox = createServer(server.auth.inbox!.listener);
    await new Promise<void>((resolve) => inbox.listen(0, '127.0.0.1', resolve));
    const { port } = inbox.address() as { port: number };
    const base = `http://127.0.0.1:${port}/inbox`;
    await server.client().auth.signInWithOtp({ phone: '996700000021' });
    const [message] = (await (await fetch(`${base}/messages?to=%2B996700000021`)).json()) as {
      id: number;
      body: string;
    }[];
    const page = await fetch(base);
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/);
    assert.ok((await page.text()).includes(`href="/inbox/messages/${message?.id}"`));
    assert.ok((await (await fetch(`${base}/messages/${message?.id}`)).text()).includes(message?.body ?? 'none'));
    assert.equal((await fetch(`${base}/messages/999999`)).status, 404);
    assert.equal((await fetch(`${base}/messages`, { method: 'DELETE' })).status, 200);
    assert.deepEqual(await (await fetch(`${base}/messages`)).json(), []);
    inbox.closeAllConnections();
    await new Promise((resolve) => inbox.close(resolve));
  });
});
