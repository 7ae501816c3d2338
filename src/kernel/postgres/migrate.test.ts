import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createLog } from '#kernel/log.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { type MigrationDone, migrate } from './migrate.ts';

const log = createLog('silent');
let db: TestDatabase;
let folder: string;

before(async () => {
  db = await testDatabase();
});
after(() => db.close());
beforeEach(async (context) => {
  folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  (context as { after?: (work: () => void) => void }).after?.(() => rmSync(folder, { recursive: true }));
  await db.sql('drop schema public cascade');
  await db.sql('create schema public');
  await db.sql('delete from freehold.migrations');
});

function write(files: Record<string, string>): void {
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(folder, name), sql);
}

const run = (onFile?: (file: MigrationDone, total: number) => void) =>
  migrate({ owner: db.owner, migrations: [{ ledger: 'shop', folder: pathToFileURL(`${folder}/`) }], log, onFile });

test('files run once, in order, and policies run after them and again whenever they change', async () => {
  write({
    '0002_rows.sql': 'insert into item values (1), (2);',
    '0001_item.sql': 'create table item (id int primary key);',
    'policies.sql': 'create or replace view seen as select 1 as n;',
  });
  const told: string[] = [];
  await run((file, total) => told.push(`${file.name} of ${total}`));
  assert.deepEqual(told, ['0001_item.sql of 3', '0002_rows.sql of 3', 'policies.sql of 3']);
  assert.deepEqual(await run(), []);
  write({
    'policies.sql': 'create or replace view seen as select 2 as n;',
    '0003_more.sql': 'insert into item values (3);',
  });
  assert.deepEqual(
    (await run()).map((file) => file.name),
    ['0003_more.sql', 'policies.sql'],
  );
  assert.deepEqual(await db.sql('select count(*)::int as items, (select n from seen) from item'), [{ items: 3, n: 2 }]);
  const ledger = await db.sql(
    'select ledger, name, length(sha256) as digits, ms >= 0 as timed from freehold.migrations order by name',
  );
  assert.deepEqual(ledger[0], { ledger: 'shop', name: '0001_item.sql', digits: 64, timed: true });
  assert.equal(ledger.length, 4);
});

test('a changed old file is refused by name and nothing runs', async () => {
  write({ '0001_item.sql': 'create table item (id int);' });
  await run();
  write({ '0001_item.sql': 'create table item (id bigint);', '0002_next.sql': 'create table next (id int);' });
  await assert.rejects(run(), /shop\/0001_item\.sql was changed/);
  assert.deepEqual(await db.sql("select to_regclass('next') as next"), [{ next: null }]);
});

test('line ends of Windows do not count as a change', async () => {
  write({ '0001_item.sql': 'create table item (\n  id int\n);\n' });
  await run();
  write({ '0001_item.sql': 'create table item (\r\n  id int\r\n);\r\n' });
  assert.deepEqual(await run(), []);
});

test('a missing old file and a new file before an applied one are refused by name', async () => {
  write({ '0001_item.sql': 'create table item (id int);', '0005_more.sql': 'create table more (id int);' });
  await run();
  write({ '0003_between.sql': 'select 1;' });
  await assert.rejects(run(), /shop\/0003_between\.sql is new but comes before 0005_more\.sql/);
  rmSync(join(folder, '0003_between.sql'));
  rmSync(join(folder, '0001_item.sql'));
  await assert.rejects(run(), /shop\/0001_item\.sql was applied to this database but its file is missing/);
});

test('names outside the order are refused: wrong form and a number that is used twice', async () => {
  write({ '1_item.sql': 'select 1;' });
  await assert.rejects(run(), /shop\/1_item\.sql is not named NNNN_name\.sql/);
  rmSync(join(folder, '1_item.sql'));
  write({ '0001_a.sql': 'select 1;', '0001_b.sql': 'select 1;' });
  await assert.rejects(run(), /shop\/0001_b\.sql has a number that another file has/);
});

test('a failing file leaves nothing behind, keeps the files before it, and says file, line and SQLSTATE', async () => {
  write({
    '0001_item.sql': 'create table item (id int primary key);',
    '0002_bad.sql': 'create table half (id int);\n\n-- why\ninsert into item\n  values (nonsense);\n',
  });
  await assert.rejects(run(), /shop\/0002_bad\.sql failed at line 5: .*nonsense.*\(SQLSTATE 42703\)/);
  assert.deepEqual(await db.sql("select to_regclass('half') as half, to_regclass('item')::text as item"), [
    { half: null, item: 'item' },
  ]);
  write({ '0002_bad.sql': 'create table half (id int);' });
  assert.deepEqual(
    (await run()).map((file) => file.name),
    ['0002_bad.sql'],
  );
});

test('a failure without a position has the line of its statement', async () => {
  write({
    '0001_twice.sql':
      'create table item (id int primary key);\n\ninsert into item values (1);\n\ninsert into item\nvalues (1);\nselect 1;',
  });
  await assert.rejects(run(), /0001_twice\.sql failed at line 5: duplicate key.*SQLSTATE 23505/);
});

test('a deferred constraint that fails is reported with its file, not at the commit', async () => {
  write({
    '0001_deferred.sql':
      'create table a (id int primary key);\ncreate table b (a int references a deferrable initially deferred);\ninsert into b values (7);',
  });
  await assert.rejects(run(), /0001_deferred\.sql failed at line 3: .*foreign key.*SQLSTATE 23503/);
});

test('a file may not end its own transaction', async () => {
  for (const statement of ['commit', 'COMMIT AND CHAIN', 'begin', 'rollback', "prepare transaction 'x'"]) {
    write({ '0001_item.sql': `create table item (id int);\n${statement};` });
    await assert.rejects(run(), /shop\/0001_item\.sql line 2 controls the transaction/, statement);
  }
  write({ '0001_item.sql': "savepoint s; rollback to s; do $$ begin perform 'commit;'; end $$;" });
  assert.equal((await run()).length, 1);
});

test('two processes that migrate at the same moment apply each file once', async () => {
  write({ '0001_item.sql': 'create table item (id int);', '0002_more.sql': 'insert into item values (1);' });
  const runs = await Promise.all([run(), run(), run()]);
  assert.equal(runs.flat().length, 2);
  assert.deepEqual(await db.sql('select count(*)::int as n from item'), [{ n: 1 }]);
});
