import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, rm, statfs, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { servicesTarget } from '#kernel/postgres/bootstrap.ts';
import { type StorageServer, storageServer } from './storage-server.ts';

/** Each round ends with a kill at another moment. */
const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 5);
const WRITERS = 6;
const NAMES = 12;
let s: StorageServer;

before(async () => {
  s = await storageServer();
  await s.service.createBucket('b');
});
after(() => s[Symbol.asyncDispose]());

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const children = new Set<ChildProcess>();
after(() => {
  for (const child of children) child.kill('SIGKILL');
});

async function startServer(): Promise<{ child: ChildProcess; url: string }> {
  const target = JSON.stringify(servicesTarget(s.db.owner, s.db.target.password));
  const script = fileURLToPath(new URL('crash-server.fixture.ts', import.meta.url));
  const child = spawn(process.execPath, [script, target, s.folder, 'x'.repeat(32)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  const [port] = await once(createInterface(child.stdout!), 'line');
  return { child, url: `http://127.0.0.1:${port}/storage/v1` };
}

/** What may stand under a name: what was acknowledged last, and what was asked for and never answered. `null` is nothing. */
type Possible = Set<string | null>;

/** Writes, overwrites, copies and deletes its own names until the server is gone. */
async function work(
  url: string,
  writer: number,
  truth: Map<string, Possible>,
  acknowledge: () => void,
): Promise<number> {
  for (let done = 0; ; done++) {
    const name = `w${writer}/${Math.floor(Math.random() * NAMES)}`;
    const possible = truth.get(name) ?? new Set([null]);
    const bytes = randomBytes(Math.random() < 0.2 ? 600_000 : Math.floor(Math.random() * 5000));
    const removes = Math.random() < 0.3;
    const outcome = removes ? null : hashOf(bytes);
    truth.set(name, new Set([...possible, outcome]));
    const init: RequestInit = removes
      ? { method: 'DELETE', body: JSON.stringify({ prefixes: [name] }) }
      : { method: 'PUT', body: bytes };
    const headers = {
      authorization: 'Bearer x',
      'content-type': removes ? 'application/json' : 'application/octet-stream',
    };
    try {
      const answer = await fetch(removes ? `${url}/object/b` : `${url}/object/b/${name}`, { ...init, headers });
      const text = await answer.text();
      assert.equal(answer.status, 200, text);
      truth.set(name, new Set([outcome]));
      acknowledge();
    } catch (error) {
      if ((error as Error).name === 'AssertionError') throw error;
      return done;
    }
  }
}

async function readBack(name: string): Promise<string | null> {
  const { data } = await s.service.from('b').download(name);
  return data ? hashOf(Buffer.from(await data.arrayBuffer())) : null;
}

test(`after kill -9 at ${ROUNDS} moments nothing acknowledged is lost, and rows and bytes agree`, async () => {
  const truth = new Map<string, Possible>();
  let acknowledged = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { child, url } = await startServer();
    // The moment is chance by design, what is checked holds at every one: so many answers have come, and five requests are somewhere.
    let left = 1 + Math.floor(Math.random() * 60);
    const acknowledge = () => {
      if (--left === 0) child.kill('SIGKILL');
    };
    const writers = Array.from({ length: WRITERS }, (_, writer) => work(url, writer, truth, acknowledge));
    acknowledged += (await Promise.all(writers)).reduce((sum, each) => sum + each, 0);
    for (const [name, possible] of truth) {
      const found = await readBack(name);
      assert.ok(possible.has(found), `${name} has ${found}, not ${[...possible]}`);
      truth.set(name, new Set([found]));
    }
  }
  assert.ok(acknowledged >= ROUNDS, `only ${acknowledged} writes were acknowledged`);
  const drift = await s.storage.reconcile({ verify: true });
  assert.deepEqual([drift.missing, drift.neverUploaded], [[], 0]);
  const again = await s.storage.reconcile();
  assert.equal(again.removed, 0);
  const [{ versions } = { versions: -1 }] = await s.db.sql<{ versions: number }>(
    `select count(distinct version)::int as versions from storage.objects`,
  );
  assert.equal(again.blobs, versions);
});

test('what killed uploads left on their way is removed when an hour has passed', async () => {
  const folder = join(s.folder, 'incoming');
  await writeFile(join(folder, 'left-behind'), 'half');
  await writeFile(join(folder, 'on-its-way'), 'half');
  const past = new Date(Date.now() - 2 * 3_600_000);
  await utimes(join(folder, 'left-behind'), past, past);
  await s.storage.reconcile();
  const left = await readdir(folder);
  assert.ok(left.includes('on-its-way') && !left.includes('left-behind'));
  await rm(join(folder, 'on-its-way'));
});

for (const type of ['application/octet-stream', 'multipart/form-data; boundary=b'])
  test(`a cut upload of ${type.split(';')[0]} leaves neither row nor bytes`, async () => {
    const before = await s.storage.reconcile();
    const others = new Set(await readdir(join(s.folder, 'incoming')));
    const leftBehind = async () => (await readdir(join(s.folder, 'incoming'))).filter((name) => !others.has(name));
    const sending = request(`${s.url}/storage/v1/object/b/cut`, {
      method: 'POST',
      headers: { authorization: `Bearer ${s.serviceKey}`, 'content-length': '1000000', 'content-type': type },
    });
    const gone = new Promise((resolve) => sending.on('error', resolve));
    const head = type.startsWith('m') ? '--b\r\nContent-Disposition: form-data; name=""; filename="x"\r\n\r\n' : '';
    sending.write(Buffer.concat([Buffer.from(head), Buffer.alloc(300_000)]), () =>
      sending.destroy(new Error('the line is cut')),
    );
    await gone;
    await s.service.from('b').upload(`after-cut-${type.length}`, 'x');
    let left = await leftBehind();
    // The server hears of the cut a moment after us; each look is a turn of its queue.
    for (let looks = 0; left.length > 0 && looks < 1000; looks++) left = await leftBehind();
    assert.deepEqual(left, []);
    assert.equal((await s.service.from('b').exists('cut')).data, false);
    const after = await s.storage.reconcile();
    assert.deepEqual([after.objects, after.removed], [before.objects + 1, 0]);
  });

test('missing and changed bytes are reported, and rows are left', async () => {
  const files = s.service.from('b');
  await files.upload('lost', 'lost bytes');
  await files.upload('changed', 'right bytes');
  const rows = await s.db.sql<{ name: string; version: string }>(
    `select name, version from storage.objects where name in ('lost', 'changed') order by name`,
  );
  const pathOf = (version: string) => join(s.folder, 'blobs', version.slice(0, 2), version);
  await writeFile(pathOf(rows[0]!.version), 'wrong bytes');
  await rm(pathOf(rows[1]!.version));
  assert.deepEqual((await s.storage.reconcile()).missing, ['b/lost']);
  assert.deepEqual((await s.storage.reconcile({ verify: true })).missing.toSorted(), ['b/changed', 'b/lost']);
  assert.equal((await files.download('lost')).error?.message, 'Object not found');
  assert.equal((await files.exists('lost')).data, true);
  await files.remove(['lost', 'changed']);
});

test('bytes without a row are removed, and told', async () => {
  const name = hashOf(Buffer.from('nobody'));
  await mkdir(join(s.folder, 'blobs', name.slice(0, 2)), { recursive: true });
  await writeFile(join(s.folder, 'blobs', name.slice(0, 2), name), 'nobody');
  const { removed, freedBytes } = await s.storage.reconcile();
  assert.deepEqual([removed, freedBytes], [1, 6]);
});

test('an upload that would leave too little room is refused with 507', async () => {
  const { bavail, bsize } = await statfs(s.folder);
  await using full = await storageServer({ settings: { minimumFreeBytes: bavail * bsize * 2 } });
  await full.service.createBucket('b');
  const { error } = await full.service.from('b').upload('a', 'x');
  assert.deepEqual([error?.status, error?.statusCode], [507, '507']);
  const answer = await fetch(`${full.url}/storage/v1/upload/resumable`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${full.serviceKey}`,
      'tus-resumable': '1.0.0',
      'upload-length': '10',
      'upload-metadata': `bucketName ${btoa('b')},objectName ${btoa('a')}`,
    },
  });
  assert.equal(answer.status, 507);
});
