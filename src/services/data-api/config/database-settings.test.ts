import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createLog } from '#kernel/log.ts';
import type { Database } from '#kernel/postgres/database.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { readDatabaseSettings } from './database-settings.ts';

const role = `login_${randomUUID().slice(0, 8)}`;
let db: TestDatabase;
let database: Database;

before(async () => {
  db = await testDatabase();
  await db.sql(`create role ${role} login noinherit password 'p'`);
  const target = { ...db.target, user: role, password: 'p' };
  database = openDatabase({ target, poolSize: 1, statementTimeoutMs: 10_000, log: createLog('error') });
});
after(async () => {
  await database.close();
  await db.sql(`drop owned by ${role}`);
  await db.sql(`drop role ${role}`);
  await db.close();
});

test("the role's settings are read, those for this database first, and no others", async () => {
  await db.sql(`alter role ${role} set pgrst.db_schemas = 'everywhere, other'`);
  await db.sql(`alter role ${role} set pgrst.db_max_rows = '10'`);
  await db.sql(`alter role ${role} in database ${db.target.database} set pgrst.db_schemas = 'here'`);
  await db.sql(`alter role ${role} set pgrst.server_port = '80'`);
  await db.sql(`alter role ${role} set statement_timeout = '5s'`);
  const found = await readDatabaseSettings(database, role);
  assert.deepEqual([...found].sort(), [
    ['db_max_rows', '10'],
    ['db_schemas', 'here'],
  ]);
});

test('what the pre-config function sets wins', async () => {
  await db.sql('create schema "pre config"');
  await db.sql(`grant usage on schema "pre config" to ${role}`);
  await db.sql(`create function "pre config".load() returns void language sql as $$
    select set_config('pgrst.db_schemas', 'from the function', true), set_config('pgrst.jwt_aud', 'me', true) $$`);
  const found = await readDatabaseSettings(database, role, 'pre config.load');
  assert.equal(found.get('db_schemas'), 'from the function');
  assert.equal(found.get('jwt_aud'), 'me');
  assert.equal((await readDatabaseSettings(database, role)).get('jwt_aud'), undefined);
});

test('a pre-config function that is not there is an error, not silence', async () => {
  await assert.rejects(readDatabaseSettings(database, role, 'nowhere'), { code: '42883' });
});
