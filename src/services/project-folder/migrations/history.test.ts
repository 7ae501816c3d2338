import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitStatements } from '#kernel/postgres/statements.ts';
import type { MigrationFile } from './files.ts';
import { planHistory } from './history.ts';

const file = (version: string, sql: string): MigrationFile => ({
  label: `migrations/${version}_x.sql`,
  version,
  name: 'x',
  sql,
  statements: splitStatements(sql),
});
const row = (version: string, ...statements: string[]) => ({ version, statements });

test('what was applied never runs again, and what is new runs in order', () => {
  const { due, remarks } = planHistory(
    [file('1', 'select 1'), file('2', 'select 2'), file('3', '')],
    [row('1', 'select 1')],
  );
  assert.deepEqual(
    due.map(({ version }) => version),
    ['2', '3'],
  );
  assert.deepEqual(remarks, []);
});

test('a file that was changed after it ran, and one that comes late, are remarked upon', () => {
  const { due, remarks } = planHistory([file('1', ''), file('2', 'select 3')], [row('2', 'select 2')]);
  assert.deepEqual(
    due.map(({ version }) => version),
    ['1'],
  );
  assert.match(remarks[0]!, /1_x\.sql comes before migrations that were applied already/);
  assert.match(remarks[1]!, /2_x\.sql was changed after it had been applied/);
});

test('a file that is gone and a version that stands twice are refused by name', () => {
  assert.throws(() => planHistory([], [row('7')]), /missing: 7/);
  assert.throws(() => planHistory([file('1', ''), file('1', '')], []), /two migrations have the version 1/);
});
