import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { storageServer } from './storage-server.ts';

test('declared buckets are there with their files, and a later start leaves what was changed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'freehold-seed-'));
  await mkdir(join(folder, 'pictures', 'sub'), { recursive: true });
  await writeFile(join(folder, 'pictures', 'a.txt'), 'text');
  await writeFile(join(folder, 'pictures', 'sub', 'd.svg'), '<svg/>');
  await writeFile(join(folder, 'pictures', '.hidden'), 'x');
  const buckets = [
    { name: 'pictures', public: true, fileSizeLimit: 1000, allowedMimeTypes: null, objectsPath: './pictures' },
    { name: 'bare', public: false, fileSizeLimit: null, allowedMimeTypes: ['image/*'], objectsPath: './nowhere' },
  ];
  try {
    await using s = await storageServer({ settings: { buckets }, storage: { seedFolder: folder } });
    const { data: made } = await s.service.listBuckets();
    assert.deepEqual(
      made?.map(({ name, public: open, file_size_limit, allowed_mime_types }) => [
        name,
        open,
        file_size_limit,
        allowed_mime_types,
      ]),
      [
        ['bare', false, null, ['image/*']],
        ['pictures', true, 1000, null],
      ],
    );
    const files = s.service.from('pictures');
    assert.equal((await files.info('sub/d.svg')).data?.contentType, 'image/svg+xml');
    assert.deepEqual(
      (await files.list()).data?.map(({ name }) => name),
      ['sub', 'a.txt'],
    );
    await files.update('a.txt', 'changed');
    await using again = await storageServer({
      settings: { buckets },
      storage: { seedFolder: folder, services: s.db.services, folder: s.folder },
    });
    assert.equal(await (await again.service.from('pictures').download('a.txt')).data?.text(), 'changed');
  } finally {
    await rm(folder, { recursive: true });
  }
});
