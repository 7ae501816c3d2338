import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Route } from '#kernel/product.ts';
import { nyseCalendar } from '#services/market-data/api.ts';
import { type TestServer, testServer } from '../../../../../test/server.ts';
import { startTelegram } from '../../../../../test/stand-ins/http-receiver.ts';
import { startMailServer } from '../../../../../test/stand-ins/mail-server.ts';
import { type TestAlerts, TRADING_MOMENT, testAlerts } from '../../alerts/test-alerts.ts';
import { multiUserAlerts } from '../../functions/multi-user-alerts.ts';
import { notificationRoutes } from './list.ts';

let alerts: TestAlerts;
let server: TestServer;
let mail: Awaited<ReturnType<typeof startMailServer>>;
let telegram: Awaited<ReturnType<typeof startTelegram>>;

before(async () => {
  mail = await startMailServer();
  telegram = await startTelegram();
  alerts = await testAlerts({
    SMTP_URL: mail.url,
    TELEGRAM_BOT_TOKEN: '1:token',
    TELEGRAM_API_URL: telegram.url,
    TELEGRAM_BOT_NAME: 'kurzora_bot',
    TELEGRAM_WEBHOOK_SECRET: 'secret-of-telegram',
  });
  const services = { alerts: alerts.channels };
  server = await testServer(alerts.db, notificationRoutes as readonly Route<unknown>[], {
    services,
    now: () => TRADING_MOMENT,
  });
});
after(async () => {
  await server?.close();
  await alerts?.[Symbol.asyncDispose]();
  await mail?.[Symbol.asyncDispose]();
  await telegram?.[Symbol.asyncDispose]();
});

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes are looked into.
  readonly body: any;
}

async function ask(
  method: string,
  path: string,
  options: { user?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const token = options.user && (await server.tokens.sign({ sub: options.user, role: 'authenticated' }, 60));
  const text = options.body === undefined || typeof options.body === 'string';
  const response = await fetch(`${server.url}/api/v1/${path}`, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(text ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { body: text ? (options.body as string) : JSON.stringify(options.body) }),
  });
  const body = await response.text();
  return { status: response.status, body: body.startsWith('{') ? JSON.parse(body) : body };
}

test('a person reads, marks and deletes what he was told, and nobody else’s', async () => {
  const [ada, bob] = [await alerts.person(), await alerts.person()];
  await alerts.signal(88, { ticker: 'AAPL' });
  await alerts.send();
  const { body } = await ask('GET', 'notifications?unreadOnly=true', { user: ada });
  assert.deepEqual([body.meta.total, body.meta.unread, body.data[0].data.ticker], [1, 1, 'AAPL']);
  const { id } = body.data[0];
  assert.equal((await ask('PUT', `notifications/${id}/read`, { user: bob })).status, 404);
  assert.equal((await ask('DELETE', `notifications/${id}`, { user: bob })).status, 404);
  assert.ok((await ask('PUT', `notifications/${id}/read`, { user: ada })).body.data.readAt);
  assert.equal((await ask('PUT', `notifications/${id}/unread`, { user: ada })).body.data.readAt, null);
  assert.equal((await ask('PUT', 'notifications/mark-all-read', { user: ada })).body.data.count, 1);
  assert.equal((await ask('DELETE', 'notifications', { user: ada })).body.data.count, 1);
  assert.equal((await ask('GET', 'notifications', { user: bob })).body.meta.total, 1);
  assert.equal((await ask('GET', 'notifications')).status, 401);
});

test('settings are the ones the front end writes; what is out of range is refused', async () => {
  const user = await alerts.person();
  const { status, body } = await ask('PUT', 'notifications/settings', {
    user,
    body: { minimumScore: 85, quietHoursStart: '22:00', quietHoursEnd: '07:30', timezone: 'Europe/Berlin' },
  });
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual([body.data.minimumScore, body.data.effectiveDailyLimit, body.data.telegramLinked], [85, 3, false]);
  const [row] = await alerts.db.sql('select notification_settings as s from public.users where id = $1', [user]);
  const stored = row!['s'] as Record<string, unknown>;
  assert.deepEqual(
    [stored['minimum_score'], stored['quiet_hours_end'], stored['email_alerts_enabled']],
    [85, '07:30', true],
  );
  const [view] = await alerts.db.sql('select * from public.user_alert_settings where user_id = $1', [user]);
  assert.deepEqual(
    [view!['min_signal_score'], view!['quiet_hours_start'], view!['timezone']],
    [85, '22:00:00', 'Europe/Berlin'],
  );
  for (const wrong of [{ minimumScore: 49 }, { quietHoursStart: '25:00' }, { timezone: 'Mars/Olympus' }])
    assert.equal(
      (await ask('PUT', 'notifications/settings', { user, body: wrong })).status,
      400,
      JSON.stringify(wrong),
    );
});

test('the link of a mail ends the mails: looking does not, one click does, and no other token does', async () => {
  const user = await alerts.person();
  await alerts.signal(89);
  await alerts.send();
  const raw = mail.mails.findLast(({ to }) => to === `${user}@example.com`)!.raw.replace(/\r\n[ \t]+/g, ' ');
  const link = /^List-Unsubscribe: <[^>]*\/api\/v1\/([^>]+)>$/m.exec(raw)![1]!;
  assert.match(raw, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m);
  const enabled = async () =>
    (
      await alerts.db.sql<{ on: string }>(
        `select notification_settings ->> 'email_alerts_enabled' as on from public.users where id = $1`,
        [user],
      )
    )[0]!.on;
  assert.equal((await ask('GET', link)).status, 200);
  const json = { headers: { accept: 'application/json' } };
  assert.deepEqual((await ask('GET', link, json)).body.data, { valid: true });
  assert.equal((await ask('GET', `${link}x`, json)).body.error.code, 'TOKEN_INVALID');
  assert.match(
    raw.replace(/=\r\n/g, ''),
    /No more of these mails: \S+\/unsubscribe\?token/,
    'people are led to the page',
  );
  assert.equal((await ask('POST', `${link}x`, { body: {} })).status, 401);
  assert.equal(await enabled(), 'true');
  const click = {
    body: 'List-Unsubscribe=One-Click',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  };
  assert.equal((await ask('POST', link, click)).status, 200);
  assert.equal(await enabled(), 'false');
  const token = decodeURIComponent(link.split('token=')[1]!);
  assert.deepEqual((await ask('POST', 'notifications/unsubscribe', { body: { token } })).body.data, {
    unsubscribed: true,
  });
});

test('a chat is linked by the code of its owner, once; then alerts go there and the commands work', async () => {
  const user = await alerts.person({ subscription_tier: 'professional' });
  const { code, url } = (await ask('POST', 'notifications/telegram/link', { user })).body.data;
  assert.equal(url, `https://t.me/kurzora_bot?start=${code}`);
  const headers = { 'x-telegram-bot-api-secret-token': 'secret-of-telegram' };
  const say = async (chat: number, text: string, given: Record<string, string> = headers) =>
    ask('POST', 'webhooks/telegram', { headers: given, body: { update_id: 1, message: { chat: { id: chat }, text } } });
  assert.equal((await say(7, `/start ${code}`, {})).status, 401);
  assert.match((await say(7, '/status')).body.text, /no account/);
  assert.deepEqual((await say(7, `/start ${code}`)).body.method, 'sendMessage');
  assert.match((await say(8, `/start ${code}`)).body.text, /too old or was used/);
  assert.match((await say(7, `/start ${code}`)).body.text, /connected already/);
  assert.equal((await ask('GET', 'notifications/settings', { user })).body.data.telegramLinked, true);
  await alerts.signal(90);
  await alerts.send();
  assert.deepEqual(
    telegram.calls.map(({ body }) => JSON.parse(String(body)).chat_id),
    ['7'],
  );
  await say(7, '/unsubscribe');
  assert.match((await say(7, '/status')).body.text, /off/);
  await ask('DELETE', 'notifications/telegram/link', { user });
  assert.match((await say(7, '/status')).body.text, /no account/);
});

test('the bot speaks the account’s language, to strangers that of their app, and says what the plan lacks', async () => {
  const user = await alerts.person({ subscription_status: 'active', language: 'de' });
  const headers = { 'x-telegram-bot-api-secret-token': 'secret-of-telegram' };
  const update = async (more: object) =>
    (await ask('POST', 'webhooks/telegram', { headers, body: { update_id: 2, ...more } })).body.text;
  const say = (text: string, language_code: string) =>
    update({ message: { chat: { id: 71 }, from: { id: 1, language_code }, text } });
  assert.match(await say('/status', 'ar'), /غير مرتبطة/);
  assert.match(await say('/status', 'fr'), /no account/);
  const { code } = (await ask('POST', 'notifications/telegram/link', { user })).body.data;
  assert.match(await say(`/start ${code}`, 'en'), /Ihr Konto ist verbunden/);
  assert.match(await say('/status', 'en'), /Meldungen hier: an\. .*Professional/);
  assert.match(await say('/unsubscribe', 'en'), /keine Meldungen mehr/);
  const press = (data: string) =>
    update({ callback_query: { id: 'q', from: { id: 1, language_code: 'en' }, data, message: { chat: { id: 71 } } } });
  assert.match(await press('set_alert:AAPL:88'), /ab 88 Punkten/);
  const signal = await alerts.signal(70, { ticker: 'GOOG' });
  assert.match(await press('view_chart:GOOG'), new RegExp(`/signals/${signal}$`));
  assert.match(await press('paper_trade:NONE:1'), /kein laufendes Signal/);
});

test('a delivery report counts once and only with a signature over its very bytes', async () => {
  const user = await alerts.person();
  await alerts.db.sql(
    `insert into public.alert_delivery_log (user_id, delivery_channel, delivery_status, external_message_id)
     values ($1, 'telegram', 'sent', 'm-1'), ($1, 'telegram', 'sent', 'm-2'), ($1, 'telegram', 'sent', '5'), ($1, 'telegram', 'sent', '5')`,
    [user],
  );
  const report = async (body: string, signed = body, timestamp?: number) => {
    const mac = createHmac('sha256', alerts.channels.callbackSecret);
    if (timestamp !== undefined) mac.update(`${timestamp}.`);
    const headers = {
      'content-type': 'application/json',
      'x-webhook-signature': `sha256=${mac.update(signed).digest('hex')}`,
      ...(timestamp === undefined ? {} : { 'x-webhook-timestamp': String(timestamp) }),
    };
    return ask('POST', 'webhooks/alerts', { body, headers });
  };
  const ok = '{"type":"telegram_delivery_status",  "data":{"success":true,"messageId":"m-1"}}';
  const bad = '{"type":"telegram_delivery_status","data":{"success":false,"messageId":"m-2","error":"blocked"}}';
  assert.equal((await report(ok, JSON.stringify(JSON.parse(ok)))).status, 401, 'the same JSON in other bytes');
  assert.equal((await report(ok, ok, TRADING_MOMENT / 1000 - 301)).status, 401, 'too old');
  assert.equal((await ask('POST', 'webhooks/alerts', { body: ok })).status, 401);
  assert.deepEqual((await report(ok)).body.data, { updated: 1, replayed: false });
  assert.deepEqual((await report(ok)).body.data, { updated: 0, replayed: true });
  assert.deepEqual((await report(bad, bad, TRADING_MOMENT / 1000)).body.data, { updated: 1, replayed: false });
  assert.equal((await report(ok.replace('m-1', '5'))).body.data.updated, 0, 'two chats have a message 5');
  const bounced =
    '{"type":"email_delivery_status","data":{"success":false,"status":"bounced","messageId":"m-3","error":"no such mailbox"}}';
  await alerts.db.sql(
    `insert into public.alert_delivery_log (user_id, delivery_channel, delivery_status, delivered_at, external_message_id)
     values ($1, 'email', 'delivered', now(), 'm-3')`,
    [user],
  );
  assert.equal((await report(bounced)).body.data.updated, 1, 'a bounce may come long after the mail was taken');
  assert.equal((await report(bounced.replace('false,"status":"bounced"', 'true'))).body.data.updated, 0);
  const rows = await alerts.db.sql(
    `select external_message_id as id, delivery_status as status, error_message as error, delivered_at is not null as delivered
     from public.alert_delivery_log where external_message_id like 'm-%' order by 1`,
  );
  assert.deepEqual(rows, [
    { id: 'm-1', status: 'delivered', error: null, delivered: true },
    { id: 'm-2', status: 'failed', error: 'blocked', delivered: false },
    { id: 'm-3', status: 'bounced', error: 'no such mailbox', delivered: false },
  ]);
});

test('browsers are registered by their owner, at public push services only', async () => {
  const [ada, bob] = [await alerts.person(), await alerts.person()];
  const keys = { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) };
  const add = (endpoint: string, user = ada) =>
    ask('POST', 'notifications/devices', { user, body: { endpoint, keys } });
  for (const inside of [
    'http://push.example.com/1',
    'https://10.0.0.1/1',
    'https://[::1]/1',
    'https://db.internal/1',
    'https://localhost/1',
  ])
    assert.equal((await add(inside)).status, 400, inside);
  const { status, body } = await add('https://push.example.com/1');
  assert.equal(status, 201);
  assert.equal((await ask('DELETE', `notifications/devices/${body.data.id}`, { user: bob })).status, 404);
  assert.equal(
    (await ask('DELETE', `notifications/devices/${encodeURIComponent('https://push.example.com/1')}`, { user: ada }))
      .status,
    200,
  );
});

test('multi-user-alerts tells of one signal, to those who may call it, and of none twice', async () => {
  await alerts.db.sql('update public.users set is_active = false');
  await alerts.person();
  await alerts.person({}, { email_alerts_enabled: false });
  const id = await alerts.signal(87);
  const services = { alerts: alerts.channels, marketData: { calendar: nyseCalendar() } } as never;
  const call = async (body: unknown, role = 'anon', headers: Record<string, string> = {}) => {
    const request = new Request('http://x/functions/v1/multi-user-alerts', {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    const identity = { role, claims: { role } };
    const context = { project: alerts.project as never, services, identity, requestId: 'r' };
    const response = await multiUserAlerts.handle(request, context);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const change = { type: 'INSERT', table: 'trading_signals', record: { id, final_score: 87 }, old_record: null };
  assert.equal((await call(change)).status, 401);
  const first = await call(change, 'service_role');
  assert.deepEqual([first.status, first.body['eligible'], first.body['sent'], first.body['failed']], [200, 1, 1, 0]);
  assert.equal((first.body['skipped'] as Record<string, number>)['email_disabled'], 1);
  const mac = createHmac('sha256', alerts.channels.callbackSecret).update(JSON.stringify(change)).digest('hex');
  const again = await call(change, 'anon', { 'x-webhook-signature': `sha256=${mac}` });
  assert.deepEqual([again.status, again.body['sent']], [200, 0]);
  assert.equal((await call({ ...change, record: { id: crypto.randomUUID() } }, 'service_role')).status, 404);
  assert.equal((await call({ table: 'users' }, 'service_role')).status, 400);
});
