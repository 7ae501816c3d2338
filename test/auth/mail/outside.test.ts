import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { authServer } from '../server.ts';
import { smsVendor } from './vendor.ts';

/** A mail server that answers each mail with the next of these, then takes the rest. */
async function moodyServer(refusals: readonly { code: number }[]) {
  const left = [...refusals];
  let taken = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onRcptTo: (_address, _session, done) => {
      const refusal = left.shift();
      done(refusal ? Object.assign(new Error('not now'), { responseCode: refusal.code }) : undefined);
    },
    onData: (stream, _session, done) => {
      stream.resume().on('end', () => {
        taken++;
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    smtp: {
      host: '127.0.0.1',
      port: (server.server.address() as AddressInfo).port,
      adminEmail: 'admin@example.com',
      senderName: 'Freehold',
    },
    taken: () => taken,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

test('a mail server that says "later" is asked again, one that says "never" is not', async () => {
  await using moody = await moodyServer([{ code: 451 }, { code: 421 }]);
  await using server = await authServer({
    settings: (settings) => ({ ...settings, email: { ...settings.email, smtp: moody.smtp } }),
  });
  const { error } = await server.admin().auth.admin.inviteUserByEmail('patient@example.com');
  assert.equal(error, null);
  assert.equal(moody.taken(), 1);
  await using stern = await moodyServer([{ code: 550 }]);
  await using other = await authServer({
    settings: (settings) => ({ ...settings, email: { ...settings.email, smtp: stern.smtp } }),
  });
  const refused = await other.admin().auth.admin.inviteUserByEmail('unwanted@example.com');
  assert.deepEqual([refused.error?.status, refused.error?.message], [500, 'Error sending invite email']);
  assert.equal(stern.taken(), 0);
});

test('a code that Twilio Verify made is checked there', async () => {
  await using stand = await smsVendor();
  await using server = await authServer({
    config: { auth: { sms: { enable_signup: true, enable_confirmations: true } } },
    settings: (settings) => ({
      ...settings,
      sms: {
        ...settings.sms,
        vendors: [
          {
            vendor: 'twilio_verify',
            settings: { account_sid: 'AC1', message_service_sid: 'VA1', auth_token: 'x', url: stand.url },
          },
        ],
      },
    }),
  });
  const phone = '996700333001';
  const sent = await server.client().auth.signInWithOtp({ phone });
  assert.equal(sent.data.messageId, 'VE1');
  const wrong = await server.client().auth.verifyOtp({ phone, token: '111111', type: 'sms' });
  assert.equal(wrong.error?.code, 'otp_expired');
  const check = '/v2/Services/VA1/VerificationCheck';
  stand.answers.set(check, { status: 200, body: { status: 'approved', valid: true } });
  const { data, error } = await server.client().auth.verifyOtp({ phone, token: '222222', type: 'sms' });
  assert.equal(error, null);
  assert.equal(data.user?.phone, phone);
});

test('an account that a seed wrote with capitals signs in by its address in any case', async () => {
  await using server = await authServer({
    config: { auth: { email: { max_frequency: '0s' }, rate_limit: { email_sent: 100 } } },
    sql: `insert into auth.users (instance_id, id, aud, role, email, email_confirmed_at, raw_app_meta_data, raw_user_meta_data, created_at, updated_at)
      values ('00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'authenticated', 'authenticated', 'Grace@Example.com', now(), '{}', '{}', now(), now())`,
  });
  await server.client().auth.signInWithOtp({ email: 'grace@example.com', options: { shouldCreateUser: false } });
  const { code } = await server.mailbox.next('grace@example.com');
  const { data, error } = await server
    .client()
    .auth.verifyOtp({ email: 'GRACE@example.com', token: code!, type: 'email' });
  assert.equal(error, null);
  assert.equal(data.user?.email, 'Grace@Example.com');
});
