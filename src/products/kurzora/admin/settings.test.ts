import assert from 'node:assert/strict';
import { test } from 'node:test';
import Value from 'typebox/value';
import type { Refusal } from '#kernel/errors.ts';
import { testDatabase } from '../../../../test/database.ts';
import { recordedLog } from '../../../../test/server.ts';
import { kurzora } from '../product.ts';
import { countTry } from '../queries/accounts.ts';
import { SETTING_TABLE, type SettingKey } from '../rules/setting-table.ts';
import { accountRules, openLiveSettings } from './live-settings.ts';
import { assertSetting } from './settings.ts';

test('every setting has a row, of its shape and with its fallback; and no row is read by nothing', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const rows = await db.sql<{ key: SettingKey; value: unknown; description: string | null }>(
    'select key, value, description from public.system_config order by key',
  );
  assert.deepEqual(
    rows.map(({ key }) => key),
    Object.keys(SETTING_TABLE).sort(),
  );
  for (const { key, value, description } of rows) {
    const { shape, fallback } = SETTING_TABLE[key];
    assert.ok(Value.Check(shape, value), key);
    assert.ok(Value.Check(shape, fallback), key);
    assert.ok(description, key);
    // The one that begins otherwise than it falls back: who breaks it must not open it.
    if (key !== 'public_signals') assert.deepEqual(value, fallback, key);
  }
});

test('a key that nothing reads and a value that does not fit are refused', () => {
  const code = (key: string, value: unknown) => {
    try {
      assertSetting(key, value);
      return 'taken';
    } catch (error) {
      return (error as Refusal).code;
    }
  };
  assert.equal(code('openai_enabled', true), 'NOT_FOUND');
  assert.equal(code('constructor', true), 'NOT_FOUND');
  for (const [key, value] of [
    ['platform_status', 'closed'],
    ['confidence_threshold', 101],
    ['session_timeout_minutes', 0],
    ['max_login_attempts', 2.5],
    ['default_risk_percentage', 0],
    ['allow_new_signups', 'true'],
    ['public_signals', -1],
    ['gate', { short: 55 }],
  ] as const)
    assert.equal(code(key, value), 'VALIDATION_ERROR', key);
  assert.equal(code('public_signals', 24), 'taken');
  assert.equal(code('session_timeout_minutes', null), 'taken');
});

test('a change is read without a restart; what does not fit reads as the fallback', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const settings = await openLiveSettings(db.database, recordedLog().log);
  const rules = accountRules(settings);
  const set = async (key: string, value: unknown) => {
    await db.sql('update public.system_config set value = $2::jsonb where key = $1', [key, JSON.stringify(value)]);
    await settings.reload();
  };
  assert.deepEqual([rules.signUps, rules.confirmEmail, rules.idleMinutes], [true, false, null]);
  await set('allow_new_signups', false);
  await set('session_timeout_minutes', 60);
  assert.deepEqual([rules.signUps, rules.idleMinutes], [false, 60]);
  await set('platform_status', 'asleep');
  assert.equal(settings.current().status, 'operational');
  settings.close();
});

test('tries before a lock are as many as the settings say', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  await db.sql(`update public.system_config set value = '2' where key = 'max_login_attempts'`);
  const locked: number[] = [];
  for (let n = 0; n < 3; n++)
    locked.push(await db.database.asService((session) => countTry(session, 'login', 'ada', Date.now())));
  assert.deepEqual(locked, [0, 0, 900]);
});
