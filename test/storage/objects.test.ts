import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { type StorageServer, storageServer } from './storage-server.ts';

let s: StorageServer;
let picture: Buffer;
let serial = 0;

before(async () => {
  s = await storageServer();
  picture = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#c33' } })
    .jpeg()
    .toBuffer();
});
after(() => s[Symbol.asyncDispose]());

async function bucket(options = { public: false } as Parameters<typeof s.service.createBucket>[1]) {
  const name = `bucket-${++serial}`;
  const { error } = await s.service.createBucket(name, options);
  assert.equal(error, null);
  return Object.assign(s.service.from(name), { bucket: name });
}

async function good<T>(answer: PromiseLike<{ data: T; error: unknown }>): Promise<NonNullable<T>> {
  const { data, error } = await answer;
  assert.equal(error, null);
  return data as NonNullable<T>;
}

async function refused(answer: PromiseLike<{ error: unknown }>): Promise<[message: string, statusCode: string]> {
  const { error } = (await answer) as { error: { message: string; status: number; statusCode: string } };
  assert.ok(error, 'expected a refusal');
  assert.equal(error.status, 400);
  return [error.message, error.statusCode];
}

test('every kind of body arrives as it was sent', async () => {
  const files = await bucket();
  const file = join(s.folder, 'source.bin');
  await writeFile(file, picture);
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(picture)], { type: 'image/jpeg' }));
  const bodies: Record<string, () => Parameters<typeof files.upload>[1]> = {
    buffer: () => picture,
    'array buffer': () => new Uint8Array(picture).buffer,
    blob: () => new Blob([new Uint8Array(picture)], { type: 'image/jpeg' }),
    'node stream': () => createReadStream(file),
    'web stream': () => new Blob([new Uint8Array(picture)]).stream(),
    form: () => form,
  };
  for (const [kind, body] of Object.entries(bodies)) {
    const data = await good(files.upload(`kinds/${kind}.jpg`, body(), { contentType: 'image/jpeg' }));
    assert.deepEqual([data.path, data.fullPath], [`kinds/${kind}.jpg`, `${files.bucket}/kinds/${kind}.jpg`]);
    assert.match(data.id, /^[0-9a-f-]{36}$/);
    const back = await good(files.download(`kinds/${kind}.jpg`));
    assert.equal(back.type, 'image/jpeg', kind);
    assert.deepEqual(Buffer.from(await back.arrayBuffer()), picture, kind);
  }
});

test('a text without a type is text, and an empty file is a file', async () => {
  const files = await bucket();
  await good(files.upload('plain.txt', 'süß'));
  const text = await good(files.download('plain.txt'));
  assert.deepEqual([text.type, await text.text()], ['text/plain;charset=utf-8', 'süß']);
  await good(files.upload('empty', new Blob([])));
  assert.equal((await good(files.download('empty'))).size, 0);
});

test('upload refuses what is there, upsert and update replace it and keep its id', async () => {
  const files = await bucket();
  const first = await good(files.upload('a.txt', 'one'));
  assert.deepEqual(await refused(files.upload('a.txt', 'two')), ['The resource already exists', '409']);
  assert.equal(await (await good(files.download('a.txt'))).text(), 'one');
  const second = await good(files.upload('a.txt', 'two', { upsert: true }));
  assert.equal(second.id, first.id);
  const third = await good(files.update('a.txt', 'three'));
  assert.deepEqual([third.id, third.path], [first.id, 'a.txt']);
  assert.equal(await (await good(files.download('a.txt'))).text(), 'three');
});

test('metadata, cache time and content type are kept', async () => {
  const files = await bucket();
  for (const body of [picture, new Blob([new Uint8Array(picture)], { type: 'image/jpeg' })]) {
    const options = { metadata: { camera: 'Übersee', tags: [1, 2] }, cacheControl: '60', contentType: 'image/jpeg' };
    await good(files.upload('info.jpg', body, { ...options, upsert: true }));
    const info = await good(files.info('info.jpg'));
    assert.deepEqual(info.metadata, options.metadata);
    assert.deepEqual(
      [info.name, info.bucketId, info.size, info.contentType, info.cacheControl],
      ['info.jpg', files.bucket, picture.length, 'image/jpeg', 'max-age=60'],
    );
    assert.ok(info.id && info.version && info.etag && info.createdAt && info.lastModified);
  }
});

test('a file above the bucket’s limit is refused, however its length is told', async () => {
  const files = await bucket({ public: true, fileSizeLimit: '1kb' });
  const large = Buffer.alloc(1001);
  const expected = ['The object exceeded the maximum allowed size', '413'];
  assert.deepEqual(await refused(files.upload('large', large)), expected);
  assert.deepEqual(await refused(files.upload('large', new Blob([large]))), expected);
  assert.deepEqual(await refused(files.upload('large', new Blob([large]).stream())), expected);
  for (const body of [
    new Blob([Buffer.alloc(20_000_000)]),
    new Blob([Buffer.alloc(20_000_000)]).stream(),
    Buffer.alloc(20_000_000),
  ])
    assert.deepEqual(await refused(files.upload('large', body)), expected);
  await good(files.upload('small', Buffer.alloc(1000)));
  assert.deepEqual(
    (await good(files.list())).map(({ name }) => name),
    ['small'],
  );
});

test('a type that the bucket does not allow is refused, by what is said and by the bytes', async () => {
  const files = await bucket({ public: true, allowedMimeTypes: ['image/png', 'text/plain'] });
  const as = (contentType: string) => ({ contentType, upsert: true });
  assert.deepEqual(await refused(files.upload('a', picture, as('image/jpeg'))), [
    'mime type image/jpeg is not supported',
    '415',
  ]);
  await good(files.upload('picture-of-another-kind.png', picture, as('image/png')));
  await good(files.upload('a.txt', 'text', as('text/plain;charset=utf-8')));
  const lies: [string | Buffer, string][] = [
    ['<!doctype html><script>alert(1)</script>', 'text/html'],
    ['  <svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
    ['<?xml version="1.0"?><!-- x --><svg/>', 'image/svg+xml'],
    [Buffer.from('%PDF-1.7\n'), 'application/pdf'],
    [Buffer.from('MZ\x90\x00'.padEnd(64, '\0'), 'latin1'), 'application/x-msdownload'],
    ['just words', 'application/octet-stream'],
  ];
  for (const [bytes, actual] of lies)
    assert.deepEqual(await refused(files.upload('lie.png', bytes, as('image/png'))), [
      `mime type ${actual} is not supported`,
      '415',
    ]);
  assert.deepEqual(
    (await good(files.list())).map(({ name }) => name),
    ['a.txt', 'picture-of-another-kind.png'],
  );
});

test('a wildcard allows a whole kind', async () => {
  const files = await bucket({ public: true, allowedMimeTypes: ['image/*'] });
  await good(files.upload('a.jpg', picture, { contentType: 'image/jpeg' }));
  assert.equal((await refused(files.upload('a.txt', 'x')))[1], '415');
});

test('folders are listed before files, with null ids', async () => {
  const files = await bucket();
  for (const name of ['b.txt', 'a.txt', 'sub/one.txt', 'sub/deep/two.txt', '100_/x', '100x/y'])
    await good(files.upload(name, name));
  const shown = (rows: { name: string; id: string | null }[]) => rows.map(({ name, id }) => (id ? name : `${name}/`));
  assert.deepEqual(shown(await good(files.list())), ['100_/', '100x/', 'sub/', 'a.txt', 'b.txt']);
  assert.deepEqual(shown(await good(files.list('sub'))), ['deep/', 'one.txt']);
  assert.deepEqual(shown(await good(files.list('100_'))), ['x']);
  assert.deepEqual(shown(await good(files.list('', { search: 'b' }))), ['b.txt']);
  assert.deepEqual(
    shown(await good(files.list('', { sortBy: { column: 'name', order: 'desc' }, limit: 2, offset: 3 }))),
    ['b.txt', 'a.txt'],
  );
  const [row] = await good(files.list('sub', { limit: 1, offset: 1 }));
  assert.equal(row?.metadata?.size, 11);
  assert.deepEqual(shown(await good(files.list('SUB'))), ['deep/', 'one.txt']);
  assert.deepEqual(shown(await good(files.list('', { search: 'SU' }))), ['sub/']);
  assert.deepEqual(shown(await good(files.list('', { search: '100' }))), ['100_/', '100x/']);
  assert.deepEqual(await good(files.list('nowhere')), []);
});

test('list v2 goes through a bucket by cursors, flat and by folders, in every order', async () => {
  const files = await bucket();
  const names = ['a.txt', 'dir/a', 'dir/b', 'dir/sub/c', 'e/f', 'z.txt', 'é.txt'];
  for (const name of names) await good(files.upload(name, name));
  const all = async (options: Parameters<typeof files.listV2>[0]) => {
    const seen: string[] = [];
    for (let cursor: string | undefined, first = true; first || cursor; first = false) {
      const page = await good(files.listV2({ ...options, limit: 2, cursor }));
      assert.equal(page.hasNext, page.nextCursor !== undefined);
      assert.ok(page.folders.length + page.objects.length <= 2);
      seen.push(...page.folders.map(({ name }) => name), ...page.objects.map(({ name }) => name));
      cursor = page.nextCursor;
    }
    return seen;
  };
  assert.deepEqual(await all({}), names);
  assert.deepEqual(await all({ prefix: 'dir/' }), ['dir/a', 'dir/b', 'dir/sub/c']);
  assert.deepEqual((await all({ with_delimiter: true })).sort(), ['a.txt', 'dir/', 'e/', 'z.txt', 'é.txt']);
  assert.deepEqual((await all({ with_delimiter: true, prefix: 'dir/' })).sort(), ['dir/a', 'dir/b', 'dir/sub/']);
  assert.deepEqual(await all({ sortBy: { column: 'name', order: 'desc' } }), names.toReversed());
  assert.deepEqual(await all({ sortBy: { column: 'created_at', order: 'desc' } }), names.toReversed());
});

test('an object is moved and copied, within a bucket and into another', async () => {
  const files = await bucket();
  const other = await bucket();
  await good(files.upload('from.txt', 'text', { metadata: { kept: true } }));
  assert.equal((await good(files.move('from.txt', 'moved/to.txt'))).message, 'Successfully moved');
  assert.deepEqual(await refused(files.download('from.txt').then(async ({ error }) => ({ error }))), [
    'Object not found',
    '404',
  ]);
  assert.equal((await good(files.copy('moved/to.txt', 'copy.txt'))).path, `${files.bucket}/copy.txt`);
  assert.equal(
    (await good(files.copy('copy.txt', 'there.txt', { destinationBucket: other.bucket }))).path,
    `${other.bucket}/there.txt`,
  );
  await good(files.move('copy.txt', 'moved.txt', { destinationBucket: other.bucket }));
  for (const [from, name] of [
    [files, 'moved/to.txt'],
    [other, 'there.txt'],
    [other, 'moved.txt'],
  ] as const) {
    assert.equal(await (await good(from.download(name))).text(), 'text', name);
    assert.deepEqual((await good(from.info(name))).metadata, { kept: true });
  }
  assert.deepEqual(await refused(files.move('nothing', 'x')), ['Object not found', '404']);
  assert.deepEqual(await refused(files.copy('nothing', 'x')), ['Object not found', '404']);
  assert.deepEqual(await refused(other.copy('there.txt', 'moved.txt')), ['The resource already exists', '409']);
  assert.deepEqual(await refused(other.move('there.txt', 'moved.txt')), ['The resource already exists', '409']);
  assert.deepEqual(await refused(other.copy('there.txt', 'x', { destinationBucket: 'nowhere' })), [
    'Bucket not found',
    '404',
  ]);
});

test('removing tells what is gone, and the bytes go with the last name', async () => {
  const files = await bucket();
  await good(files.upload('one', 'the same bytes'));
  await good(files.copy('one', 'two'));
  const gone = await good(files.remove(['one', 'never']));
  assert.deepEqual(
    gone.map(({ name, bucket_id }) => [name, bucket_id]),
    [['one', files.bucket]],
  );
  assert.equal(await (await good(files.download('two'))).text(), 'the same bytes');
  assert.deepEqual(await good(files.remove(['never'])), []);
  await good(files.remove(['two']));
  const drift = await s.storage.reconcile({ verify: true });
  assert.deepEqual([drift.missingCount, drift.removed], [0, 0]);
});

test('exists tells an object from none, and from a bucket that is none', async () => {
  const files = await bucket();
  await good(files.upload('here', 'x'));
  assert.equal((await files.exists('here')).data, true);
  assert.equal((await files.exists('gone')).data, false);
  await assert.rejects(s.service.from('nowhere').exists('here'), /Bucket not found/);
});

test('an upload to a bucket that is not there says so', async () => {
  assert.deepEqual(await refused(s.service.from('nowhere').upload('a', 'x')), ['Bucket not found', '404']);
});
