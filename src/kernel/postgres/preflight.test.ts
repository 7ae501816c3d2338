import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { OperatorError } from '../errors.ts';
import { createLog } from '../log.ts';
import { bootstrap } from './bootstrap.ts';
import { type Cluster, startCluster } from './cluster.ts';
import type { ConnectionTarget } from './database.ts';
import { withOwner } from './owner.ts';
import { checkServer, describeReport, requireUsable } from './preflight.ts';
import { type Facts, findingsOf } from './preflight-findings.ts';

let folder: string;
let cluster: Cluster;
let owner: ConnectionTarget;

const asSuperuser = (sql: string, database = 'shop') =>
  withOwner({ ...cluster.target, database }, (client) => client.query(sql));

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'freehold-preflight-'));
  cluster = await startCluster({ folder, log: createLog('silent'), settings: { fsync: 'off', wal_level: 'replica' } });
  await asSuperuser(`create role "O'Brien" login password 'x'`, 'postgres');
  await asSuperuser('create database shop', 'postgres');
  owner = { ...cluster.target, database: 'shop', user: "O'Brien", password: 'x' };
});
after(async () => {
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a superuser lacks nothing that is fatal', async () => {
  const report = await checkServer({ ...cluster.target, database: 'shop' });
  assert.equal(report.major, 18);
  assert.deepEqual(
    report.findings.map(({ missing, fatal }) => [missing, fatal]),
    [['wal_level=logical (it is replica)', false]],
  );
  requireUsable(report);
});

test('an ordinary role is told everything it lacks at once, and the SQL that it is told is enough to bootstrap', async () => {
  const report = await checkServer(owner);
  const fatal = report.findings.filter((finding) => finding.fatal);
  assert.equal(fatal.length, 4, describeReport(report));
  assert.throws(
    () => requireUsable(report),
    (error) => error instanceof OperatorError && fatal.every(({ sql }) => error.message.includes(sql.split('\n')[0]!)),
  );
  for (const { sql } of fatal) await asSuperuser(sql);
  requireUsable(await checkServer(owner));
  await bootstrap({ owner, authenticatorPassword: 'y' });
  requireUsable(await checkServer(owner));
});

test('on Postgres 15 the role that bypasses row level security is to be made by a superuser', () => {
  const facts: Facts = {
    version: '15.9',
    version_num: 150_009,
    standby: false,
    encoding: 'UTF8',
    user: 'o',
    database: 'd',
    superuser: false,
    createrole: true,
    bypassrls: true,
    replication: true,
    create_in_database: true,
    create_in_public: true,
    missing_schemas: ['auth'],
    foreign_schemas: [],
    missing_roles: ['service_role'],
    foreign_roles: ['anon'],
    service_role_bypasses: false,
    missing_memberships: [],
    wal_level: 'logical',
    slots: 10,
    senders: 10,
    user_identifier: 'o',
    database_identifier: 'd',
  };
  assert.deepEqual(
    findingsOf(facts, 15).map(({ sql }) => sql),
    ['create role service_role nologin noinherit bypassrls;'],
  );
  assert.deepEqual(findingsOf(facts, 16), []);
});

test('a server that cannot be used is told apart: wrong password, no such database, nobody there', async () => {
  const refused = (target: ConnectionTarget, reason: RegExp) =>
    assert.rejects(checkServer(target), (error) => error instanceof OperatorError && reason.test(error.message));
  await refused({ ...cluster.target, password: 'wrong' }, /refuses the login of "postgres"/);
  await refused({ ...cluster.target, database: 'nowhere' }, /has no database "nowhere"/);
  await refused({ ...cluster.target, host: '127.0.0.1', port: 1 }, /127\.0\.0\.1:1 cannot be reached/);
  await refused({ ...cluster.target, host: 'no-such-host.invalid' }, /host "no-such-host.invalid" is not known/);
});
