import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type AuthServer, authServer } from '../server.ts';

let now = Date.now();
let server: AuthServer;
before(async () => {
  server = await authServer({
    config: {
      auth: {
        email: { enable_confirmations: true, max_frequency: '1m' },
        sms: { enable_signup: true, enable_confirmations: true, max_frequency: '1m' },
        rate_limit: { email_sent: 10_000, sms_sent: 10_000, sign_in_sign_ups: 10_000, token_verifications: 10_000 },
      },
    },
    settings: (settings) => ({ ...settings, production: true, sms: { ...settings.sms, testOtp: TESTED } }),
    now: () => now,
  });
});
after(() => server.close());

/** Numbers that cost nothing, in a project in production. */
const TESTED = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`15005550${100 + index}`, '123456']));
const otp = (body: object, ip = '203.0.113.1') =>
  server.request('POST', '/otp', { body, headers: { 'x-forwarded-for': ip } });
const recover = (email: string) => server.request('POST', '/recover', { body: { email } });

describe('messages to one address', () => {
  test('come a minute apart, also to an address that nobody has', async () => {
    await server.admin().auth.admin.createUser({ email: 'known@example.com', email_confirm: true });
    for (const email of ['known@example.com', 'unknown@example.com']) {
      assert.equal((await recover(email)).status, 200);
      const { status, json, headers } = await recover(email);
      assert.deepEqual(
        [status, json.code, json.message],
        [429, 'over_email_send_rate_limit', 'For security purposes, you can only request this after 60 seconds.'],
      );
      assert.equal(headers.get('retry-after'), '60');
    }
    now += 60_001;
    assert.equal((await recover('unknown@example.com')).status, 200);
  });

  test('asked for at once are one message', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => otp({ email: 'crowd@example.com' })));
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [200, ...Array.from({ length: 11 }, () => 429)]);
    await server.mailbox.next('crowd@example.com');
    assert.equal((await server.db.sql("select 1 from auth.users where email = 'crowd@example.com'")).length, 1);
  });
});

describe('text messages', () => {
  test('are five an hour for a number', async () => {
    const statuses: number[] = [];
    for (let sent = 0; sent < 6; sent++) {
      statuses.push((await otp({ phone: '15005550100' }, `198.51.100.${sent}`)).status);
      now += 61_000;
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429]);
    now += 3600_000;
    assert.equal((await otp({ phone: '15005550100' })).status, 200);
  });

  test('are thirty an hour for a client, whatever numbers it names', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 31; index++)
      statuses.push((await otp({ phone: `15005550${110 + index}` }, '198.51.100.77')).status);
    assert.equal(statuses.filter((status) => status === 200).length, 30);
    assert.equal(statuses.at(-1), 429);
    assert.equal((await otp({ phone: '15005550159' }, '198.51.100.78')).status, 200);
  });
});

test('a code that is too old signs nobody in', async () => {
  const email = 'late@example.com';
  await otp({ email });
  const { code, link } = await server.mailbox.next(email);
  now += 3600_001;
  const typed = await server.request('POST', '/verify', { body: { email, token: code, type: 'email' } });
  assert.equal(typed.json.code, 'otp_expired');
  const tokenHash = new URL(link!).searchParams.get('token');
  const linked = await server.request('POST', '/verify', { body: { token_hash: tokenHash, type: 'email' } });
  assert.deepEqual([linked.status, linked.json.code], [403, 'otp_expired']);
});

test('a new mail ends the one before', async () => {
  const email = 'twice@example.com';
  await otp({ email });
  const first = await server.mailbox.next(email);
  now += 61_000;
  await otp({ email });
  const second = await server.mailbox.next(email);
  const verify = (token: string) => server.request('POST', '/verify', { body: { email, token, type: 'email' } });
  if (first.code !== second.code) assert.equal((await verify(first.code!)).status, 403);
  assert.equal((await verify(second.code!)).status, 200);
});
