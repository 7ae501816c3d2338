import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthError } from '../errors.ts';
import type { AuthSettings } from '../settings/settings.ts';
import { openRateLimits } from './open-rate-limits.ts';

const settings = (change: Partial<AuthSettings> = {}) =>
  ({
    production: true,
    rateLimits: {
      emailSent: 2,
      smsSent: 2,
      anonymousUsers: 2,
      tokenRefresh: 2,
      signInSignUps: 2,
      tokenVerifications: 2,
      web3: 2,
      oauthClients: 2,
    },
    email: { smtp: { host: 'mail.example.com' } },
    ...change,
  }) as AuthSettings;

const refusal = (work: () => void): AuthError | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error as AuthError;
  }
};

test('an address is refused past its share and may come again when it has refilled; families and addresses do not mix', () => {
  let now = 0;
  const limits = openRateLimits(settings(), () => now);
  const ask = (ip: string) => refusal(() => limits.request('sign_in_sign_ups', ip));
  assert.equal(ask('192.0.2.1'), undefined);
  assert.equal(ask('192.0.2.1'), undefined);
  const over = ask('192.0.2.1');
  assert.deepEqual([over?.status, over?.code, over?.retryAfter], [429, 'over_request_rate_limit', 150]);
  assert.equal(ask('192.0.2.2'), undefined);
  assert.equal(
    refusal(() => limits.request('web3', '192.0.2.1')),
    undefined,
  );
  now = 150_000;
  assert.equal(ask('192.0.2.1'), undefined);
});

test('the machine itself is not limited in development, and is in production', () => {
  const development = openRateLimits(settings({ production: false }), () => 0);
  const production = openRateLimits(settings(), () => 0);
  for (const ip of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
    for (let time = 0; time < 5; time++) development.request('web3', ip);
    for (let time = 0; time < 2; time++) production.request('web3', ip);
    assert.equal(refusal(() => production.request('web3', ip))?.status, 429);
  }
});

test('messages of the whole project are counted, mails only where they leave by SMTP', () => {
  const limits = openRateLimits(settings(), () => 0);
  for (const [kind, code] of [
    ['email', 'over_email_send_rate_limit'],
    ['sms', 'over_sms_send_rate_limit'],
  ] as const) {
    limits.message(kind);
    limits.message(kind);
    assert.equal(refusal(() => limits.message(kind))?.code, code);
  }
  const inbox = openRateLimits(settings({ email: {} as AuthSettings['email'] }), () => 0);
  for (let time = 0; time < 5; time++) inbox.message('email');
});
