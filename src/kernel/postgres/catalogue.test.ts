import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { checkCatalogue } from './catalogue.ts';

let db: TestDatabase;
before(async () => {
  db = await testDatabase();
  await db.sql(`
    create schema guarded;
    create table guarded.good (id int);
    alter table guarded.good enable row level security, force row level security;
    create policy read on guarded.good for select using (true);
    create table guarded.log (id int, at date) partition by range (at);
    alter table guarded.log enable row level security, force row level security;
    create table guarded.log_2026 partition of guarded.log for values from ('2026-01-01') to ('2027-01-01');
    alter table guarded.log_2026 enable row level security, force row level security;
  `);
});
after(() => db.close());

const check = (exceptions?: Record<string, string>) =>
  checkCatalogue({ owner: db.owner, schemas: ['guarded'], exceptions });

test('a table without a policy is a fault until it is a named exception; a closed partition needs none', async () => {
  assert.deepEqual(await check(), { tables: 3, faults: [{ table: 'guarded.log', missing: ['policy'] }] });
  assert.deepEqual(await check({ 'guarded.log': 'written by the server only' }), { tables: 3, faults: [] });
});

test('it fails on each thing that can be missing, partitions included', async () => {
  await db.sql('create table guarded.open (id int)');
  await db.sql(
    "create table guarded.log_2027 partition of guarded.log for values from ('2027-01-01') to ('2028-01-01')",
  );
  await db.sql('alter table guarded.good no force row level security');
  const { faults } = await check({ 'guarded.log': 'written by the server only' });
  assert.deepEqual(faults, [
    { table: 'guarded.good', missing: ['forced'] },
    { table: 'guarded.log_2027', missing: ['enabled', 'forced'] },
    { table: 'guarded.open', missing: ['enabled', 'forced', 'policy'] },
  ]);
});

test('it fails when it finds nothing to check, and when an exception names nothing', async () => {
  await assert.rejects(checkCatalogue({ owner: db.owner, schemas: ['nowhere'] }), /hold no table to check/);
  await assert.rejects(checkCatalogue({ owner: db.owner, schemas: [] }), /hold no table to check/);
  await assert.rejects(check({ 'guarded.gone': 'was removed' }), /names no table/);
});
