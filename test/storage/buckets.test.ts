import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StorageServer, storageServer } from './storage-server.ts';

let s: StorageServer;
before(async () => {
  s = await storageServer();
});
after(() => s[Symbol.asyncDispose]());

test('a bucket is made, read, changed, emptied and deleted', async () => {
  const { service } = s;
  assert.deepEqual(
    await service.createBucket('first', { public: false, fileSizeLimit: '20mb', allowedMimeTypes: ['text/*'] }),
    {
      data: { name: 'first' },
      error: null,
    },
  );
  const { data: made } = await service.getBucket('first');
  assert.equal(made?.file_size_limit, 20_000_000);
  assert.deepEqual(made?.allowed_mime_types, ['text/*']);
  assert.equal(made?.type, 'STANDARD');
  assert.match(made!.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual((await service.updateBucket('first', { public: true })).data, { message: 'Successfully updated' });
  const { data: changed } = await service.getBucket('first');
  assert.deepEqual(
    [changed?.public, changed?.file_size_limit, changed?.allowed_mime_types],
    [true, 20_000_000, ['text/*']],
  );
  await service.updateBucket('first', { public: true, fileSizeLimit: null, allowedMimeTypes: null });
  const { data: free } = await service.getBucket('first');
  assert.deepEqual([free?.file_size_limit, free?.allowed_mime_types], [null, null]);

  await service.from('first').upload('a/b.txt', 'text');
  const { error: full } = await service.deleteBucket('first');
  assert.equal(full?.message, 'The bucket you tried to delete is not empty');
  assert.deepEqual((await service.emptyBucket('first')).data, {
    message: 'Empty bucket has been queued. Completion may take up to an hour.',
  });
  assert.deepEqual((await service.deleteBucket('first')).data, { message: 'Successfully deleted' });
  const { error } = await service.getBucket('first');
  assert.equal(error?.message, 'Bucket not found');
  assert.deepEqual([error?.status, error?.statusCode], [400, '404']);
});

test('a name that is taken or cannot be is refused', async () => {
  const { service } = s;
  await service.createBucket('twice');
  const { error } = await service.createBucket('twice');
  assert.deepEqual([error?.message, error?.statusCode], ['The resource already exists', '409']);
  for (const name of ['a/b', 'a\\b', ' a', 'a ', '..', 'ä', 'x'.repeat(101)])
    assert.equal((await service.createBucket(name)).error?.message, 'Bucket name invalid', name);
});

test('buckets are listed in pages, searched and sorted', async () => {
  const { service } = s;
  for (const name of ['list-c', 'list-a', 'list-b']) await service.createBucket(name);
  const names = async (options: Parameters<typeof service.listBuckets>[0]) => {
    const { data, error } = await service.listBuckets({ search: 'LIST-', ...options });
    assert.equal(error, null);
    return data?.map(({ name }) => name);
  };
  assert.deepEqual(await names({}), ['list-a', 'list-b', 'list-c']);
  assert.deepEqual(await names({ sortColumn: 'name', sortOrder: 'desc', limit: 2 }), ['list-c', 'list-b']);
  assert.deepEqual(await names({ sortColumn: 'created_at', offset: 1 }), ['list-a', 'list-b']);
});

test('limits that are none, or above the server’s own, are refused', async () => {
  const { service } = s;
  const { error: size } = await service.createBucket('huge', { public: false, fileSizeLimit: '5gb' });
  assert.deepEqual([size?.message, size?.statusCode], ['The object exceeded the maximum allowed size', '413']);
  assert.equal((await service.createBucket('odd', { public: false, fileSizeLimit: 'many' })).error?.statusCode, '400');
  assert.equal(
    (await service.createBucket('odd', { public: false, allowedMimeTypes: ['png'] })).error?.statusCode,
    '415',
  );
  assert.equal((await service.createBucket('odd', { public: false, type: 'ANALYTICS' })).error?.statusCode, '403');
});

test('without a policy neither anon nor an account sees or makes a bucket', async () => {
  await s.service.createBucket('hidden', { public: true });
  for (const client of [s.anon, await s.user('6f2c3a52-8f0c-4c7e-9a3f-0d1b6a0c1d11')]) {
    assert.deepEqual((await client.listBuckets()).data, []);
    assert.equal((await client.getBucket('hidden')).error?.message, 'Bucket not found');
    assert.equal((await client.updateBucket('hidden', { public: false })).error?.message, 'Bucket not found');
    assert.equal((await client.deleteBucket('hidden')).error?.message, 'Bucket not found');
    const { error } = await client.createBucket('theirs');
    assert.deepEqual([error?.message, error?.statusCode], ['new row violates row-level security policy', '403']);
  }
});
