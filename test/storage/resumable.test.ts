import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, utimes } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type StorageServer, storageServer } from './storage-server.ts';

const ANN = '11111111-1111-4111-8111-111111111111';
const BEN = '22222222-2222-4222-8222-222222222222';
let s: StorageServer;
let ann: string;
before(async () => {
  s = await storageServer();
  await s.service.createBucket('files', { public: false, fileSizeLimit: '1mb', allowedMimeTypes: null });
  await s.service.createBucket('pictures', { public: false, allowedMimeTypes: ['image/png'] });
  await s.db.sql(
    `create policy own on storage.objects for all to authenticated using (owner_id = auth.uid()::text) with check (owner_id = auth.uid()::text)`,
  );
  ann = await s.token({ role: 'authenticated', sub: ANN });
});
after(() => s[Symbol.asyncDispose]());

const metadata = (fields: Record<string, string>) =>
  Object.entries(fields)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');

function tus(
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: Buffer<ArrayBuffer>,
): Promise<Response> {
  return fetch(url, {
    method,
    headers: { 'tus-resumable': '1.0.0', authorization: `Bearer ${ann}`, ...headers },
    body,
  });
}

async function begin(
  length: number,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return tus('POST', `${s.url}/storage/v1/upload/resumable`, {
    'upload-length': String(length),
    'upload-metadata': metadata({ bucketName: 'files', contentType: 'text/x-thing', cacheControl: '60', ...fields }),
    ...headers,
  });
}

const part = (url: string, offset: number, body: Buffer<ArrayBuffer>, headers: Record<string, string> = {}) =>
  tus(
    'PATCH',
    url,
    { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream', ...headers },
    body,
  );

const offsetOf = async (url: string) => Number((await tus('HEAD', url, {})).headers.get('upload-offset'));

test('an upload in parts becomes an object, with what was said at its beginning', async () => {
  const bytes = randomBytes(300_000);
  const begun = await begin(bytes.length, { objectName: 'dir/ü.bin', metadata: '{"a":1}' });
  assert.equal(begun.status, 201);
  const url = begun.headers.get('location')!;
  assert.ok(url.startsWith(`${s.url}/storage/v1/upload/resumable/`));
  assert.ok(Date.parse(begun.headers.get('upload-expires')!) > Date.now());
  assert.match(begun.headers.get('access-control-expose-headers')!, /Upload-Offset/);
  for (let at = 0; at < bytes.length; at += 100_000) {
    assert.equal(await offsetOf(url), at);
    const answer = await part(url, at, bytes.subarray(at, at + 100_000));
    assert.deepEqual([answer.status, answer.headers.get('upload-offset')], [204, String(at + 100_000)]);
  }
  const files = (await s.user(ANN)).from('files');
  const { data } = await files.download('dir/ü.bin');
  assert.deepEqual(Buffer.from(await data!.arrayBuffer()), bytes);
  const { data: info } = await files.info('dir/ü.bin');
  assert.deepEqual([info?.contentType, info?.cacheControl, info?.metadata], ['text/x-thing', 'max-age=60', { a: 1 }]);
  assert.equal(await offsetOf(url), bytes.length);
});

test('a part at the wrong place is refused, and one that breaks off is kept as far as it came', async () => {
  const bytes = randomBytes(200_000);
  const url = (await begin(bytes.length, { objectName: 'broken' })).headers.get('location')!;
  assert.equal((await part(url, 5, bytes.subarray(5, 10))).status, 409);
  await new Promise<void>((resolve) => {
    const headers = {
      'tus-resumable': '1.0.0',
      authorization: `Bearer ${ann}`,
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
      'content-length': String(bytes.length),
    };
    const sending = request(url, { method: 'PATCH', headers });
    sending.on('error', () => resolve());
    sending.write(bytes.subarray(0, 100_000), () => sending.destroy(new Error('the line is cut')));
  });
  let at = await offsetOf(url);
  while (at === 0) at = await offsetOf(url);
  assert.ok(at <= 100_000);
  assert.equal((await part(url, at, bytes.subarray(at))).status, 204);
  const { data } = await (await s.user(ANN)).from('files').download('broken');
  assert.deepEqual(Buffer.from(await data!.arrayBuffer()), bytes);
});

test('bucket, policy, size, type and name are asked before the first byte', async () => {
  const cases: [Promise<Response>, number, RegExp][] = [
    [begin(10, { objectName: 'x', bucketName: 'nowhere' }), 404, /^Bucket not found$/],
    [begin(2_000_000, { objectName: 'x' }), 413, /Maximum size exceeded/],
    [begin(10, { objectName: 'x', bucketName: 'pictures' }), 415, /^mime type text\/x-thing is not supported$/],
    [begin(10, { objectName: '../x' }), 400, /^Invalid key/],
    [begin(10, { objectName: 'x' }, { authorization: `Bearer ${s.anonKey}` }), 403, /row-level security/],
    [begin(10, { objectName: 'x' }, { authorization: 'Bearer x' }), 403, /Invalid Compact JWS/],
    [begin(10, { objectName: 'dir/ü.bin' }), 409, /^The resource already exists$/],
  ];
  for (const [answer, status, message] of cases) {
    const { status: given, text } = await answer.then(async (it) => ({ status: it.status, text: await it.text() }));
    assert.equal(given, status, text);
    assert.match(text, message);
  }
  assert.equal((await begin(10, { objectName: 'dir/ü.bin' }, { 'x-upsert': 'true' })).status, 201);
});

test('only who began an upload goes on with it or ends it', async () => {
  const url = (await begin(10, { objectName: 'mine' })).headers.get('location')!;
  const other = { authorization: `Bearer ${await s.token({ role: 'authenticated', sub: BEN })}` };
  assert.equal((await part(url, 0, Buffer.from('12345'), other)).status, 403);
  assert.equal((await tus('HEAD', url, other)).status, 403);
  assert.equal((await tus('DELETE', url, other)).status, 403);
  assert.equal(await offsetOf(url), 0);
  assert.equal((await tus('DELETE', url, {})).status, 204);
  assert.equal((await tus('HEAD', url, {})).status, 404);
});

test('more bytes than were announced are refused', async () => {
  const url = (await begin(4, { objectName: 'four' })).headers.get('location')!;
  assert.ok((await part(url, 0, Buffer.from('12345'))).status >= 400);
  assert.equal((await (await s.user(ANN)).from('files').exists('four')).data, false);
});

test('bytes that the bucket does not allow are no object in the end', async () => {
  const begun = await begin(4, { objectName: 'lie.png', bucketName: 'pictures', contentType: 'image/png' });
  const answer = await part(begun.headers.get('location')!, 0, Buffer.from('text'));
  assert.deepEqual([answer.status, await answer.text()], [415, 'mime type application/octet-stream is not supported']);
});

test('a signed upload may come in parts too, and only to what was signed', async () => {
  const { data } = await s.service.from('files').createSignedUploadUrl('signed.bin');
  const send = (objectName: string, token: string) =>
    fetch(`${s.url}/storage/v1/upload/resumable/sign`, {
      method: 'POST',
      headers: {
        'tus-resumable': '1.0.0',
        'x-signature': token,
        'upload-length': '3',
        'upload-metadata': metadata({ bucketName: 'files', objectName }),
      },
    });
  assert.equal((await send('other.bin', data!.token)).status, 400);
  assert.equal((await send('signed.bin', 'nothing')).status, 400);
  const url = (await send('signed.bin', data!.token)).headers.get('location')!;
  assert.match(url, /\/upload\/resumable\/sign\/[0-9a-f]{32}$/);
  assert.equal((await part(url, 0, Buffer.from('abc'), { 'x-signature': data!.token })).status, 204);
  assert.equal(await (await s.service.from('files').download('signed.bin')).data?.text(), 'abc');
});

test('an upload goes on after a restart, and one that nobody went on with is forgotten', async () => {
  const bytes = randomBytes(1000);
  const url = (await begin(bytes.length, { objectName: 'restart' })).headers.get('location')!;
  await part(url, 0, bytes.subarray(0, 400));
  const old = (await begin(10, { objectName: 'old' })).headers.get('location')!;
  const folder = join(s.folder, 'resumable');
  const past = new Date(Date.now() - 25 * 3_600_000);
  for (const name of await readdir(folder))
    if (name.startsWith(old.slice(-32))) await utimes(join(folder, name), past, past);
  await using again = await storageServer({ storage: { folder: s.folder, services: s.db.services } });
  const moved = url.replace(s.url, again.url);
  assert.equal(await offsetOf(moved), 400);
  assert.equal((await part(moved, 400, bytes.subarray(400))).status, 204);
  assert.equal((await tus('HEAD', old.replace(s.url, again.url), {})).status, 404);
  const { data } = await (await s.user(ANN)).from('files').download('restart');
  assert.deepEqual(Buffer.from(await data!.arrayBuffer()), bytes);
});

test('all bytes without an object ask for the last byte again, so that a crash between the two heals', async () => {
  const url = (await begin(5, { objectName: 'dir/once' })).headers.get('location')!;
  await s.service.from('files').upload('dir/once', 'in the way');
  assert.equal((await part(url, 0, Buffer.from('12345'))).status, 409);
  assert.equal(await offsetOf(url), 4);
  await s.service.from('files').remove(['dir/once']);
  assert.equal((await part(url, 4, Buffer.from('5'))).status, 204);
  assert.equal(await (await (await s.user(ANN)).from('files').download('dir/once')).data?.text(), '12345');
});
