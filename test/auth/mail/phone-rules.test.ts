import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEVELOPMENT_JWT_SECRET } from '#kernel/config.ts';
import { createLog } from '#kernel/log.ts';
import { PLATFORM_SCHEMAS } from '#services/project-folder/api.ts';
import { openPhoneSignIn, type PhoneSignIn } from '../../../src/services/auth/codes/phone-sign-in.ts';
import { AuthError } from '../../../src/services/auth/errors.ts';
import { openContext } from '../../../src/services/auth/open-context.ts';
import { authSettings } from '../../../src/services/auth/settings/read-settings.ts';
import { configTable } from '../../../src/services/project-folder/config/table.ts';
import { type TestDatabase, testDatabase } from '../../database.ts';
import { smsVendor, type Vendor } from './vendor.ts';

let db: TestDatabase;
let stand: Vendor;
let phones: PhoneSignIn;
let now = Date.now();

before(async () => {
  db = await testDatabase({ migrations: [PLATFORM_SCHEMAS] });
  stand = await smsVendor();
  const table = configTable({ auth: { sms: { enable_signup: true, enable_confirmations: true } } }, 'config.toml');
  const settings = authSettings(table, { externalUrl: () => 'http://localhost/auth/v1', production: false });
  const vendor = (name: 'vonage' | 'textlocal') => ({
    vendor: name,
    settings: { from: 'F', sender: 'F', api_key: 'k', api_secret: 's', url: stand.url },
  });
  phones = openPhoneSignIn(
    openContext({
      services: db.services,
      settings: {
        ...settings,
        rateLimits: { ...settings.rateLimits, smsSent: 10_000 },
        sms: { ...settings.sms, vendors: [vendor('vonage'), vendor('textlocal')] },
      },
      keys: { jwtSecret: DEVELOPMENT_JWT_SECRET, signingKeys: [], verificationKeys: '{"keys":[]}' },
      log: createLog('silent'),
      now: () => now,
    }),
  );
});
after(async () => {
  await stand[Symbol.asyncDispose]();
  await db.close();
});

const client = { ip: '203.0.113.9', userAgent: 'test' };
const lastCode = () => /\d{6}/.exec(stand.requests.at(-1)?.form['text'] ?? '')?.[0] ?? '';
const otherThan = (code: string) => (code === '000000' ? '111111' : '000000');

async function refusal(work: Promise<unknown>): Promise<AuthError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AuthError, String(error));
  return error;
}

test('a number signs in with its code, and is new only once', async () => {
  const phone = '996700111001';
  const sent = await phones.requestCode({ phone, ...client });
  assert.deepEqual([sent.codeLength, sent.retryAfter, sent.messageId], [6, 60, 'vo1']);
  const first = await phones.verifyCode({ phone, code: lastCode(), ...client });
  assert.equal(first.isNew, true);
  assert.equal(first.session.user['phone'], phone);
  now += 61_000;
  await phones.requestCode({ phone, ...client });
  assert.equal((await phones.verifyCode({ phone, code: lastCode(), ...client })).isNew, false);
});

test('a code is worth three tries, and five wrong ones lock the number for 15 minutes, from anywhere', async () => {
  const phone = '996700111002';
  await phones.requestCode({ phone, ...client });
  const first = lastCode();
  for (const left of [2, 1, 0]) {
    const error = await refusal(phones.verifyCode({ phone, code: otherThan(first), ...client }));
    assert.deepEqual([error.code, error.fields], ['otp_expired', { attempts_left: left }]);
  }
  assert.equal((await refusal(phones.verifyCode({ phone, code: first, ...client }))).code, 'otp_expired');
  now += 61_000;
  await phones.requestCode({ phone, ...client });
  await refusal(phones.verifyCode({ phone, code: otherThan(lastCode()), ...client }));
  const locked = await refusal(phones.verifyCode({ phone, code: lastCode(), ...client, ip: '198.51.100.4' }));
  assert.deepEqual([locked.status, locked.code, locked.retryAfter], [429, 'over_request_rate_limit', 900]);
  now += 900_001;
  await phones.requestCode({ phone, ...client });
  assert.ok((await phones.verifyCode({ phone, code: lastCode(), ...client })).session);
});

test('a right code at the fifth try does not lock', async () => {
  const phone = '996700111003';
  for (let round = 0; round < 2; round++) {
    await phones.requestCode({ phone, ...client, ip: `192.0.2.${round}` });
    for (let wrong = 0; wrong < 2; wrong++)
      await refusal(phones.verifyCode({ phone, code: otherThan(lastCode()), ...client }));
    now += 61_000;
  }
  await phones.requestCode({ phone, ...client, ip: '192.0.2.7' });
  assert.ok((await phones.verifyCode({ phone, code: lastCode(), ...client })).session);
  now += 3_600_000;
  await phones.requestCode({ phone, ...client });
  assert.ok((await phones.verifyCode({ phone, code: lastCode(), ...client })).session);
});

test('a message that no vendor takes does not count, and the second vendor is asked', async () => {
  const phone = '996700111004';
  const ip = '192.0.2.40';
  stand.answers.set('/sms/json', { status: 500, body: {} });
  stand.answers.set('/send/', { status: 500, body: {} });
  const failed = await refusal(phones.requestCode({ phone, ip }));
  assert.deepEqual([failed.status, failed.code], [422, 'sms_send_failed']);
  stand.answers.delete('/send/');
  assert.equal((await phones.requestCode({ phone, ip })).messageId, '77');
  stand.answers.clear();
  const early = await refusal(phones.requestCode({ phone, ip }));
  assert.deepEqual([early.code, early.retryAfter], ['over_sms_send_rate_limit', 60]);
});

test('a number gets three messages an hour, and a client may ask for ten', async () => {
  const phone = '996700111005';
  for (let sent = 0; sent < 3; sent++) {
    await phones.requestCode({ phone, ip: `192.0.2.${50 + sent}` });
    now += 61_000;
  }
  assert.equal((await refusal(phones.requestCode({ phone, ip: '192.0.2.60' }))).code, 'over_sms_send_rate_limit');
  for (let index = 0; index < 10; index++) await phones.requestCode({ phone: `99670012200${index}`, ip: '192.0.2.70' });
  const eleventh = await refusal(phones.requestCode({ phone: '996700122010', ip: '192.0.2.70' }));
  assert.equal(eleventh.code, 'over_sms_send_rate_limit');
});
