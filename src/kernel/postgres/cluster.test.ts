import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createLog } from '../log.ts';
import { openSecrets } from '../secrets.ts';
import { targetOf } from './cluster/adopt.ts';
import {
  folderWithCluster,
  IS_ROOT,
  killed,
  NOBODY,
  query,
  runs,
  start,
  startHolder,
  temporaryFolder,
  until,
} from './cluster/testing.ts';
import { claimFolder, startCluster } from './cluster.ts';
import { withOwner } from './owner.ts';

const log = createLog('silent');

test('a first start makes the cluster, a stop ends it, and the next start finds the data', async (t) => {
  const folder = temporaryFolder(t);
  const first = await start(folder);
  await query(first.target, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.stop();
  assert.equal(runs(folder, first.pid), false);
  const second = await start(folder);
  assert.deepEqual(await query(second.target, 'SELECT answer FROM kept'), [{ answer: 42 }]);
});

test('the server listens on its socket only, replicates logically, keeps UTF-8 and asks for the password', async (t) => {
  const folder = await folderWithCluster(t);
  const cluster = await start(folder, {});
  const [settings] = await query(
    cluster.target,
    `SELECT current_setting('listen_addresses') AS listen, current_setting('wal_level') AS wal, current_setting('fsync') AS fsync,
            current_setting('server_encoding') AS encoding, upper('é') AS upper`,
  );
  assert.deepEqual(settings, { listen: '', wal: 'logical', fsync: 'on', encoding: 'UTF8', upper: 'É' });
  assert.equal(statSync(join(folder, 'secrets.json')).mode & 0o777, 0o600);
  await assert.rejects(query({ ...cluster.target, password: 'guess' }, 'SELECT 1'), { code: '28P01' });
  assert.ok(readdirSync(join(folder, 'postgres', 'log')).length > 0);
});

test('a folder whose socket path is too long gets loopback on a free port', async (t) => {
  const folder = await folderWithCluster(t, 'd'.repeat(100));
  const cluster = await start(folder);
  assert.equal(cluster.target.host, '127.0.0.1');
  const [settings] = await query(cluster.target, `SELECT current_setting('listen_addresses') AS listen`);
  assert.deepEqual(settings, { listen: '127.0.0.1' });
});

test('the second user adopts the server, and the last to leave stops it', async (t) => {
  const folder = await folderWithCluster(t);
  const first = await start(folder);
  const second = await start(folder);
  assert.deepEqual([first.adopted, second.adopted, second.pid], [false, true, first.pid]);
  await first.stop();
  assert.deepEqual(await query(second.target, 'SELECT 1 AS one'), [{ one: 1 }]);
  await second.stop();
  assert.equal(runs(folder, second.pid), false);
});

test('two starts at the same moment end up with one server', async (t) => {
  const folder = temporaryFolder(t);
  const clusters = await Promise.all([start(folder), start(folder), start(folder)]);
  assert.equal(new Set(clusters.map(({ pid }) => pid)).size, 1);
  assert.equal(clusters.filter(({ adopted }) => !adopted).length, 1);
});

test('a server whose Node was killed is adopted, and stopped by who adopted it', async (t) => {
  const folder = await folderWithCluster(t);
  const holder = await startHolder(t, folder, 'wait');
  await killed(holder);
  const cluster = await start(folder);
  assert.deepEqual([cluster.adopted, cluster.pid], [true, holder.said.server]);
  await cluster.stop();
  assert.equal(runs(folder, cluster.pid), false);
});

for (const end of ['exit', 'throw'] as const)
  test(`a process that ends by ${end === 'exit' ? 'process.exit' : 'an uncaught error'} leaves no server behind`, async (t) => {
    const folder = await folderWithCluster(t);
    const holder = await startHolder(t, folder, end);
    await until(() => !runs(folder, holder.said.server));
  });

test('a killed Postgres comes back by itself with every committed row', async (t) => {
  const folder = await folderWithCluster(t);
  const cluster = await start(folder, {});
  await query(cluster.target, 'CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n');
  const { pid } = cluster;
  process.kill(pid, 'SIGKILL');
  await until(() => cluster.pid !== pid);
  assert.deepEqual(await query(cluster.target, 'SELECT count(*)::int AS rows FROM kept'), [{ rows: 1000 }]);
});

test('after Node and Postgres were both killed the next start recovers every committed row', async (t) => {
  const folder = await folderWithCluster(t);
  const holder = await startHolder(t, folder, 'wait');
  const password = openSecrets(folder, 'development').obtain('postgresPassword');
  const target = targetOf(join(folder, 'postgres'), { port: 5432, hasSocket: true }, password);
  await query(target, 'CREATE TABLE kept AS SELECT 7 AS n');
  await killed(holder);
  process.kill(holder.said.server ?? 0, 'SIGKILL');
  const cluster = await start(folder);
  assert.deepEqual(await query(cluster.target, 'SELECT n FROM kept'), [{ n: 7 }]);
});

test('a stop breaks off a transaction that nobody finishes', async (t) => {
  const folder = await folderWithCluster(t);
  const cluster = await start(folder);
  const outcome = withOwner(cluster.target, async (client) => {
    await client.query('BEGIN');
    await query(cluster.target, 'CREATE TABLE before_stop ()');
    const sleep = assert.rejects(client.query('SELECT pg_sleep(600)'), /terminat/);
    await cluster.stop();
    await sleep;
  });
  await outcome;
  assert.equal(runs(folder, cluster.pid), false);
});

test('a lost password is replaced by a new one', async (t) => {
  const folder = await folderWithCluster(t);
  const first = await start(folder);
  await query(first.target, 'CREATE TABLE kept AS SELECT 1 AS n');
  await first.stop();
  writeFileSync(join(folder, 'secrets.json'), '{}');
  const second = await start(folder);
  assert.notEqual(second.target.password, first.target.password);
  assert.deepEqual(await query(second.target, 'SELECT n FROM kept'), [{ n: 1 }]);
});

test('what an interrupted first start left is cleared away', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'postgres.new-1', 'base'), { recursive: true });
  await start(folder);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('new')),
    [],
  );
});

test('a start that is called off leaves neither server nor half a cluster', async (t) => {
  const folder = temporaryFolder(t);
  const calledOff = new AbortController();
  const starting = startCluster({ folder, log, signal: calledOff.signal });
  await until(() => readdirSync(folder).some((name) => name.startsWith('postgres.new-')));
  calledOff.abort();
  await assert.rejects(starting, { name: 'AbortError' });
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('postgres')),
    [],
  );
});

test('a second server on the folder is refused with the pid of the first, until that one is gone', async (t) => {
  const folder = temporaryFolder(t);
  const holder = await startHolder(t, folder, 'claim');
  await assert.rejects(claimFolder(folder), new RegExp(`another freehold \\(pid ${holder.process.pid}, since`));
  await killed(holder);
  const claim = await claimFolder(folder);
  await assert.rejects(claimFolder(folder), new RegExp(`pid ${process.pid}`));
  claim.release();
  (await claimFolder(folder)).release();
});

/** A data folder of its own for an unprivileged user, below one that everybody can walk through. */
function folderOfNobody(t: TestContext): string {
  const folder = temporaryFolder(t, 'own');
  chmodSync(dirname(folder), 0o755);
  mkdirSync(folder);
  chownSync(folder, NOBODY.uid, NOBODY.gid);
  return folder;
}

test('an ordinary user runs Postgres as that user', {
  skip: !IS_ROOT && 'this is an ordinary user anyway',
}, async (t) => {
  const folder = folderOfNobody(t);
  const holder = await startHolder(t, folder, 'exit', NOBODY).catch(() => undefined);
  if (!holder) return t.skip('the checkout is closed to other users');
  assert.equal(holder.said.error, undefined);
  assert.equal(statSync(join(folder, 'postgres')).uid, NOBODY.uid);
  await until(() => !runs(folder, holder.said.server));
});

test('root on the folder of an ordinary user does not lock that user out', {
  skip: !IS_ROOT && 'only root can do that',
}, async (t) => {
  const folder = folderOfNobody(t);
  const byRoot = await start(folder);
  assert.equal(statSync(join(folder, 'postgres')).uid, NOBODY.uid);
  const holder = await startHolder(t, folder, 'wait', NOBODY).catch(() => undefined);
  if (!holder) return t.skip('the checkout is closed to other users');
  assert.deepEqual(holder.said, { server: byRoot.pid, adopted: true });
  await killed(holder);
});
