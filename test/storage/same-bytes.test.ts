import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StorageServer, storageServer } from './storage-server.ts';

let s: StorageServer;
before(async () => {
  s = await storageServer();
  await s.service.createBucket('b');
});
after(() => s[Symbol.asyncDispose]());

test('the same bytes, written, copied and removed by many at once, are there for every row that names them', async () => {
  const files = s.service.from('b');
  const body = 'the same for all';
  const work = async (worker: number) => {
    for (let round = 0; round < 12; round++) {
      const name = `${worker}-${round}`;
      assert.equal((await files.upload(name, body)).error, null);
      const { error } = await files.copy(name, `${name}-copy`);
      assert.equal(error, null);
      const { data } = await files.download(name);
      assert.equal(await data?.text(), body, name);
      await files.remove([name, `${name}-copy`]);
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, worker) => work(worker)));
  assert.deepEqual(await s.storage.reconcile({ verify: true }), {
    objects: 0,
    blobs: 0,
    neverUploaded: 0,
    missing: [],
    missingCount: 0,
    removed: 0,
    freedBytes: 0,
  });
});

test('many who replace one object leave the bytes of the last and no others', async () => {
  const files = s.service.from('b');
  await Promise.all(Array.from({ length: 20 }, (_, i) => files.upload('contested', `version ${i}`, { upsert: true })));
  assert.match((await (await files.download('contested')).data?.text()) ?? '', /^version \d+$/);
  const drift = await s.storage.reconcile();
  assert.deepEqual([drift.objects, drift.blobs, drift.removed], [1, 1, 0]);
});
