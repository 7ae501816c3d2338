import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { StorageClient } from '@supabase/storage-js';
import { signed, startSuite, told } from '../suite.ts';

const TESTER = '317eadce-631a-4429-a0bb-f19a7a517b4a';
const ready = await startSuite('storage-js');
const url = `${ready.url}/storage/v1`;
const newName = (() => {
  let serial = 0;
  return (kind: string) => `my-new-${kind}-${++serial}`;
})();

const as = (token: string) => new StorageClient(url, { Authorization: `Bearer ${token}`, apikey: ready.anonKey });

for (const [who, token] of [
  ['the service role', ready.serviceRoleKey],
  ['a user whom the policies let', await signed({ sub: TESTER, role: 'authenticated', aud: 'authenticated' })],
] as const)
  describe(`buckets, as ${who}`, () => {
    const storage = as(token);
    let bucket: string;
    before(async () => {
      bucket = newName('bucket');
      await storage.createBucket(bucket);
    });

    test('the list has what the seed wrote', async () => {
      const { data, error } = await storage.listBuckets();
      assert.equal(error, null);
      const names = data!.map(({ name }) => name);
      for (const name of ['bucket2', 'bucket3', 'bucket4', 'bucket5', bucket]) assert.ok(names.includes(name), name);
      const { created_at, updated_at, ...seeded } = data!.find(({ id }) => id === 'bucket2')! as never as Record<
        string,
        unknown
      >;
      assert.deepEqual(seeded, {
        id: 'bucket2',
        name: 'bucket2',
        owner: '4d56e902-f0a0-4662-8448-a4d9e643c142',
        public: false,
        file_size_limit: null,
        allowed_mime_types: null,
        type: 'STANDARD',
      });
      assert.deepEqual([created_at, updated_at], ['2021-02-17T04:43:32.770Z', '2021-02-17T04:43:32.770Z']);
    });

    test('the list is cut, sorted and searched', async () => {
      const found = async (options: Parameters<StorageClient['listBuckets']>[0]) =>
        (await storage.listBuckets(options)).data!.map(({ name }) => name);
      const sort = { sortColumn: 'name', search: 'bucket', limit: 2 } as const;
      assert.deepEqual(await found({ ...sort, sortOrder: 'asc' }), ['bucket2', 'bucket3']);
      assert.deepEqual(await found({ ...sort, offset: 2, sortOrder: 'asc' }), ['bucket4', 'bucket5']);
      assert.equal((await found({ ...sort, sortOrder: 'desc', limit: 1 }))[0]!.startsWith('my-new-'), true);
      assert.deepEqual(await found({ search: 'no such thing' }), []);
    });

    test('one is got by its id', async () => {
      const { data, error } = await storage.getBucket('bucket2');
      assert.equal(error, null);
      assert.equal(data!.name, 'bucket2');
    });

    test('one that is not there is not found', async () => {
      const { data, error } = await storage.getBucket('not-exist-id');
      assert.equal(data, null);
      assert.deepEqual(told(error), {
        name: 'StorageApiError',
        message: 'Bucket not found',
        status: 400,
        statusCode: '404',
        code: 'NoSuchBucket',
      });
    });

    test('one is made, private unless it is said otherwise', async () => {
      const name = newName('own');
      assert.deepEqual(await storage.createBucket(name), { data: { name }, error: null });
      const { data } = await storage.getBucket(name);
      assert.equal(data!.public, false);
      assert.equal(data!.owner, who === 'the service role' ? '' : TESTER);
      const twice = await storage.createBucket(name);
      assert.deepEqual(
        [twice.error!.message, twice.error!.statusCode, twice.error!.status],
        ['The resource already exists', '409', 400],
      );
    });

    test('one is made public', async () => {
      const name = newName('public');
      await storage.createBucket(name, { public: true });
      const { data } = await storage.getBucket(name);
      assert.deepEqual([data!.name, data!.public], [name, true]);
    });

    test('one is updated, whole and in part', async () => {
      const name = newName('updated');
      await storage.createBucket(name);
      const first = await storage.updateBucket(name, {
        public: true,
        fileSizeLimit: '20mb',
        allowedMimeTypes: ['image/jpeg'],
      });
      assert.deepEqual(first, { data: { message: 'Successfully updated' }, error: null });
      const facts = async () => {
        const { data } = await storage.getBucket(name);
        return [data!.public, data!.file_size_limit, data!.allowed_mime_types];
      };
      assert.deepEqual(await facts(), [true, 20_000_000, ['image/jpeg']]);
      await storage.updateBucket(name, { public: false });
      assert.deepEqual(await facts(), [false, 20_000_000, ['image/jpeg']]);
      await storage.updateBucket(name, { public: false, fileSizeLimit: null, allowedMimeTypes: null });
      assert.deepEqual(await facts(), [false, null, null]);
    });

    test('one is emptied and deleted, in the words of the snapshots', async () => {
      await storage.from(bucket).upload('a.txt', 'a');
      const full = await storage.deleteBucket(bucket);
      assert.deepEqual(
        [full.error!.message, full.error!.statusCode],
        ['The bucket you tried to delete is not empty', '409'],
      );
      const emptied = await storage.emptyBucket(bucket);
      const message = 'Empty bucket has been queued. Completion may take up to an hour.';
      assert.deepEqual(emptied, { data: { message }, error: null });
      assert.deepEqual(await storage.deleteBucket(bucket), { data: { message: 'Successfully deleted' }, error: null });
    });

    test('names that cannot be are refused', async () => {
      const { error } = await storage.createBucket('a/b?');
      assert.deepEqual([error!.message, error!.statusCode], ['Bucket name invalid', '400']);
      const { error: limit } = await storage.createBucket(newName('limit'), { public: false, fileSizeLimit: 'much' });
      assert.equal(limit!.status, 400);
    });
  });

test('who the policies do not let sees no buckets and makes none', async () => {
  const anon = as(ready.anonKey);
  assert.deepEqual((await anon.listBuckets()).data, []);
  assert.equal((await anon.getBucket('bucket2')).error!.message, 'Bucket not found');
  const { error } = await anon.createBucket('by-nobody');
  assert.deepEqual([error!.message, error!.statusCode], ['new row violates row-level security policy', '403']);
});

test('a token that is none is refused', async () => {
  const { error } = await as('not.a.token').listBuckets();
  assert.equal(error!.status, 400);
  assert.equal(error!.statusCode, '403');
});
