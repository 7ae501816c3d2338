import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testAlerts } from './test-alerts.ts';

test('the threshold, the switches and the frequency of the settings are what alerts go by', async () => {
  await using alerts = await testAlerts({});
  const set = (key: string, value: unknown) =>
    alerts.db.sql('update public.system_config set value = $2::jsonb where key = $1', [key, JSON.stringify(value)]);
  await alerts.person({ subscription_tier: 'professional' });
  await set('confidence_threshold', 90);
  await alerts.signal(85);
  assert.equal((await alerts.send()).checked, 0, '85 is not announced at 90');
  await alerts.signal(91);
  assert.deepEqual([(await alerts.send()).eligible], [1]);
  await set('confidence_threshold', 80);
  await set('email_notifications_enabled', false);
  await alerts.signal(84);
  const off = await alerts.send();
  assert.deepEqual([off.eligible, off.sent, off.skipped.email_disabled], [0, 0, 1]);
  await set('email_notifications_enabled', true);
  await set('notification_frequency', 'daily');
  await alerts.signal(88);
  const gathered = await alerts.send();
  assert.deepEqual([gathered.eligible, gathered.sent], [1, 0], 'it waits for the digest');
});

test('what a scan raises stops at the day’s number, what others raise does not', async () => {
  await using alerts = await testAlerts({});
  const { sql, database } = alerts.db;
  await sql(`update public.system_config set value = '2' where key = 'max_signals_per_day'`);
  const raise = (scan: boolean, prefix: string) =>
    database.asService(async (session) => {
      if (scan) await session.query(`select set_config('kurzora.scan', 'on', true)`);
      await session.execute(
        `insert into public.trading_signals (ticker, signal_type, confidence_score, final_score, signal_strength, current_price, entry_price,
           stop_loss, take_profit, risk_reward_ratio, base_score, engine, source, as_of, levels_as_of, levels_score)
         select $1 || n, 'bullish', 90 - n, 90 - n, 'BUY', 100, 100, 95, 112.5, 2.5, 90, 'test', 'files', now(), now(), 90 - n
         from generate_series(1, 4) n`,
        [prefix],
      );
    });
  const raised = async () =>
    (
      await sql<{ ticker: string }>(
        'select s.ticker from public.signal_alert_triggers t join public.trading_signals s on s.id = t.signal_id order by t.seq',
      )
    ).map(({ ticker }) => ticker);
  await raise(true, 'S');
  assert.deepEqual(await raised(), ['S1', 'S2'], 'the best of the scan');
  await raise(true, 'T');
  assert.equal((await raised()).length, 2);
  await raise(false, 'H');
  assert.equal((await raised()).length, 6);
});
