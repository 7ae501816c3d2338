import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANON, type Identity, SERVICE } from '#kernel/postgres/database.ts';
import { testAlerts } from './test-alerts.ts';

const OWN = ['notifications', 'alert_delivery_log', 'signal_alerts', 'push_subscriptions'];
const HIDDEN = ['notification_queue', 'signal_alert_triggers', 'telegram_links', 'webhook_receipts', 'trade_alerts'];
const user = (id: string): Identity => ({ role: 'authenticated', claims: { role: 'authenticated', sub: id } });

test('everybody sees his own alerts, nobody the outbox, and only the service writes', async () => {
  await using alerts = await testAlerts({});
  const [ada, bob] = [await alerts.person({ subscription_tier: 'professional' }), await alerts.person()];
  const { sql, database } = alerts.db;
  await alerts.signal(85);
  await alerts.send();
  for (const id of [ada, bob]) {
    await sql(
      `insert into public.push_subscriptions (user_id, endpoint, p256dh, auth) values ($1::uuid, 'https://push.example.com/' || $1::text, 'k', 'a')`,
      [id],
    );
    await sql(`insert into public.telegram_links values (convert_to($1::text, 'UTF8'), $1::uuid, now())`, [id]);
  }
  await sql(`insert into public.webhook_receipts (id) values ('r')`);
  const attempt = (identity: Identity, text: string) =>
    database.as(identity, (session) => session.execute(text)).catch((error: { code?: string }) => error.code);
  const read = (table: string) => `select * from public.${table}`;
  for (const table of OWN) {
    assert.equal(await attempt(ANON, read(table)), '42501', `anon reads ${table}`);
    assert.equal(await attempt(user(ada), read(table)), 1, `own row of ${table}`);
    assert.equal(await attempt(SERVICE, read(table)), 2, `service reads ${table}`);
    assert.equal(await attempt(user(ada), `insert into public.${table} default values`), '42501', table);
  }
  for (const table of HIDDEN)
    for (const text of [read(table), `delete from public.${table}`, `truncate public.${table} cascade`])
      for (const identity of [ANON, user(ada)])
        assert.equal(await attempt(identity, text), '42501', `${identity.role}: ${text}`);
  assert.equal(await attempt(user(ada), 'update public.notifications set read_at = now()'), 1);
  assert.equal(await attempt(user(ada), `update public.notifications set title = 'x'`), '42501');
  assert.equal(await attempt(user(ada), `update public.alert_delivery_log set delivery_status = 'delivered'`), '42501');
  assert.equal(await attempt(user(ada), 'delete from public.push_subscriptions'), 1);
  assert.equal(
    await attempt(user(ada), `select * from public.increment_daily_alerts('${ada}', current_date, null)`),
    '42501',
  );
  assert.equal(await attempt(user(ada), `select * from public.rollback_daily_alerts('${ada}', current_date)`), '42501');
  assert.equal(await attempt(user(ada), `select kurzora.keep_in_inbox('a', 'b', 'c', 'd')`), '42501');
  assert.equal(await attempt(user(ada), 'select * from public.user_alert_settings'), 1);
});

test('a chat that its person typed in is not proved; one that the service sets is; nobody proves himself', async () => {
  await using alerts = await testAlerts({});
  const id = await alerts.person({ telegram_chat_id: '1' });
  const proved = async () =>
    (
      await alerts.db.sql<{ yes: boolean }>(
        'select telegram_verified_at is not null as yes from public.users where id = $1',
        [id],
      )
    )[0]!.yes;
  const change = (text: string) =>
    alerts.db.database.as(user(id), (session) => session.execute(`update public.users set ${text}`));
  assert.equal(await proved(), true);
  await change(`name = 'Ada'`);
  assert.equal(await proved(), true);
  await change(`telegram_chat_id = '2', telegram_verified_at = now()`);
  assert.equal(await proved(), false);
  await change('telegram_verified_at = now()');
  assert.equal(await proved(), false);
});

test('the counters are atomic: fifty at once take ten places, and give back no more than was taken', async () => {
  await using alerts = await testAlerts({});
  const id = await alerts.person();
  const call = (text: string) =>
    alerts.db.database.asService((session) => session.query<{ new_daily_count: number }>(text));
  const take = `select * from public.increment_daily_alerts('${id}', '2026-11-18', 10)`;
  const taken = (await Promise.all(Array.from({ length: 50 }, () => call(take)))).flat();
  assert.deepEqual(
    taken.map((row) => row.new_daily_count).sort((a, b) => a - b),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
  const give = (day: string) => `select * from public.rollback_daily_alerts('${id}', '${day}')`;
  assert.deepEqual(await call(give('2026-11-18')), [{ new_daily_count: 9 }]);
  assert.deepEqual(await call(give('2026-11-17')), [], 'another day’s');
  assert.deepEqual(await call(`select * from public.increment_daily_alerts('${id}', '2026-11-19', 10)`), [
    { new_daily_count: 1 },
  ]);
  assert.deepEqual(await call(give('2026-11-19')), [{ new_daily_count: 0 }]);
  assert.deepEqual(await call(give('2026-11-19')), []);
});

test('who goes professional loses the starter’s limit and gets Telegram, unless the same change says otherwise', async () => {
  await using alerts = await testAlerts({});
  const settings = async (id: string) =>
    (
      await alerts.db.sql<{ s: Record<string, unknown> }>(
        'select notification_settings as s from public.users where id = $1',
        [id],
      )
    )[0]!.s;
  const up = await settings(await alerts.person({ subscription_tier: 'professional' }));
  assert.deepEqual([up['daily_alert_limit'], up['telegram_alerts_enabled']], [null, true]);
  const id = await alerts.person();
  await alerts.db.sql(
    `update public.users set subscription_tier = 'professional',
       notification_settings = notification_settings || '{"minimum_score": 90}' where id = $1`,
    [id],
  );
  assert.equal((await settings(id))['daily_alert_limit'], 3);
});
