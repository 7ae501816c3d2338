import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adaptStatement, runsInOneTransaction } from './adapt-statement.ts';

const ADAPTED: readonly [given: string, run: string][] = [
  [`alter database postgres set timezone to 'UTC'`, `alter database mine set timezone to 'UTC'`],
  [`ALTER DATABASE "postgres" SET "app.x" = 'y'`, `ALTER DATABASE mine SET "app.x" = 'y'`],
  ['grant connect on database postgres to reader', 'grant connect on database mine to reader'],
  [`comment on database postgres is 'x'`, `comment on database mine is 'x'`],
  [
    `alter role authenticator set pgrst.db_plan_enabled = 'true'`,
    `alter role authenticator in database mine set pgrst.db_plan_enabled = 'true'`,
  ],
  [
    'alter role "authenticator" reset pgrst.db_plan_enabled',
    'alter role "authenticator" in database mine reset pgrst.db_plan_enabled',
  ],
];
const LEFT = [
  'alter database postgres_old set x = 1',
  'alter role anon set statement_timeout = 1000',
  `insert into notes values ('alter database postgres set x')`,
  'alter role authenticator with noinherit',
  'grant select on postgres to reader',
];

test('statements about the server’s database and login role are meant for the project’s own', () => {
  for (const [given, run] of ADAPTED) assert.equal(adaptStatement(given, 'mine'), run);
});

test('a database with an unusual name is quoted', () => {
  assert.equal(
    adaptStatement('alter database postgres reset all', 'my "$1" app'),
    'alter database "my ""$1"" app" reset all',
  );
});

test('other statements run as they are', () => {
  for (const text of LEFT) assert.equal(adaptStatement(text, 'mine'), text);
});

test('a file runs in one transaction unless a statement of it cannot', () => {
  const inOne = (...texts: string[]) => runsInOneTransaction(texts.map((text) => ({ text })));
  assert.ok(inOne('create table a (b int)', 'create index on a (b)', 'rollback to here', 'reindex table a'));
  for (const text of [
    'begin',
    'COMMIT',
    'start transaction',
    'create index concurrently i on a (b)',
    'CREATE UNIQUE INDEX CONCURRENTLY i on a (b)',
    'vacuum a',
    'alter system set x = 1',
  ])
    assert.ok(!inOne('select 1', text), text);
});
