import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OperatorError } from '#kernel/errors.ts';
import { createJobQueue } from '#kernel/jobs/queue.ts';
import { createLog } from '#kernel/log.ts';
import { authenticatorTarget, bootstrap } from '#kernel/postgres/bootstrap.ts';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import { migrate } from '#kernel/postgres/migrate.ts';
import { checkServer, describeReport, requireUsable } from '#kernel/postgres/preflight.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import { kurzora } from '#products/kurzora/product.ts';
import { type ExternalServer, externalServer, skipExternal } from './server.ts';

const log = createLog('silent');
let server: ExternalServer;

before(async () => {
  if (!skipExternal) server = await externalServer();
});
after(async () => {
  await server?.[Symbol.asyncDispose]();
});

/** Everything a start does with the database, short of the product's own data. */
async function install(owner: ConnectionTarget): Promise<void> {
  requireUsable(await checkServer(owner));
  await bootstrap({ owner, authenticatorPassword: 'pass' });
  await migrate({ owner, migrations: kurzora.migrations, log });
  await (await createJobQueue({ owner, jobs: [], log })).close();
  const target = authenticatorTarget(owner, 'pass');
  const database = openDatabase({ target, poolSize: 1, statementTimeoutMs: 10_000, log });
  try {
    for (const role of ['anon', 'authenticated', 'service_role'])
      assert.deepEqual(await database.as({ role, claims: {} }, (s) => s.query('select current_user::text as role')), [
        { role },
      ]);
    await database.asService((s) =>
      s.query("select market.ensure_partitions('files', 'daily', '2020-01-01', '2021-12-31')"),
    );
  } finally {
    await database.close();
  }
}

/** The four roles belong to the server: each case starts without them. */
async function emptied(setUp: readonly string[]): Promise<ConnectionTarget> {
  await server.sql('drop database if exists shop with (force)');
  for (const role of [
    'authenticator',
    'freehold_services',
    'anon',
    'authenticated',
    'service_role',
    'shop_owner',
    'stranger',
  ])
    await server.sql(`drop role if exists ${role}`);
  await server.sql("create role shop_owner login password 'pass'");
  await server.sql('create role stranger');
  await server.sql('create database shop');
  for (const text of setUp) await server.sql(text, 'shop');
  return { ...server.admin, user: 'shop_owner', password: 'pass', database: 'shop' };
}

const FULL = [
  'alter role shop_owner createrole bypassrls',
  'alter database shop owner to shop_owner',
  'create role service_role nologin noinherit bypassrls',
];

/** What the administrator has done -> what the report names as fatal, or nothing. */
const CASES: Readonly<Record<string, { setUp: readonly string[]; fatal: readonly RegExp[] }>> = {
  'a superuser': { setUp: ['alter role shop_owner superuser'], fatal: [] },
  'an owner with CREATEROLE and a service_role made for it': { setUp: FULL, fatal: [] },
  'an owner that may not create roles': {
    setUp: [...FULL, 'alter role shop_owner nocreaterole'],
    fatal: [/CREATEROLE/],
  },
  'an owner without a service_role': { setUp: FULL.slice(0, 2), fatal: [/service_role/] },
  'an owner whose service_role does not bypass': {
    setUp: [...FULL, 'alter role service_role nobypassrls'],
    fatal: [/service_role/],
  },
  'a role that may not create in the database': {
    setUp: [...FULL, 'alter database shop owner to admin'],
    fatal: [/CREATE on the database/, /schema public/],
  },
  'a role that may not create in public': {
    setUp: [...FULL, 'alter schema public owner to admin'],
    fatal: [/schema public/],
  },
  'a role with nothing': {
    setUp: [],
    fatal: [/CREATEROLE/, /service_role/, /CREATE on the database/, /schema public/],
  },
  'roles that somebody else made, and no CREATEROLE': {
    setUp: [
      ...FULL,
      'create role anon; create role authenticated; create role authenticator login noinherit',
      'alter role shop_owner nocreaterole',
    ],
    fatal: [/authenticator/],
  },
  'an auth schema that belongs to somebody else': {
    setUp: [...FULL, 'create schema auth authorization stranger'],
    fatal: [/auth/],
  },
  'a freehold schema that belongs to somebody else': {
    setUp: [...FULL, 'create schema freehold authorization stranger'],
    fatal: [/freehold/],
  },
  'the schemas are there, and nothing more may be created': {
    setUp: [
      ...FULL,
      'alter database shop owner to admin',
      'create schema freehold authorization shop_owner; create schema auth authorization shop_owner; create schema extensions authorization shop_owner',
      'grant create on schema public to shop_owner with grant option',
    ],
    fatal: [/CREATE on the database/],
  },
};

for (const [title, { setUp, fatal }] of Object.entries(CASES))
  test(`${title}: the report is complete, and its SQL is enough to install`, { skip: skipExternal }, async () => {
    const owner = await emptied(setUp);
    const report = await checkServer(owner);
    const found = report.findings.filter((finding) => finding.fatal);
    assert.deepEqual(
      fatal.map((expected) => found.some(({ missing }) => expected.test(missing))),
      fatal.map(() => true),
      describeReport(report),
    );
    if (fatal.length === 0) assert.deepEqual(found, []);
    else assert.throws(() => requireUsable(report), OperatorError);
    for (const { sql } of found) await server.sql(sql, 'shop');
    await install(owner);
    await install(owner);
  });
