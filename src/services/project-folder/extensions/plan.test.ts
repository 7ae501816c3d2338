import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitStatements } from '#kernel/postgres/statements.ts';
import { planExtensions } from './plan.ts';

const AVAILABLE = new Set(['plpgsql', 'pgcrypto', 'uuid-ossp', 'citext']);
const file = (sql: string) => ({ label: 'migrations/1_a.sql', sql, statements: splitStatements(sql) });
const plan = (sql: string, available = AVAILABLE) => planExtensions([file(sql)], available);

test('an extension that is only declared is passed over with a warning, and its schema is there for grants', () => {
  const found = plan(
    'create extension if not exists pg_cron with schema pg_catalog;\ngrant usage on schema cron to postgres;',
  );
  assert.deepEqual(found.faults, []);
  assert.equal(found.warnings.length, 1);
  assert.match(found.warnings[0]!, /pg_cron is not on this server/);
  assert.equal(
    found.instead('create extension if not exists pg_cron with schema pg_catalog'),
    'create schema if not exists cron',
  );
  assert.equal(found.instead(`comment on extension "pg_cron" is 'x'`), '');
});

test('an extension that is used is a fault with its line and the way out', () => {
  const found = plan(
    `create extension pg_cron;\n\n-- cron.schedule in a comment\nselect 'cron.schedule in a text',\n  cron.schedule('a', '* * * * *', 'select 1');`,
  );
  assert.deepEqual(
    found.faults.map(({ label, line, extension }) => [label, line, extension]),
    [['migrations/1_a.sql', 5, 'pg_cron']],
  );
  assert.match(found.faults[0]!.message, /"cron\.schedule" needs the extension pg_cron.*scheduler of the machine/);
});

test('names quoted as dumps quote them are found too', () => {
  const found = plan(`select "vault"."create_secret"('a');`);
  assert.match(found.faults[0]!.message, /"vault\.create_secret" needs the extension supabase_vault/);
});

test('a use inside DO runs at once and is a fault; inside a function it is a warning', () => {
  const body = `$$\nbegin\n  perform vault.create_secret('a');\nend $$`;
  const now = plan(`select 1;\ndo ${body};`);
  assert.deepEqual(
    now.faults.map(({ line, extension }) => [line, extension]),
    [[4, 'supabase_vault']],
  );
  const later = plan(`create function f() returns void language plpgsql as ${body};`);
  assert.deepEqual(later.faults, []);
  assert.match(later.warnings[0]!, /line 3: a function uses "vault\.create_secret".*fails when it is called/);
});

test('vectors are found as types, operator classes and index methods, and not as words', () => {
  const uses = [
    'create table d (e vector(3))',
    'create table d (e extensions.vector)',
    'create table d ("e" "extensions"."vector"(3))',
    'create table d ("e" "extensions"."vector")',
    'create index on d using hnsw (e)',
    'create index on d using btree (e vector_l2_ops)',
  ];
  for (const text of uses) assert.equal(plan(`create extension vector; ${text};`).faults.length, 1, text);
  const others = ['create table vector_sources (id int)', `select 'vector(3)'`, 'create table d (vectors int)'];
  for (const text of others) assert.deepEqual(plan(`create extension vector; ${text};`).faults, [], text);
});

test('an extension that nobody knows is a fault at its declaration', () => {
  const found = plan('select 1;\ncreate extension "my-own" schema extensions;');
  assert.deepEqual(
    found.faults.map(({ line, extension }) => [line, extension]),
    [[2, 'my-own']],
  );
});

test('what the server has runs as it is, whatever it is', () => {
  const found = plan(
    'create extension vector; create table d (e vector(3)); create extension citext;',
    new Set(['vector', 'citext']),
  );
  assert.deepEqual([found.faults, found.warnings], [[], []]);
  assert.equal(found.instead('create extension vector'), undefined);
});

test('a stand-in goes where the extension would have gone, and says what it can', () => {
  const found = plan('create extension postgis schema extensions;');
  assert.match(found.warnings[0]!, /stand-in takes its place: geometries are stored as text/);
  assert.match(found.instead('create extension postgis schema extensions') ?? '', /create type extensions\.geometry/);
});
