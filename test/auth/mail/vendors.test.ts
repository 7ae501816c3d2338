import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createLog } from '#kernel/log.ts';
import { approveByVendor, sendByVendors } from '../../../src/services/auth/notify/sms/vendors.ts';
import type { SmsVendorSettings } from '../../../src/services/auth/settings/settings.ts';
import { smsVendor, type Vendor } from './vendor.ts';

let stand: Vendor;
before(async () => {
  stand = await smsVendor();
});
after(() => stand[Symbol.asyncDispose]());
beforeEach(() => {
  stand.requests.length = 0;
  stand.answers.clear();
});

const log = createLog('silent');
const TEXT = { phone: '996700123456', text: 'Your code is 123456', channel: 'sms' } as const;
const basic = `Basic ${Buffer.from('AC1:secret').toString('base64')}`;

const settings = (vendor: SmsVendorSettings['vendor'], own: Record<string, string>): SmsVendorSettings => ({
  vendor,
  settings: { ...own, url: stand.url },
});
const twilio = () => settings('twilio', { account_sid: 'AC1', message_service_sid: 'MG1', auth_token: 'secret' });
const verify = () =>
  settings('twilio_verify', { account_sid: 'AC1', message_service_sid: 'VA1', auth_token: 'secret' });
const messagebird = () => settings('messagebird', { originator: 'Freehold', access_key: 'key' });
const textlocal = () => settings('textlocal', { sender: 'FREEHD', api_key: 'key' });
const vonage = () => settings('vonage', { from: 'Freehold', api_key: 'key', api_secret: 'secret' });

test('Twilio gets the message by its messaging service', async () => {
  assert.equal(await sendByVendors([twilio()], TEXT, log), 'SM1');
  assert.deepEqual(stand.requests, [
    {
      path: '/2010-04-01/Accounts/AC1/Messages.json',
      authorization: basic,
      form: { To: '+996700123456', MessagingServiceSid: 'MG1', Body: TEXT.text },
    },
  ]);
});

test('Twilio gets a WhatsApp message from a number', async () => {
  const sender = { ...twilio().settings, message_service_sid: '+15005550006' };
  await sendByVendors([{ vendor: 'twilio', settings: sender }], { ...TEXT, channel: 'whatsapp' }, log);
  assert.deepEqual(stand.requests[0]?.form, {
    To: 'whatsapp:+996700123456',
    From: 'whatsapp:+15005550006',
    Body: TEXT.text,
  });
});

test('Twilio Verify sends a code of its own, and says whether it was right', async () => {
  assert.equal(await sendByVendors([verify()], TEXT, log), 'VE1');
  assert.deepEqual(stand.requests[0]?.form, { To: '+996700123456', Channel: 'sms' });
  assert.equal(await approveByVendor(verify(), TEXT.phone, '111111'), false);
  const check = '/v2/Services/VA1/VerificationCheck';
  stand.answers.set(check, { status: 200, body: { status: 'approved', valid: true } });
  assert.equal(await approveByVendor(verify(), TEXT.phone, '222222'), true);
  assert.deepEqual(stand.requests[2]?.form, { To: '+996700123456', Code: '222222' });
  stand.answers.set(check, { status: 404, body: { code: 20404 } });
  assert.equal(await approveByVendor(verify(), TEXT.phone, '222222'), false);
  stand.answers.set(check, { status: 500, body: {} });
  await assert.rejects(approveByVendor(verify(), TEXT.phone, '222222'), /twilio answered 500/);
});

test('MessageBird, Textlocal and Vonage get their forms', async () => {
  assert.equal(await sendByVendors([messagebird()], TEXT, log), 'mb1');
  assert.equal(await sendByVendors([textlocal()], TEXT, log), '77');
  assert.equal(await sendByVendors([vonage()], { ...TEXT, text: 'Код 123456' }, log), 'vo1');
  const [first, second, third] = stand.requests;
  assert.equal(first?.authorization, 'AccessKey key');
  assert.deepEqual(first?.form, {
    originator: 'Freehold',
    body: TEXT.text,
    recipients: TEXT.phone,
    type: 'sms',
    datacoding: 'unicode',
  });
  assert.deepEqual(second?.form, { sender: 'FREEHD', apikey: 'key', message: TEXT.text, numbers: TEXT.phone });
  assert.deepEqual(third?.form, {
    from: 'Freehold',
    to: TEXT.phone,
    text: 'Код 123456',
    api_key: 'key',
    api_secret: 'secret',
    type: 'unicode',
  });
});

test('the next vendor takes what the first refuses, in the order of the settings', async () => {
  stand.answers.set('/2010-04-01/Accounts/AC1/Messages.json', { status: 400, body: { code: 21211, message: 'bad' } });
  assert.equal(await sendByVendors([twilio(), vonage()], TEXT, log), 'vo1');
  assert.deepEqual(
    stand.requests.map(({ path }) => path),
    ['/2010-04-01/Accounts/AC1/Messages.json', '/sms/json'],
  );
});

test('refusals that come with status 200 are refusals', async () => {
  stand.answers.set('/sms/json', {
    status: 200,
    body: { messages: [{ status: '4', 'error-text': 'Bad Credentials' }] },
  });
  stand.answers.set('/send/', { status: 200, body: { status: 'failure', errors: [{ code: 3, message: 'Invalid' }] } });
  stand.answers.set('/messages', { status: 200, body: { id: 'x', recipients: { totalSentCount: 0 } } });
  await assert.rejects(sendByVendors([vonage()], TEXT, log), /vonage answered 4: Bad Credentials/);
  await assert.rejects(sendByVendors([textlocal()], TEXT, log), /textlocal answered 200: Invalid \(3\)/);
  await assert.rejects(sendByVendors([messagebird()], TEXT, log), /sent it to nobody/);
});

test('a vendor that cannot be reached and one without its key are passed over', async () => {
  const away = { vendor: 'vonage', settings: { ...vonage().settings, url: 'http://127.0.0.1:1' } } as const;
  const keyless = { vendor: 'messagebird', settings: { originator: 'x', url: stand.url } } as const;
  assert.equal(await sendByVendors([away, keyless, textlocal()], TEXT, log), '77');
});
