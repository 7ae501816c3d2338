import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProjectFolder } from '#services/project-folder/api.ts';
import { writtenFolder } from '#services/project-folder/testing.ts';
import { bytesOf } from './buckets/file-size.ts';
import { DEFAULT_STORAGE_SETTINGS, storageSettings } from './settings.ts';

function settingsOf(toml: string) {
  using folder = writtenFolder({ 'config.toml': toml });
  return storageSettings(readProjectFolder(folder.path, { lookup: () => undefined }).config.table);
}

test('without a section the CLI’s defaults hold', () => {
  assert.deepEqual(settingsOf(''), DEFAULT_STORAGE_SETTINGS);
});

test('sizes, buckets, keys and switches are read', () => {
  const settings = settingsOf(`
    [storage]
    file_size_limit = "5MiB"
    [storage.image_transformation]
    enabled = false
    [storage.s3_protocol]
    enabled = false
    [storage.s3_credentials]
    access_key = "a"
    secret_key = "s"
    region = "eu"
    [storage.buckets."my.pictures"]
    public = true
    file_size_limit = "1KB"
    allowed_mime_types = ["image/png"]
    objects_path = "./pictures"
    [storage.buckets.plain]
  `);
  assert.deepEqual(
    [settings.fileSizeLimit, settings.imageTransformation, settings.s3],
    [5 * 1024 * 1024, false, { enabled: false, region: 'eu', keys: { accessKeyId: 'a', secretAccessKey: 's' } }],
  );
  assert.deepEqual(settings.buckets, [
    {
      name: 'my.pictures',
      public: true,
      fileSizeLimit: 1024,
      allowedMimeTypes: ['image/png'],
      objectsPath: './pictures',
    },
    { name: 'plain', public: false, fileSizeLimit: null, allowedMimeTypes: null },
  ]);
});

test('what is no size, no list and no switch is named', () => {
  assert.throws(() => settingsOf('[storage]\nfile_size_limit = "many"'), /storage\.file_size_limit/);
  assert.throws(() => settingsOf('[storage.buckets.b]\npublic = "yes"'), /storage\.buckets\.b\.public/);
  assert.throws(() => settingsOf('[storage.buckets.b]\nallowed_mime_types = "x"'), /allowed_mime_types/);
  assert.throws(() => settingsOf('[storage.buckets.b]\nfile_size_limit = "x"'), /file_size_limit/);
});

test('sizes are read as people write them', () => {
  const cases: [unknown, 1000 | 1024, number | undefined][] = [
    [5, 1000, 5],
    ['20mb', 1000, 20_000_000],
    ['1KB', 1024, 1024],
    ['50MiB', 1000, 52_428_800],
    ['1.5 GB', 1000, 1_500_000_000],
    ['7', 1000, 7],
    ['7 bytes', 1000, 7],
    ['', 1000, undefined],
    ['mb', 1000, undefined],
    [-1, 1000, undefined],
    [1.5, 1000, undefined],
    ['9999999999tb', 1000, undefined],
  ];
  for (const [value, base, bytes] of cases) assert.equal(bytesOf(value, base), bytes, String(value));
});
