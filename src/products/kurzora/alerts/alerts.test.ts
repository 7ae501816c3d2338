import assert from 'node:assert/strict';
import { createDecipheriv, createECDH, createHmac, type ECDH, hkdfSync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { importJWK, jwtVerify } from 'jose';
import { Webhook } from 'standardwebhooks';
import { startHttpReceiver, startTelegram } from '../../../../test/stand-ins/http-receiver.ts';
import { startMailServer } from '../../../../test/stand-ins/mail-server.ts';
import { TRADING_MOMENT, testAlerts } from './test-alerts.ts';

const scoreOf = (subject: string) => Number(/(\d+)$/.exec(subject)![1]);
const MINUTE = 60_000;

test('a starter hears of three signals a day, in their order, and of none below 80', async () => {
  await using mail = await startMailServer();
  await using alerts = await testAlerts({ SMTP_URL: mail.url });
  const id = await alerts.person();
  for (const score of [81, 85, 79, 90, 84]) await alerts.signal(score);
  const counts = await alerts.send();
  assert.deepEqual(mail.mails.map(({ subject }) => scoreOf(subject)).sort(), [81, 85, 90]);
  assert.equal(counts.skipped.daily_limit_reached, 1);
  assert.deepEqual([counts.sent, counts.failed, counts.doubts], [3, 0, 0]);
  const [user] = await alerts.db.sql(
    'select daily_alerts_sent, last_alert_date::text as day from public.users where id = $1',
    [id],
  );
  assert.deepEqual(user, { daily_alerts_sent: 3, day: '2026-11-18' });
  assert.deepEqual((await alerts.send()).sent, 0, 'nothing is left to send');
});

test('a mail that is refused for good gives its place back, and the signal that found the day full is told', async () => {
  await using mail = await startMailServer();
  mail.judge = ({ subject }) => (scoreOf(subject) === 85 ? { kind: 'refuse', code: 550, text: 'no' } : null);
  await using alerts = await testAlerts({ SMTP_URL: mail.url });
  const id = await alerts.person();
  for (const score of [81, 85, 79, 90, 84]) await alerts.signal(score);
  const counts = await alerts.send();
  assert.deepEqual(mail.mails.map(({ subject }) => scoreOf(subject)).sort(), [81, 84, 90]);
  assert.deepEqual([counts.sent, counts.failed], [3, 1]);
  const log = await alerts.db.sql(
    'select delivery_status, count(*)::int from public.alert_delivery_log where user_id = $1 group by 1 order by 1',
    [id],
  );
  assert.deepEqual(log, [
    { delivery_status: 'sent', count: 3 },
    { delivery_status: 'failed', count: 1 },
  ]);
  const [user] = await alerts.db.sql('select daily_alerts_sent from public.users where id = $1', [id]);
  assert.deepEqual(user, { daily_alerts_sent: 3 });
});

test('the day of the count is the person’s own', async () => {
  await using mail = await startMailServer();
  await using alerts = await testAlerts({ SMTP_URL: mail.url });
  const id = await alerts.person({}, { timezone: 'Asia/Tokyo', daily_alert_limit: 1, trading_hours_only: false });
  const day = async () =>
    (
      await alerts.db.sql(
        'select last_alert_date::text as day, daily_alerts_sent as sent from public.users where id = $1',
        [id],
      )
    )[0];
  alerts.clock = Date.parse('2026-11-18T14:00:00Z');
  await alerts.signal(81);
  await alerts.send();
  assert.deepEqual(await day(), { day: '2026-11-18', sent: 1 });
  await alerts.signal(82);
  assert.equal((await alerts.send()).skipped.daily_limit_reached, 1);
  alerts.clock = Date.parse('2026-11-18T15:00:00Z');
  await alerts.signal(83);
  await alerts.send();
  assert.deepEqual(await day(), { day: '2026-11-19', sent: 1 });
  assert.deepEqual(
    mail.mails.map(({ subject }) => scoreOf(subject)),
    [81, 83],
  );
});

test('a professional has no limit and hears by mail, Telegram and Make.com, once each; a chat nobody proved is left alone', async () => {
  await using mail = await startMailServer();
  await using telegram = await startTelegram();
  await using make = await startHttpReceiver();
  await using alerts = await testAlerts({
    SMTP_URL: mail.url,
    TELEGRAM_BOT_TOKEN: '1:token',
    TELEGRAM_API_URL: telegram.url,
    MAKE_WEBHOOK_URL: make.url,
    MAKE_API_KEY: 'make-key',
  });
  const id = await alerts.person({ subscription_tier: 'professional', telegram_chat_id: '4711', language: 'de' });
  const stranger = await alerts.person({ subscription_tier: 'professional', telegram_chat_id: '99' });
  await alerts.db.database.asUser({ sub: stranger, role: 'authenticated' }, (session) =>
    session.execute(`update public.users set telegram_chat_id = '4712' where id = $1`, [stranger]),
  );
  for (const score of [80, 81, 82, 83, 84]) await alerts.signal(score, { source: 'simulated' });
  const counts = await alerts.send();
  assert.equal(counts.sent, 25, JSON.stringify(counts));
  assert.equal(mail.mails.length, 10);
  assert.deepEqual(new Set(telegram.calls.map(({ body }) => JSON.parse(String(body)).chat_id)), new Set(['4711']));
  assert.equal(telegram.calls.length, 5);
  assert.match(JSON.parse(String(telegram.calls[0]!.body)).text, /SIMULIERT[\s\S]*Einstieg: <b>\$100\.00/);
  const own = make.calls.filter(({ body }) => JSON.parse(String(body)).user_id === id);
  assert.equal(own.length, 5);
  assert.equal(new Set(make.calls.map(({ headers }) => headers['webhook-id'])).size, 10);
  const [{ headers, body }] = own as [(typeof own)[0]];
  assert.deepEqual([headers['user-agent'], headers.authorization], ['Kurzora-Alerts/1.0', 'Bearer make-key']);
  const secret = alerts.channels.callbackSecret;
  assert.equal(headers['x-webhook-signature'], `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const payload = JSON.parse(String(body));
  assert.deepEqual(
    [
      payload.email_enabled,
      payload.telegram_enabled,
      payload.is_professional,
      payload.daily_alert_limit,
      payload.total_users,
    ],
    [false, false, true, null, 2],
  );
  const standard = new Webhook(secret, { format: 'raw' });
  const signed = standard.sign(String(headers['webhook-id']), new Date(TRADING_MOMENT), body.toString());
  assert.equal(headers['webhook-signature'], signed);
});

test('where only Make.com is there it is told what to send', async () => {
  await using make = await startHttpReceiver();
  await using alerts = await testAlerts({ MAKE_WEBHOOK_URL: make.url });
  await alerts.person();
  await alerts.signal(88, { ticker: 'AAPL' });
  assert.equal((await alerts.send()).sent, 1);
  const payload = JSON.parse(String(make.calls[0]!.body));
  assert.deepEqual(
    [
      payload.email_enabled,
      payload.telegram_enabled,
      payload.signal_stock,
      payload.signal_score,
      payload.daily_alert_number,
    ],
    [true, false, 'AAPL', 88, 1],
  );
  assert.equal(payload.daily_alert_limit, 3);
});

test('people who are inactive, have cancelled, want no mail or a better score are left out, each counted', async () => {
  await using mail = await startMailServer();
  await using alerts = await testAlerts({ SMTP_URL: mail.url });
  await alerts.person({ is_active: false });
  await alerts.person({ subscription_status: 'cancelled' });
  await alerts.person({ subscription_status: 'expired' });
  await alerts.person({}, { email_alerts_enabled: false });
  const picky = await alerts.person({}, { minimum_score: 90 });
  const id = await alerts.signal(85);
  const { checked, eligible, skipped } = await alerts.send();
  assert.deepEqual(
    { checked, eligible, skipped },
    {
      checked: 5,
      eligible: 0,
      skipped: { inactive: 3, email_disabled: 1, score_too_low: 1, daily_limit_reached: 0, atomic_error: 0 },
    },
  );
  await alerts.db.sql('update public.trading_signals set final_score = 91, confidence_score = 91 where id = $1', [id]);
  await alerts.send();
  assert.deepEqual(
    mail.mails.map(({ to }) => to),
    [`${picky}@example.com`],
    'who asks for 90 hears when it gets there',
  );
  await alerts.db.sql('update public.trading_signals set final_score = 93, confidence_score = 93 where id = $1', [id]);
  await alerts.send();
  assert.equal(mail.mails.length, 1);
});

test('a signal that crosses 80 is told, one that is not active or over an hour old is not, and none twice', async () => {
  await using mail = await startMailServer();
  await using alerts = await testAlerts({ SMTP_URL: mail.url });
  await alerts.person({ subscription_tier: 'professional' });
  const rising = await alerts.signal(79);
  await alerts.signal(90, { status: 'expired' });
  await alerts.signal(92);
  await alerts.db.sql(`update public.signal_alert_triggers set raised_at = now() - interval '61 minutes'`);
  await alerts.send();
  assert.equal(mail.mails.length, 0);
  for (const score of [80, 82, 75, 81]) {
    await alerts.db.sql('update public.trading_signals set final_score = $2, confidence_score = $2 where id = $1', [
      rising,
      score,
    ]);
    await alerts.send();
  }
  assert.deepEqual(
    mail.mails.map(({ subject }) => scoreOf(subject)),
    [80],
  );
});

test('outside the session and in quiet hours an alert waits, and is told when they end', async () => {
  await using mail = await startMailServer();
  await using alerts = await testAlerts({ SMTP_URL: mail.url });
  await alerts.person({}, { quiet_hours_start: '09:00', quiet_hours_end: '10:15' });
  alerts.clock = Date.parse('2026-11-20T22:00:00Z');
  await alerts.signal(85);
  await alerts.send();
  const [waiting] = await alerts.db.sql<{ due_at: Date }>('select due_at from public.signal_alerts');
  assert.equal(
    waiting!.due_at.toISOString(),
    '2026-11-23T15:15:00.000Z',
    'Monday, after the quiet hours of the morning',
  );
  alerts.clock = waiting!.due_at.getTime() - 1;
  await alerts.send();
  assert.equal(mail.mails.length, 0);
  await alerts.db.sql(`update public.trading_signals set status = 'expired'`);
  alerts.clock += 1;
  await alerts.send();
  assert.equal(mail.mails.length, 1);
  assert.match(mail.mails[0]!.raw, /no longer active/);
});

test('what passes by itself is tried again, three times at most, after a growing while', async () => {
  await using mail = await startMailServer();
  let refusals = 2;
  mail.judge = () => (refusals-- > 0 ? { kind: 'refuse', code: 451, text: 'later' } : null);
  await using alerts = await testAlerts({ SMTP_URL: mail.url });
  await alerts.person();
  await alerts.signal(85);
  assert.deepEqual([(await alerts.send()).failed, (await alerts.send()).failed], [1, 0], 'not before its time');
  alerts.clock += MINUTE / 2;
  assert.equal((await alerts.send()).failed, 1);
  alerts.clock += 2 * MINUTE;
  assert.equal((await alerts.send()).sent, 1);
  await alerts.signal(86);
  refusals = 99;
  for (let tries = 0; tries < 5; tries += 1) {
    await alerts.send();
    alerts.clock += 10 * MINUTE;
  }
  assert.equal(99 - refusals, 3);
  const [row] = await alerts.db.sql(
    `select status, attempts, doubts from public.notification_queue where status <> 'sent'`,
  );
  assert.deepEqual(row, { status: 'failed', attempts: 3, doubts: 0 });
});

test('silence after a mail was taken sends it again under the same Message-ID, and is counted', async () => {
  await using mail = await startMailServer();
  let first = true;
  mail.judge = () => {
    const broken = first;
    first = false;
    return broken ? { kind: 'break off' } : null;
  };
  await using alerts = await testAlerts({ SMTP_URL: mail.url });
  await alerts.person();
  await alerts.signal(85);
  await alerts.send();
  alerts.clock += MINUTE;
  await alerts.send();
  assert.equal(mail.mails.length, 2);
  assert.equal(new Set(mail.mails.map(({ messageId }) => messageId)).size, 1);
  const [row] = await alerts.db.sql('select status, doubts from public.notification_queue');
  assert.deepEqual(row, { status: 'sent', doubts: 1 });
});

test('many workers at once tell everybody once, and no starter more than three times', async () => {
  await using mail = await startMailServer();
  await using alerts = await testAlerts({ SMTP_URL: mail.url });
  const people = [];
  for (let index = 0; index < 8; index += 1) people.push(await alerts.person());
  for (let index = 0; index < 5; index += 1) await alerts.signal(80 + index);
  const runs = await Promise.all(Array.from({ length: 4 }, () => alerts.send()));
  await alerts.send();
  assert.equal(
    runs.reduce((sum, { doubts }) => sum + doubts, 0),
    0,
  );
  assert.equal(mail.mails.length, 24);
  assert.equal(new Set(mail.mails.map(({ messageId }) => messageId)).size, 24);
  for (const id of people) assert.equal(mail.mails.filter(({ to }) => to === `${id}@example.com`).length, 3);
});

test('who wants a digest gets one mail a day with what was gathered, best first, and no single mails', async () => {
  await using mail = await startMailServer();
  await using alerts = await testAlerts({ SMTP_URL: mail.url });
  await alerts.person({}, { digest: 'daily' });
  for (const score of [81, 93]) await alerts.signal(score);
  await alerts.send();
  assert.equal(mail.mails.length, 0);
  alerts.clock = Date.parse('2026-11-18T23:00:00Z');
  await Promise.all([alerts.send(), alerts.send()]);
  await alerts.send();
  assert.equal(mail.mails.length, 1);
  const { raw, subject } = mail.mails[0]!;
  assert.match(subject, /^Your signals: 2$/);
  assert.ok(raw.indexOf('93/100') < raw.indexOf('81/100'));
  alerts.clock += 24 * 60 * MINUTE;
  await alerts.send();
  assert.equal(mail.mails.length, 1, 'nothing was gathered since');
});

test('an hourly digest comes once an hour at most, a weekly one on Friday evening, and a cancelled plan has none', async () => {
  await using mail = await startMailServer();
  await using alerts = await testAlerts({ SMTP_URL: mail.url });
  const always = { trading_hours_only: false, daily_alert_limit: null, timezone: 'UTC' };
  const pro = { subscription_tier: 'professional' };
  const hourly = await alerts.person(pro, { ...always, digest: 'hourly' });
  const weekly = await alerts.person(pro, { ...always, digest: 'weekly' });
  const left = await alerts.person(pro, { ...always, digest: 'daily' });
  const got = (id: string) => mail.mails.filter(({ to }) => to.startsWith(id)).map(({ subject }) => subject);
  for (const score of [81, 82]) {
    await alerts.signal(score);
    await alerts.send();
    alerts.clock += 10 * MINUTE;
  }
  await alerts.db.sql(`update public.users set subscription_status = 'cancelled' where id = $1`, [left]);
  assert.deepEqual(got(hourly), ['Your signals: 1'], 'the first at once, the second with the next hour');
  alerts.clock = TRADING_MOMENT + 60 * MINUTE;
  await alerts.send();
  assert.deepEqual(got(hourly), ['Your signals: 1', 'Your signals: 1']);
  alerts.clock += 60 * MINUTE;
  await alerts.send();
  assert.equal(got(hourly).length, 2, 'nothing was gathered in this hour');
  alerts.clock = Date.parse('2026-11-20T17:59:00Z');
  await alerts.send();
  assert.deepEqual([got(weekly), got(left)], [[], []]);
  alerts.clock = Date.parse('2026-11-20T18:00:00Z');
  await alerts.send();
  await alerts.send();
  assert.deepEqual([got(weekly), got(left)], [['Your signals: 2'], []]);
});

test('a browser is pushed what only it can read, signed by our key; one that has gone is not asked again', async () => {
  await using browser = await startHttpReceiver(() => ({ status: 201 }));
  await using mail = await startMailServer();
  await using alerts = await testAlerts({ SMTP_URL: mail.url });
  const id = await alerts.person({ subscription_tier: 'professional' });
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  const auth = randomBytes(16);
  await alerts.db.sql(
    'insert into public.push_subscriptions (user_id, endpoint, p256dh, auth) values ($1, $2, $3, $4)',
    [id, `${browser.url}/push/1`, pair.getPublicKey('base64url'), auth.toString('base64url')],
  );
  const signal = await alerts.signal(91, { ticker: 'MSFT' });
  assert.equal((await alerts.send()).sent, 2);
  const [{ headers, body }] = browser.calls as [(typeof browser.calls)[0]];
  assert.equal(headers['content-encoding'], 'aes128gcm');
  const [, token, key] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(String(headers.authorization))!;
  assert.equal(key, alerts.channels.vapid.publicKey);
  await jwtVerify(token!, await publicKeyOf(key!), { audience: browser.url });
  const shown = JSON.parse(decryptPush(body, pair, auth));
  assert.deepEqual([shown.title, shown.tag], ['MSFT: 91/100', `signal:${signal}`]);
  browser.answer = () => ({ status: 410 });
  await alerts.signal(92);
  await alerts.send();
  await alerts.signal(93);
  await alerts.send();
  assert.equal(browser.calls.length, 2);
});

function publicKeyOf(point: string) {
  const bytes = Buffer.from(point, 'base64url');
  const [x, y] = [bytes.subarray(1, 33), bytes.subarray(33)].map((part) => part.toString('base64url'));
  return importJWK({ kty: 'EC', crv: 'P-256', x: x!, y: y! }, 'ES256');
}

/** As a browser does it: RFC 8291 over RFC 8188, one record. */
function decryptPush(body: Buffer, pair: ECDH, auth: Buffer): string {
  const [salt, length] = [body.subarray(0, 16), body[20]!];
  const [sender, sealed] = [body.subarray(21, 21 + length), body.subarray(21 + length)];
  const derive = (secret: Buffer, salted: Buffer, info: Buffer, size: number) =>
    Buffer.from(hkdfSync('sha256', secret, salted, info, size));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), sender]);
  const secret = derive(pair.computeSecret(sender), auth, info, 32);
  const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const open = createDecipheriv('aes-128-gcm', key, nonce);
  open.setAuthTag(sealed.subarray(-16));
  const text = Buffer.concat([open.update(sealed.subarray(0, -16)), open.final()]);
  return text.subarray(0, text.lastIndexOf(2)).toString();
}
