import assert from 'node:assert/strict';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { StorageApiError, StorageClient, StorageError } from '@supabase/storage-js';
import sharp from 'sharp';
import { signed, startSuite, told } from '../suite.ts';

const TESTER = '317eadce-631a-4429-a0bb-f19a7a517b4a';
const ready = await startSuite('storage-js');
const URL_ = `${ready.url}/storage/v1`;
const token = await signed({ sub: TESTER, role: 'authenticated', aud: 'authenticated' });
const headers = { Authorization: `Bearer ${token}` };
const storage = new StorageClient(URL_, headers);
const folder = mkdtempSync(join(tmpdir(), 'freehold-suite-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let serial = 0;
let bucketName: string;
let path: string;
let file: Buffer<ArrayBuffer>;
const text = Buffer.from('one of the two files of text');

const newBucket = async (isPublic = true) => {
  const name = `bucket-${++serial}`;
  const { error } = await storage.createBucket(name, { public: isPublic });
  assert.equal(error, null);
  return name;
};
const files = () => storage.from(bucketName);
async function good<T>(answer: PromiseLike<{ data: T; error: unknown }>): Promise<NonNullable<T>> {
  const { data, error } = await answer;
  assert.equal(error, null);
  return data as NonNullable<T>;
}
async function refused(answer: PromiseLike<{ data: unknown; error: unknown }>) {
  const { data, error } = await answer;
  assert.equal(data, null);
  assert.ok(error instanceof StorageApiError);
  const { name, message, status, statusCode } = told(error);
  assert.deepEqual([name, status], ['StorageApiError', 400]);
  return [message, statusCode];
}

before(async () => {
  // noise, so that the picture stays larger than the limits of the tests
  file = (await sharp({
    create: {
      width: 320,
      height: 240,
      channels: 3,
      background: '#777',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
    .jpeg()
    .toBuffer()) as Buffer<ArrayBuffer>;
  writeFileSync(join(folder, 'file.txt'), text);
});
beforeEach(async () => {
  bucketName = await newBucket();
  path = `testpath/file-${Date.now()}.jpg`;
});

describe('addresses', () => {
  test('of a public file', () => {
    assert.equal(files().getPublicUrl(path).data.publicUrl, `${URL_}/object/public/${bucketName}/${path}`);
    const named = files().getPublicUrl(path, { download: 'a.jpg' }).data.publicUrl;
    assert.equal(named, `${URL_}/object/public/${bucketName}/${path}?download=a.jpg`);
  });

  test('that are signed, with a download, a name and a transformation', async () => {
    await good(files().upload(path, file));
    const start = `${URL_}/object/sign/${bucketName}/${path}?token=`;
    const plain = (await good(files().createSignedUrl(path, 2000))).signedUrl;
    assert.ok(plain.startsWith(start), plain);
    assert.equal(Buffer.from(await (await fetch(plain)).arrayBuffer()).equals(file), true);
    const download = (await good(files().createSignedUrl(path, 2000, { download: true }))).signedUrl;
    assert.match(download, /&download=$/);
    const disposed = async (url: string) => (await fetch(url)).headers.get('content-disposition');
    assert.match((await disposed(download))!, /^attachment;/);
    const named = (await good(files().createSignedUrl(path, 2000, { download: 'tést name.jpg' }))).signedUrl;
    assert.match((await disposed(named))!, /^attachment; filename=.*filename\*=UTF-8''t%C3%A9st%20name\.jpg;?$/);
    const small = await files().createSignedUrl(path, 2000, { download: true, transform: { width: 100, height: 100 } });
    assert.ok(small.data!.signedUrl.startsWith(`${URL_}/render/image/sign/${bucketName}/${path}?token=`));
    assert.equal((await fetch(small.data!.signedUrl)).status, 200);
  });

  test('that are signed, many at once, missing ones among them', async () => {
    await good(files().upload(path, file));
    const [first, missing] = await good(files().createSignedUrls([path, 'not-there.jpg'], 2000));
    assert.equal(first!.error, null);
    assert.equal(first!.path, path);
    assert.ok(first!.signedUrl!.startsWith(`${URL_}/object/sign/${bucketName}/${path}?token=`));
    assert.equal((await fetch(first!.signedUrl!)).status, 200);
    assert.deepEqual(missing, {
      error: 'Either the object does not exist or you do not have access to it',
      path: 'not-there.jpg',
      signedURL: null,
      signedUrl: null,
    });
  });

  test('of a file that is not there', async () => {
    assert.deepEqual(await refused(files().createSignedUrl('not-there.jpg', 2000)), ['Object not found', '404']);
  });
});

describe('uploads', () => {
  test('of a form, a buffer, an array buffer, a view, a blob, a file, a stream', async () => {
    const form = new FormData();
    form.append('file', new Blob([file]));
    const bodies = {
      form,
      buffer: file,
      'array buffer': new Uint8Array(file).buffer,
      view: new Uint8Array(file),
      blob: new Blob([file]),
      file: new File([file], 'file.jpg', { type: 'image/jpeg' }),
      'web stream': new Blob([file]).stream(),
      'readable stream': createReadStream(join(folder, 'file.txt')),
    };
    for (const [kind, body] of Object.entries(bodies)) {
      const data = await good(files().upload(`${kind}/${path}`, body, { duplex: 'half' }));
      assert.equal(data.path, `${kind}/${path}`);
      assert.equal(data.fullPath, `${bucketName}/${kind}/${path}`);
      assert.match(data.id, /^[0-9a-f-]{36}$/);
      const expected = kind === 'readable stream' ? text : file;
      const back = await good(files().download(`${kind}/${path}`));
      assert.equal(expected.equals(Buffer.from(await back.arrayBuffer())), true, kind);
    }
  });

  test('of what is there already are refused, an update replaces it', async () => {
    const { id } = await good(files().upload(path, file));
    assert.deepEqual(await refused(files().upload(path, file)), ['The resource already exists', '409']);
    const { id: again, ...rest } = await good(files().update(path, text));
    assert.deepEqual(rest, { path, fullPath: `${bucketName}/${path}` });
    assert.equal(again, id);
    assert.equal((await good(files().download(path))).size, text.length);
  });

  test('keep metadata, which an upsert replaces', async () => {
    const metadata = { custom: 'metadata', second: 'second', third: 'third' };
    await good(files().upload(path, file, { metadata }));
    assert.deepEqual((await good(files().info(path))).metadata, metadata);
    const other = { custom: 'other', fourth: 'fourth' };
    await good(files().update(path, file, { metadata: other }));
    assert.deepEqual((await good(files().info(path))).metadata, other);
    const form = new FormData();
    form.append('file', new Blob([file]));
    await good(files().upload(path, form, { metadata, upsert: true }));
    assert.deepEqual((await good(files().info(path))).metadata, metadata);
  });

  test('are held to the size that the bucket allows', async () => {
    const roomy = `roomy-${++serial}`;
    const narrow = `narrow-${++serial}`;
    await storage.createBucket(roomy, { public: true, fileSizeLimit: '1mb' });
    await storage.createBucket(narrow, { public: true, fileSizeLimit: '1kb' });
    await good(storage.from(roomy).upload(path, file));
    assert.deepEqual(await refused(storage.from(narrow).upload(path, file)), [
      'The object exceeded the maximum allowed size',
      '413',
    ]);
  });

  test('are held to the types that the bucket allows', async () => {
    const name = `png-${++serial}`;
    await storage.createBucket(name, { public: true, allowedMimeTypes: ['image/png'] });
    await good(storage.from(name).upload(path, file, { contentType: 'image/png' }));
    assert.deepEqual(
      await refused(storage.from(name).upload(path, file, { contentType: 'image/jpeg', upsert: true })),
      ['mime type image/jpeg is not supported', '415'],
    );
    assert.deepEqual(await refused(storage.from(name).upload(path, file, { upsert: true })), [
      'mime type text/plain is not supported',
      '415',
    ]);
  });

  test('to a signed address', async () => {
    const { signedUrl, token: once, path: signedPath } = await good(files().createSignedUploadUrl(path));
    assert.equal(signedPath, path);
    assert.ok(signedUrl.startsWith(`${URL_}/object/upload/sign/${bucketName}/${path}?token=`));
    assert.ok(once);
    const nobody = new StorageClient(URL_, {}).from(bucketName);
    const uploaded = await good(nobody.uploadToSignedUrl(path, once, file));
    assert.deepEqual(uploaded, { path, fullPath: `${bucketName}/${path}` });
    assert.deepEqual(await refused(nobody.uploadToSignedUrl(path, once, file)), ['The resource already exists', '409']);
    const over = await good(files().createSignedUploadUrl(path, { upsert: true }));
    for (const body of [text, new Blob([text])]) await good(nobody.uploadToSignedUrl(path, over.token, body));
    assert.equal((await good(files().download(path))).size, text.length);
    assert.deepEqual(await refused(files().createSignedUploadUrl(path)), ['The resource already exists', '409']);
  });

  test('into a bucket that is not there, or under a name that cannot be', async () => {
    assert.deepEqual(await refused(storage.from('no-such').upload(path, file)), ['Bucket not found', '404']);
    assert.deepEqual(await refused(files().upload('a\u202egpj.exe', file)), ['Invalid key: a\u202egpj.exe', '400']);
  });
});

describe('files', () => {
  test('are listed', async () => {
    await good(files().upload(path, file, { contentType: 'image/jpeg' }));
    const [row, ...others] = await good(files().list('testpath'));
    assert.deepEqual(others, []);
    assert.deepEqual(Object.keys(row!).sort(), [
      'created_at',
      'id',
      'last_accessed_at',
      'metadata',
      'name',
      'updated_at',
    ]);
    assert.equal(row!.name, path.replace('testpath/', ''));
    assert.deepEqual(Object.keys(row!.metadata!).sort(), [
      'cacheControl',
      'contentLength',
      'eTag',
      'httpStatusCode',
      'lastModified',
      'mimetype',
      'size',
    ]);
    assert.equal(row!.metadata!.size, file.length);
    assert.equal(row!.metadata!.mimetype, 'image/jpeg');
    const above = await good(files().list());
    const nothing = { id: null, updated_at: null, created_at: null, last_accessed_at: null, metadata: null };
    assert.deepEqual(above, [{ name: 'testpath', ...nothing }]);
  });

  test('are listed in pages, sorted and searched', async () => {
    for (const name of ['b.txt', 'a.txt', 'c.txt', 'deep/d.txt']) await good(files().upload(name, name));
    const names = async (...args: Parameters<ReturnType<typeof files>['list']>) =>
      (await good(files().list(...args))).map(({ name }) => name);
    assert.deepEqual(await names(), ['deep', 'a.txt', 'b.txt', 'c.txt']);
    assert.deepEqual(await names('', { limit: 2, offset: 1 }), ['a.txt', 'b.txt']);
    assert.deepEqual(
      (await names('', { sortBy: { column: 'name', order: 'desc' } })).filter((n) => n !== 'deep'),
      ['c.txt', 'b.txt', 'a.txt'],
    );
    assert.deepEqual(await names('', { sortBy: { column: 'created_at', order: 'asc' }, search: 'txt' }), []);
    assert.deepEqual(await names('', { search: 'c' }), ['c.txt']);
    assert.deepEqual(await names('deep'), ['d.txt']);
    assert.deepEqual(await names('nowhere'), []);
  });

  test('are listed by the second list, flat and by folders, in pages', async () => {
    await good(files().upload(path, file));
    await good(files().upload('file-1.txt', text));
    await good(files().upload('file-2.txt', text));
    const flat = await good(files().listV2({ prefix: 'testpath' }));
    assert.equal(flat.hasNext, false);
    assert.deepEqual(flat.folders, []);
    assert.deepEqual(
      flat.objects.map(({ name }) => name),
      [path],
    );
    const folders = await good(files().listV2({ with_delimiter: true }));
    assert.deepEqual(folders.folders, [{ key: 'testpath', name: 'testpath/' }]);
    assert.deepEqual(
      folders.objects.map(({ name, key }) => [name, key]),
      [
        ['file-1.txt', 'file-1.txt'],
        ['file-2.txt', 'file-2.txt'],
      ],
    );
    const inside = await good(files().listV2({ prefix: 'testpath/', with_delimiter: true }));
    assert.deepEqual(
      inside.objects.map(({ name }) => name),
      [path],
    );
    const first = await good(files().listV2({ limit: 1 }));
    assert.deepEqual([first.hasNext, first.objects.length], [true, 1]);
    const second = await good(files().listV2({ limit: 1, cursor: first.nextCursor }));
    assert.deepEqual(
      second.objects.map(({ name }) => name),
      ['file-2.txt'],
    );
    const down = await good(files().listV2({ sortBy: { column: 'name', order: 'desc' } }));
    assert.deepEqual(
      down.objects.map(({ name }) => name),
      [path, 'file-2.txt', 'file-1.txt'],
    );
  });

  test('are moved, within the bucket and to another', async () => {
    const other = await newBucket();
    const to = `testpath/file-moved-${Date.now()}.txt`;
    await good(files().upload(path, file));
    assert.equal((await good(files().move(path, to))).message, 'Successfully moved');
    assert.equal((await good(files().move(to, to, { destinationBucket: other }))).message, 'Successfully moved');
    assert.deepEqual(await refused(files().download(to)), ['Object not found', '404']);
    assert.equal((await good(storage.from(other).download(to))).size, file.length);
    assert.deepEqual(await refused(files().move('nothing', 'x')), ['Object not found', '404']);
  });

  test('are copied, within the bucket and to another', async () => {
    const other = await newBucket();
    const to = `testpath/file-copied-${Date.now()}.txt`;
    await good(files().upload(path, file, { metadata: { a: 1 } }));
    assert.deepEqual(await good(files().copy(path, to)), { path: `${bucketName}/${to}` });
    assert.deepEqual((await good(files().info(to))).metadata, { a: 1 });
    const across = await good(files().copy(path, to, { destinationBucket: other }));
    assert.deepEqual(across, { path: `${other}/${to}` });
    assert.equal((await good(storage.from(other).download(to))).size, file.length);
    assert.equal((await good(files().download(path))).size, file.length);
    assert.deepEqual(await refused(files().copy('nothing', 'x')), ['Object not found', '404']);
    assert.deepEqual(await refused(files().copy(path, to)), ['The resource already exists', '409']);
  });

  test('are downloaded whole, as a stream, or not at all', async () => {
    await good(files().upload(path, text));
    const blob = await good(files().download(path));
    assert.deepEqual([blob.size, blob.type], [text.length, 'text/plain;charset=utf-8']);
    const stream = await good(files().download(path).asStream());
    assert.equal(await new Response(stream).text(), String(text));
    assert.deepEqual(await refused(files().download('not-there')), ['Object not found', '404']);
    await assert.rejects(
      async () => await files().throwOnError().download('not-there'),
      (error) => error instanceof StorageError && error.message === 'Object not found',
    );
    const abort = new AbortController();
    abort.abort();
    assert.match((await files().download(path, {}, { signal: abort.signal })).error!.message, /abort/i);
  });

  test('are removed, and told which', async () => {
    await good(files().upload(path, file));
    const [row, ...others] = await good(files().remove([path, 'not-there']));
    assert.deepEqual(others, []);
    assert.deepEqual([row!.bucket_id, row!.name, row!.id !== null], [bucketName, path, true]);
    assert.deepEqual(await good(files().remove([path])), []);
  });

  test('tell about themselves', async () => {
    await good(files().upload(path, file, { contentType: 'image/jpeg', cacheControl: '60', metadata: { a: 'b' } }));
    const info = await good(files().info(path));
    const { id, version, etag, lastModified, createdAt, ...rest } = info as never as Record<string, unknown>;
    assert.ok(id && version && etag && lastModified && createdAt);
    for (const [key, value] of Object.entries({
      name: path,
      bucketId: bucketName,
      size: file.length,
      cacheControl: 'max-age=60',
      contentType: 'image/jpeg',
      metadata: { a: 'b' },
    }))
      assert.deepEqual(rest[key], value, key);
    await good(files().upload('bare', file));
    assert.deepEqual((await good(files().info('bare'))).metadata, {});
    assert.deepEqual(await refused(files().info('not-there')), ['Object not found', '404']);
  });

  test('exist or do not', async () => {
    await good(files().upload(path, file));
    assert.deepEqual(await files().exists(path), { data: true, error: null });
    const { data, error } = await files().exists('do-not-exist');
    assert.equal(data, false);
    assert.ok(error instanceof StorageApiError);
    const head = await fetch(`${URL_}/object/${bucketName}/do-not-exist`, { method: 'HEAD', headers });
    assert.equal(head.status, 400);
    await assert.rejects(storage.from('no-such-bucket').exists(path), { message: 'Bucket not found' });
    await assert.rejects(new StorageClient(URL_, { Authorization: 'Bearer x' }).from(bucketName).exists(path));
  });

  test('in a public bucket are for everybody, in a private one are not', async () => {
    const hidden = await newBucket(false);
    for (const name of [bucketName, hidden]) await good(storage.from(name).upload(path, file));
    const address = (name: string) => storage.from(name).getPublicUrl(path).data.publicUrl;
    assert.equal((await fetch(address(bucketName))).status, 200);
    const refusal = await fetch(address(hidden));
    assert.deepEqual([refusal.status, (await refusal.json()).message], [400, 'Bucket not found']);
    assert.deepEqual(await refused(new StorageClient(URL_, {}).from(hidden).download(path)), [
      'Bucket not found',
      '404',
    ]);
  });
});

describe('pictures', () => {
  const transform = { width: 200, height: 200 };
  const size = async (bytes: ArrayBuffer) => {
    const { width, height, format } = await sharp(Buffer.from(bytes)).metadata();
    return [width, height, format];
  };

  test('have an address with what is wanted', () => {
    const { publicUrl } = files().getPublicUrl(path, { transform: { width: 200, height: 300, quality: 70 } }).data;
    assert.equal(publicUrl, `${URL_}/render/image/public/${bucketName}/${path}?width=200&height=300&quality=70`);
  });

  test('are made smaller for who may read them', async () => {
    const hidden = await newBucket(false);
    await good(storage.from(hidden).upload(path, file));
    const blob = await good(storage.from(hidden).download(path, { transform }));
    assert.equal(blob.type, 'image/jpeg');
    assert.deepEqual(await size(await blob.arrayBuffer()), [200, 200, 'jpeg']);
  });

  test('are webp where that is accepted, and what they were where that is asked', async () => {
    const accepting = new StorageClient(URL_, { ...headers, Accept: 'image/webp' }).from(bucketName);
    await good(files().upload(path, file));
    const webp = await good(accepting.download(path, { transform }));
    assert.equal(webp.type, 'image/webp');
    const origin = await good(accepting.download(path, { transform: { ...transform, format: 'origin' } }));
    assert.equal(origin.type, 'image/jpeg');
  });

  test('are made smaller at public and signed addresses', async () => {
    await good(files().upload(path, file));
    const { publicUrl } = files().getPublicUrl(path, { transform }).data;
    const { signedUrl } = await good(files().createSignedUrl(path, 60_000, { transform }));
    for (const url of [publicUrl, signedUrl]) {
      const answer = await fetch(url);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-type'), 'image/jpeg');
      assert.equal(answer.headers.get('cache-control') !== null, true);
      assert.deepEqual(await size(await answer.arrayBuffer()), [200, 200, 'jpeg']);
    }
  });

  test('that are none are refused', async () => {
    await good(files().upload('words.txt', text));
    const { error } = await files().download('words.txt', { transform });
    assert.equal(error!.status, 400);
    const { error: wide } = await files().download('words.txt', { transform: { width: -1 } });
    assert.equal(wide!.status, 400);
  });
});

test('what is not built answers that it is not enabled', async () => {
  const { error: vectors } = await storage.vectors.listBuckets();
  assert.equal(vectors!.status! >= 400, true);
  const { error: analytics } = await storage.analytics.listBuckets();
  assert.equal(analytics!.status! >= 400, true);
  for (const answer of [await files().purgeCache(path), await storage.purgeBucketCache(bucketName)])
    assert.equal(answer.error!.status! >= 400, true);
});
