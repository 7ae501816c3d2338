import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { BlobLocation } from '#services/storage/api.ts';
import { type StorageServer, storageServer } from './storage-server.ts';

/** The S3 that keeps the bytes is this storage's own, on a database of its own. */
let keeper: StorageServer;
let location: Extract<BlobLocation, { kind: 's3' }>;
let s: StorageServer;

before(async () => {
  keeper = await storageServer();
  await keeper.service.createBucket('blobs');
  const { accessKeyId, secretAccessKey } = keeper.storage.s3Keys;
  const region = 'local';
  location = {
    kind: 's3',
    endpoint: `${keeper.url}/storage/v1/s3`,
    bucket: 'blobs',
    region,
    accessKeyId,
    secretAccessKey,
    prefix: 'one/',
  };
  s = await storageServer({ storage: { blobs: location } });
  await s.service.createBucket('b');
});
after(async () => {
  await s[Symbol.asyncDispose]();
  await keeper[Symbol.asyncDispose]();
});

const kept = async () =>
  (await keeper.db.sql<{ name: string }>('select name from storage.objects order by name')).map(({ name }) => name);

test('bytes in S3 are read whole, in part, rendered nowhere on this disk, and go with their row', async () => {
  const files = s.service.from('b');
  const bytes = randomBytes(3_000_000);
  for (const [name, body] of [
    ['large', bytes],
    ['empty', Buffer.alloc(0)],
  ] as const) {
    const { error } = await files.upload(name, body);
    assert.equal(error, null);
    assert.ok(Buffer.from(await (await files.download(name)).data!.arrayBuffer()).equals(body), name);
  }
  assert.ok((await kept()).every((name) => /^one\/[0-9a-f]{2}\/[0-9a-f]{64}$/.test(name)));
  assert.ok(!existsSync(join(s.folder, 'blobs')));
  const { data } = await files.createSignedUrl('large', 60);
  const part = await fetch(data!.signedUrl, { headers: { range: 'bytes=100-199' } });
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(100, 200));
  await files.copy('large', 'copy');
  await files.remove(['large']);
  assert.deepEqual(await s.storage.reconcile({ verify: true }), {
    objects: 2,
    blobs: 2,
    neverUploaded: 0,
    missing: [],
    missingCount: 0,
    removed: 0,
    freedBytes: 0,
  });
  await files.remove(['copy', 'empty']);
  await s.storage.reconcile();
  assert.deepEqual(await kept(), []);
});

test('every blob is copied from one place to the other and back, once', async () => {
  await using disk = await storageServer();
  await disk.service.createBucket('b');
  const files = disk.service.from('b');
  for (const name of ['1', '2', '3']) await files.upload(name, `text ${name}`);
  await files.copy('1', 'same-as-1');
  const onDisk: BlobLocation = { kind: 'disk', folder: join(disk.folder, 'blobs') };
  const other = { ...location, prefix: 'two/' };
  assert.deepEqual(await disk.storage.migrateBlobs(onDisk, other), { copied: 3, bytes: 18, skipped: 1, missing: [] });
  assert.deepEqual(await disk.storage.migrateBlobs(onDisk, other), { copied: 0, bytes: 0, skipped: 4, missing: [] });
  await rm(onDisk.folder, { recursive: true });
  const back = await disk.storage.migrateBlobs(other, onDisk);
  assert.deepEqual([back.copied, back.missing], [3, []]);
  assert.equal(await (await files.download('same-as-1')).data?.text(), 'text 1');
  await rm(onDisk.folder, { recursive: true });
  const none: BlobLocation = { kind: 'disk', folder: join(disk.folder, 'nowhere') };
  assert.equal((await disk.storage.migrateBlobs(none, onDisk)).missing.length, 4);
});
