import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { OperatorError } from '../../errors.ts';
import { classify } from './failures.ts';
import { folderWithCluster, IS_ROOT, NOBODY, query, start, startHolder, temporaryFolder } from './testing.ts';

/** The start fails, in words that match, with a remedy. */
const refused = (starting: Promise<unknown>, words: RegExp) =>
  assert.rejects(starting, (error) => {
    assert.ok(error instanceof OperatorError, String(error));
    assert.match(error.message, words);
    return Boolean(error.remedy);
  });

test('a taken port is named as such', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  const folder = await folderWithCluster(t);
  await refused(start(folder, { port: String(port) }), new RegExp(`port is taken.*port ${port}`, 's'));
});

test('a cluster without its control file, or with a broken one, is called damaged', async (t) => {
  const folder = await folderWithCluster(t);
  const control = join(folder, 'postgres', 'global', 'pg_control');
  const whole = readFileSync(control);
  writeFileSync(control, Buffer.alloc(whole.length, 7));
  await refused(start(folder), /damaged|made by another version/);
  rmSync(control);
  await refused(start(folder), /is damaged or incomplete\n.*pg_control is missing/);
});

test('a cluster whose log was lost is called damaged', async (t) => {
  const folder = await folderWithCluster(t);
  const wal = join(folder, 'postgres', 'pg_wal');
  for (const file of readdirSync(wal)) if (/^[0-9A-F]{24}$/.test(file)) truncateSync(join(wal, file), 0);
  await refused(start(folder), /is damaged or incomplete/);
});

test('a folder that holds something else is left as it is', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'postgres'));
  writeFileSync(join(folder, 'postgres', 'thesis.txt'), 'years of work');
  await refused(start(folder), /is damaged or incomplete\n.*PG_VERSION is missing/);
  assert.deepEqual(readdirSync(join(folder, 'postgres')), ['thesis.txt']);
});

test('a cluster of another major version is named with both versions', async (t) => {
  const folder = await folderWithCluster(t);
  writeFileSync(join(folder, 'postgres', 'PG_VERSION'), '16\n');
  await refused(start(folder), /is of Postgres 16; this Freehold runs 18/);
});

test('a setting that Postgres does not take is named', async (t) => {
  const folder = await folderWithCluster(t);
  writeFileSync(join(folder, 'postgres', 'postgresql.conf'), "include = 'freehold.conf'\nwork_mem = 'plenty'\n");
  await refused(start(folder), /does not accept a setting[\s\S]*work_mem/);
});

test('what an operator sets in postgresql.conf wins over our sizes, but not over where the server listens', async (t) => {
  const folder = await folderWithCluster(t);
  const conf = "include = 'freehold.conf'\nwork_mem = '3MB'\nlisten_addresses = '*'\n";
  writeFileSync(join(folder, 'postgres', 'postgresql.conf'), conf);
  const { target } = await start(folder);
  assert.deepEqual(
    await query(target, `SELECT current_setting('work_mem') AS mem, current_setting('listen_addresses') AS listen`),
    [{ mem: '3MB', listen: '' }],
  );
});

test('a data folder that is a file is named as such', async (t) => {
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  await refused(start(file), /is not a folder/);
});

test('a folder of somebody else is named with both users', async (t) => {
  if (!IS_ROOT) {
    const folder = temporaryFolder(t);
    mkdirSync(join(folder, 'closed'), { mode: 0o000 });
    return refused(start(join(folder, 'closed')), /may not be read and written by this user/);
  }
  const folder = await folderWithCluster(t);
  chmodSync(folder, 0o755);
  const holder = await startHolder(t, folder, 'wait', NOBODY).catch(() => undefined);
  if (!holder) return t.skip('the checkout is closed to other users');
  assert.match(holder.said.error ?? '', /may not be read and written by this user \(uid 65534; it belongs to uid 0\)/);
});

test('a pid file whose number another program of the same user got since does not stop a start', async (t) => {
  const folder = await folderWithCluster(t);
  const first = await start(folder);
  const pidFile = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8');
  await first.stop();
  const { uid, gid } = statSync(join(folder, 'postgres'));
  const bystander = spawn('sleep', ['600'], { uid, gid });
  t.after(() => bystander.kill('SIGKILL'));
  await new Promise((resolve) => bystander.once('spawn', resolve));
  const stale = pidFile.replace(/^\d+/, String(bystander.pid));
  for (const name of ['postmaster.pid', '.s.PGSQL.5432.lock']) {
    writeFileSync(join(folder, 'postgres', name), stale);
    chownSync(join(folder, 'postgres', name), uid, gid);
  }
  const second = await start(folder);
  assert.equal(second.adopted, false);
  assert.equal(bystander.exitCode, null);
});

test('a full disk is named as such, before and after the cluster is made', async (t) => {
  let disk = '';
  t.after(() => spawnSync('umount', [disk]));
  disk = temporaryFolder(t);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=90m', 'tmpfs', disk]);
  if (mounted.status !== 0) return t.skip('only root can mount a small disk');
  const filler = join(disk, 'filler');
  writeFileSync(filler, Buffer.alloc(80 << 20));
  await refused(start(disk), /the disk is full/);
  rmSync(filler);
  cpSync(await folderWithCluster(t), disk, { recursive: true });
  const fill = spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k']);
  assert.match(fill.stderr.toString(), /No space left/);
  await refused(start(disk), /the disk is full/);
});

test('messages of Postgres are classified', () => {
  const messages = {
    'FATAL:  could not map anonymous shared memory: Cannot allocate memory': 'memory',
    'FATAL:  pre-existing shared memory block (key 16039946, ID 18) is still in use': 'orphans',
    'PANIC:  could not write to file "pg_wal/xlogtemp.9": No space left on device': 'disk-full',
    'FATAL:  data directory "x" has wrong ownership': 'unreadable',
    'LOG:  could not bind Unix address "./.s.PGSQL.5432": Operation not supported': 'no-socket',
    'LOG:  database system was shut down': 'unknown',
  };
  for (const [text, kind] of Object.entries(messages)) assert.equal(classify(text), kind, text);
});

test('a folder where none can be made is refused', {
  skip: process.platform !== 'linux' && 'there is no /proc',
}, async () => {
  await refused(start('/proc/nothing/deep'), /cannot be made there/);
});
