import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { AwsClient } from 'aws4fetch';
import { type StorageServer, storageServer } from './storage-server.ts';

const ANN = '11111111-1111-4111-8111-111111111111';
/** As the Supabase CLI prints it. */
const accessKeyId = '625729a08b95bf1b7ff351a663f3a23c';
const secretAccessKey = '850181e4652dd023b7a98c58ae0d2d34bd487ee0cc3254aed6eda37307425907';
let s: StorageServer;
let s3: string;
const aws = new AwsClient({ service: 's3', region: 'local', accessKeyId, secretAccessKey, retries: 0 });

before(async () => {
  s = await storageServer({ settings: { fileSizeLimit: 40 * 1024 * 1024 }, storage: { publishedKeys: true } });
  s3 = `${s.url}/storage/v1/s3`;
  await s.service.createBucket('files');
});
after(() => s[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly bytes: Buffer;
}

async function call(method: string, path: string, init: RequestInit = {}, client = aws): Promise<Answer> {
  const answer = await client.fetch(`${s3}${path}`, { method, ...init });
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, headers: answer.headers, bytes, text: bytes.toString('utf8') };
}

const all = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text]) => text);
const one = (xml: string, name: string) => all(xml, name)[0];
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');

test('buckets are made, found, listed and deleted', async () => {
  assert.equal((await call('PUT', '/made')).status, 200);
  const again = await call('PUT', '/made');
  assert.deepEqual([again.status, one(again.text, 'Code')], [409, 'BucketAlreadyExists']);
  assert.equal((await call('HEAD', '/made')).status, 200);
  assert.ok(all((await call('GET', '/')).text, 'Name').includes('made'));
  assert.match((await call('GET', '/made?location')).text, />local</);
  await call('PUT', '/made/x', { body: 'x' });
  const full = await call('DELETE', '/made');
  assert.deepEqual([full.status, one(full.text, 'Code')], [409, 'BucketNotEmpty']);
  await call('DELETE', '/made/x');
  assert.equal((await call('DELETE', '/made')).status, 204);
  assert.equal((await call('HEAD', '/made')).status, 404);
  const gone = await call('GET', '/made?list-type=2');
  assert.deepEqual([gone.status, one(gone.text, 'Code')], [404, 'NoSuchBucket']);
});

test('an object is put, read whole and in part, looked at and deleted', async () => {
  const body = randomBytes(100_000);
  const name = '/files/dir/a%20b%2Bc%3D%26ü!(1).bin'.replace('ü', '%C3%BC');
  const headers = {
    'content-type': 'application/x-thing',
    'cache-control': 'max-age=9',
    'x-amz-meta-mtime': '1700000000.5',
  };
  const put = await call('PUT', name, { body, headers });
  assert.deepEqual([put.status, put.headers.get('etag')], [200, `"${md5(body)}"`]);
  const got = await call('GET', name);
  assert.deepEqual(got.bytes, body);
  assert.deepEqual(
    ['content-type', 'cache-control', 'x-amz-meta-mtime', 'etag', 'content-length'].map((each) =>
      got.headers.get(each),
    ),
    ['application/x-thing', 'max-age=9', '1700000000.5', `"${md5(body)}"`, '100000'],
  );
  const part = await call('GET', name, { headers: { range: 'bytes=10-19' } });
  assert.deepEqual([part.status, part.bytes], [206, body.subarray(10, 20)]);
  const head = await call('HEAD', name);
  assert.deepEqual([head.status, head.headers.get('content-length'), head.bytes.length], [200, '100000', 0]);
  assert.equal((await call('GET', name, { headers: { 'if-none-match': `"${md5(body)}"` } })).status, 304);
  assert.equal((await call('GET', name, { headers: { 'if-match': '"x"' } })).status, 412);
  assert.equal((await call('PUT', name, { body: 'x', headers: { 'if-none-match': '*' } })).status, 412);
  const { data } = await s.service.from('files').list('dir');
  assert.deepEqual(
    data?.map((row) => row.name),
    ['a b+c=&ü!(1).bin'],
  );
  assert.equal((await call('DELETE', name)).status, 204);
  assert.equal((await call('DELETE', name)).status, 204);
  const gone = await call('GET', name);
  assert.deepEqual([gone.status, one(gone.text, 'Code')], [404, 'NoSuchKey']);
  assert.equal((await call('HEAD', name)).status, 404);
});

test('lists go in pages, by folders, in both versions', async () => {
  await call('PUT', '/lists');
  const names = ['a', 'b/1', 'b/2', 'c&d', 'e/f/g', 'z'];
  for (const name of names)
    await call('PUT', `/lists/${encodeURIComponent(name).replaceAll('%2F', '/')}`, { body: name });
  const pages = async (query: string, next: string, parameter: string) => {
    const seen: string[] = [];
    for (let at = ''; ; ) {
      const { text } = await call('GET', `/lists?${query}${at}`);
      seen.push(
        ...(all(text, 'Key') as string[]),
        ...[...text.matchAll(/<CommonPrefixes><Prefix>([^<]*)/g)].map(([, each]) => each!),
      );
      if (one(text, 'IsTruncated') === 'false') return seen.map((each) => each.replaceAll('&amp;', '&'));
      at = `&${parameter}=${encodeURIComponent(one(text, next)!.replaceAll('&amp;', '&'))}`;
    }
  };
  assert.deepEqual(await pages('list-type=2&max-keys=2', 'NextContinuationToken', 'continuation-token'), names);
  assert.deepEqual(await pages('max-keys=2', 'NextMarker', 'marker'), names);
  const folders = ['a', 'b/', 'c&d', 'e/', 'z'];
  assert.deepEqual(
    (await pages('list-type=2&delimiter=/&max-keys=2', 'NextContinuationToken', 'continuation-token')).toSorted(),
    folders,
  );
  assert.deepEqual((await pages('delimiter=/&max-keys=1', 'NextMarker', 'marker')).toSorted(), folders);
  assert.deepEqual(await pages('list-type=2&prefix=b/', 'NextContinuationToken', 'continuation-token'), ['b/1', 'b/2']);
  assert.deepEqual(await pages('list-type=2&start-after=c', 'NextContinuationToken', 'continuation-token'), [
    'c&d',
    'e/f/g',
    'z',
  ]);
  assert.deepEqual(all((await call('GET', '/lists?list-type=2&encoding-type=url&prefix=c')).text, 'Key'), ['c%26d']);
  assert.equal(one((await call('GET', '/lists?list-type=2&max-keys=0')).text, 'KeyCount'), '0');
});

test('many are deleted at once, and copies keep or replace what is said of them', async () => {
  await call('PUT', '/files/one', { body: '1', headers: { 'content-type': 'text/one', 'x-amz-meta-a': 'b' } });
  const copied = await call('PUT', '/files/two', { headers: { 'x-amz-copy-source': '/files/one' } });
  assert.equal(one(copied.text, 'ETag')?.replaceAll('&quot;', ''), md5(Buffer.from('1')));
  assert.equal((await call('HEAD', '/files/two')).headers.get('x-amz-meta-a'), 'b');
  await call('PUT', '/files/one', {
    headers: {
      'x-amz-copy-source': 'files/one',
      'x-amz-metadata-directive': 'REPLACE',
      'content-type': 'text/new',
      'x-amz-meta-c': 'd',
    },
  });
  const { headers } = await call('HEAD', '/files/one');
  assert.deepEqual(
    [headers.get('content-type'), headers.get('x-amz-meta-a'), headers.get('x-amz-meta-c')],
    ['text/new', null, 'd'],
  );
  const body =
    '<Delete><Object><Key>one</Key></Object><Object><Key>two</Key></Object><Object><Key>n&amp;o</Key></Object></Delete>';
  const { text } = await call('POST', '/files?delete', { body });
  assert.deepEqual(all(text, 'Key'), ['one', 'two', 'n&amp;o']);
  assert.equal((await call('HEAD', '/files/two')).status, 404);
  assert.equal(one((await call('POST', '/files?delete', { body: '<Delete/>' })).text, 'Code'), 'MalformedXML');
});

test('an object in parts is whole, has S3’s entity tag, and its parts are gone', async () => {
  const parts = [randomBytes(5 * 1024 * 1024), randomBytes(5 * 1024 * 1024 + 7), randomBytes(11)];
  const begun = await call('POST', '/files/large?uploads', { headers: { 'content-type': 'application/x-large' } });
  const id = one(begun.text, 'UploadId');
  await call('PUT', `/files/large?partNumber=1&uploadId=${id}`, { body: 'replaced later' });
  for (const [i, body] of parts.entries()) {
    const { headers } = await call('PUT', `/files/large?partNumber=${i + 1}&uploadId=${id}`, { body });
    assert.equal(headers.get('etag'), `"${md5(body)}"`);
  }
  assert.deepEqual(all((await call('GET', `/files/large?uploadId=${id}`)).text, 'PartNumber'), ['1', '2', '3']);
  assert.deepEqual(all((await call('GET', '/files?uploads')).text, 'Key'), ['large']);
  const list = (bodies: Buffer[], numbers = bodies.map((_, i) => i + 1)) =>
    `<CompleteMultipartUpload>${bodies.map((body, i) => `<Part><PartNumber>${numbers[i]}</PartNumber><ETag>"${md5(body)}"</ETag></Part>`).join('')}</CompleteMultipartUpload>`;
  const complete = async (body: string) => call('POST', `/files/large?uploadId=${id}`, { body });
  assert.equal(one((await complete(list([parts[1]!]))).text, 'Code'), 'InvalidPart');
  assert.equal(one((await complete(list([parts[1]!, parts[0]!], [2, 1]))).text, 'Code'), 'InvalidPartOrder');
  assert.equal(one((await complete(list([parts[2]!, parts[2]!], [3, 3]))).text, 'Code'), 'InvalidPartOrder');
  const done = await complete(list(parts));
  const tag = `${md5(Buffer.concat(parts.map((body) => Buffer.from(md5(body), 'hex'))))}-3`;
  assert.equal(one(done.text, 'ETag')?.replaceAll('&quot;', ''), tag);
  const got = await call('GET', '/files/large');
  assert.deepEqual([got.headers.get('etag'), got.headers.get('content-type')], [`"${tag}"`, 'application/x-large']);
  assert.ok(got.bytes.equals(Buffer.concat(parts)));
  assert.equal(one((await complete(list(parts))).text, 'Code'), 'NoSuchUpload');

  const second = one((await call('POST', '/files/copied?uploads')).text, 'UploadId');
  const range = { 'x-amz-copy-source': '/files/large', 'x-amz-copy-source-range': 'bytes=5-14' };
  const piece = await call('PUT', `/files/copied?partNumber=1&uploadId=${second}`, { headers: range });
  assert.equal(one(piece.text, 'ETag')?.replaceAll('&quot;', ''), md5(parts[0]!.subarray(5, 15)));
  assert.equal((await call('DELETE', `/files/copied?uploadId=${second}`)).status, 204);
  assert.equal(one((await call('GET', `/files/copied?uploadId=${second}`)).text, 'Code'), 'NoSuchUpload');
});

test('a signed address reads and writes for a while', async () => {
  const sign = async (method: string, path: string, expires: number, client = aws) => {
    const url = new URL(`${s3}${path}`);
    url.searchParams.set('X-Amz-Expires', String(expires));
    return (await client.sign(url.href, { method, aws: { signQuery: true } })).url;
  };
  const put = await sign('PUT', '/files/presigned', 60);
  assert.equal((await fetch(put, { method: 'PUT', body: 'by address' })).status, 200);
  const get = await sign(
    'GET',
    '/files/presigned?response-content-type=text/special&response-content-disposition=attachment',
    60,
  );
  const answer = await fetch(get);
  assert.deepEqual(
    [await answer.text(), answer.headers.get('content-type'), answer.headers.get('content-disposition')],
    ['by address', 'text/special', 'attachment'],
  );
  assert.equal((await fetch(get.replace('presigned', 'other'))).status, 403);
  assert.equal((await fetch(get, { method: 'DELETE' })).status, 403);
  const old = new AwsClient({ service: 's3', region: 'local', accessKeyId, secretAccessKey });
  const url = new URL(`${s3}/files/presigned`);
  url.searchParams.set('X-Amz-Expires', '60');
  const past = new Date(Date.now() - 61_000).toISOString().replace(/[:-]|\.\d{3}/g, '');
  const expired = (await old.sign(url.href, { aws: { signQuery: true, datetime: past } })).url;
  const refused = await fetch(expired);
  assert.deepEqual([refused.status, one(await refused.text(), 'Message')], [403, 'Request has expired']);
});

test('a wrong key, a wrong signature and another body are refused', async () => {
  const codes = async (client: AwsClient, init: RequestInit = {}) =>
    one((await call('PUT', '/files/no', { body: 'x', ...init }, client)).text, 'Code');
  const keys = { service: 's3', region: 'local', retries: 0 };
  assert.equal(await codes(new AwsClient({ ...keys, accessKeyId: 'nobody', secretAccessKey })), 'InvalidAccessKeyId');
  assert.equal(await codes(new AwsClient({ ...keys, accessKeyId, secretAccessKey: 'x' })), 'SignatureDoesNotMatch');
  const hash = { 'x-amz-content-sha256': createHash('sha256').update('y').digest('hex') };
  assert.equal(await codes(aws, { headers: hash }), 'XAmzContentSHA256Mismatch');
  assert.equal(
    await codes(aws, { headers: { 'content-md5': Buffer.from(md5(Buffer.from('y')), 'hex').toString('base64') } }),
    'BadDigest',
  );
  assert.equal((await fetch(`${s3}/files/no`)).status, 403);
  assert.equal((await fetch(`${s3}/files/no`, { headers: { authorization: `Bearer ${s.serviceKey}` } })).status, 400);
  const late = await aws.sign(`${s3}/files/no`, { aws: { datetime: '20200101T000000Z' } });
  assert.equal(one(await (await fetch(late)).text(), 'Code'), 'RequestTimeTooSkewed');
  assert.equal((await call('HEAD', '/files/no')).status, 404);
});

test('a session token is judged by its policies', async () => {
  await s.db.sql(
    `create policy own on storage.objects for all to authenticated using (name like 'ann/%' and auth.uid() = '${ANN}') with check (name like 'ann/%' and auth.uid() = '${ANN}')`,
  );
  const sessionToken = await s.token({ role: 'authenticated', sub: ANN });
  const ann = new AwsClient({
    service: 's3',
    region: 'local',
    accessKeyId: 'project',
    secretAccessKey: s.anonKey,
    sessionToken,
    retries: 0,
  });
  assert.equal((await call('PUT', '/files/ann/mine', { body: 'mine' }, ann)).status, 200);
  assert.equal((await call('GET', '/files/ann/mine', {}, ann)).text, 'mine');
  const denied = await call('PUT', '/files/else', { body: 'x' }, ann);
  assert.deepEqual([denied.status, one(denied.text, 'Code')], [403, 'AccessDenied']);
  await call('PUT', '/files/else', { body: 'x' });
  assert.equal((await call('GET', '/files/else', {}, ann)).status, 404);
  assert.equal((await call('DELETE', '/files/else', {}, ann)).status, 403);
  assert.deepEqual(all((await call('GET', '/files?list-type=2', {}, ann)).text, 'Key'), ['ann/mine']);
  assert.deepEqual(
    all(
      (await call('POST', '/files?delete', { body: '<Delete><Object><Key>else</Key></Object></Delete>' }, ann)).text,
      'Code',
    ),
    ['AccessDenied'],
  );
  const stranger = new AwsClient({
    service: 's3',
    region: 'local',
    accessKeyId: 'project',
    secretAccessKey: s.anonKey,
    sessionToken: 'x',
    retries: 0,
  });
  assert.equal((await call('GET', '/files/ann/mine', {}, stranger)).status, 403);
});

/** A body in S3's own chunks, each signed after the one before it, as SDKs send it. */
async function streamed(
  body: Buffer,
  { trailer, spoil = false }: { trailer?: string; spoil?: boolean },
): Promise<Response> {
  const time = new Date().toISOString().replace(/[:-]|\.\d{3}/g, '');
  const scope = `${time.slice(0, 8)}/local/s3/aws4_request`;
  const payload = trailer ? 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' : 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
  const chunks = [body.subarray(0, 70_000), body.subarray(70_000), Buffer.alloc(0)];
  const headers: Record<string, string> = {
    'x-amz-content-sha256': payload,
    'x-amz-decoded-content-length': String(body.length),
    'content-encoding': 'aws-chunked',
    ...(trailer && { 'x-amz-trailer': 'x-amz-checksum-crc32' }),
  };
  const signed = await aws.sign(`${s3}/files/streamed`, {
    method: 'PUT',
    headers,
    aws: { datetime: time, allHeaders: true },
  });
  let previous = /Signature=([0-9a-f]+)/.exec(signed.headers.get('authorization')!)![1]!;
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const sha = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
  const key = scope.split('/').reduce<string | Buffer>((each, part) => hmac(each, part), `AWS4${secretAccessKey}`);
  const framed = chunks.flatMap((chunk) => {
    const text = ['AWS4-HMAC-SHA256-PAYLOAD', time, scope, previous, sha(''), sha(chunk)].join('\n');
    previous = hmac(key, text).toString('hex');
    const size = chunk.length.toString(16);
    const frame = trailer ? `${size}\r\n` : `${size};chunk-signature=${spoil ? '0'.repeat(64) : previous}\r\n`;
    return [Buffer.from(frame), chunk, ...(chunk.length > 0 ? [Buffer.from('\r\n')] : [])];
  });
  framed.push(Buffer.from(trailer ? `x-amz-checksum-crc32:${trailer}\r\n\r\n` : '\r\n'));
  return fetch(signed.url, { method: 'PUT', headers: signed.headers, body: Buffer.concat(framed) });
}

test('a body in signed chunks, and one with a checksum behind it, arrive without their frames', async () => {
  const body = randomBytes(150_000);
  assert.equal((await streamed(body, {})).status, 200);
  const got = await call('GET', '/files/streamed');
  assert.ok(got.bytes.equals(body));
  assert.equal(got.headers.get('content-encoding'), null);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  assert.equal((await streamed(body, { trailer: sum.toString('base64') })).status, 200);
  const wrong = await streamed(body, { trailer: 'AAAAAA==' });
  assert.deepEqual([wrong.status, one(await wrong.text(), 'Code')], [400, 'BadDigest']);
  const forged = await streamed(body, { spoil: true });
  assert.deepEqual([forged.status, one(await forged.text(), 'Code')], [403, 'SignatureDoesNotMatch']);
});

test('what is not served says so, and does not pass for something else', async () => {
  await call('PUT', '/files/kept', { body: 'x' });
  for (const [method, path] of [
    ['PUT', '/files/kept?acl'],
    ['GET', '/files?policy'],
    ['PUT', '/files?cors'],
    ['DELETE', '/files/kept?tagging'],
  ] as const) {
    const { status, text } = await call(method, path);
    assert.deepEqual([status, one(text, 'Code')], [501, 'NotImplemented'], `${method} ${path}`);
  }
  assert.equal((await call('GET', '/files/kept')).text, 'x');
});

test('the key pair that everybody knows opens nothing unless it is let, and each project has its own', async () => {
  await using guarded = await storageServer();
  const list = async (keys: { accessKeyId: string; secretAccessKey: string }) =>
    (
      await new AwsClient({ service: 's3', region: 'local', retries: 0, ...keys }).fetch(
        `${guarded.url}/storage/v1/s3/`,
      )
    ).status;
  assert.equal(await list({ accessKeyId, secretAccessKey }), 403);
  assert.equal(await list(guarded.storage.s3Keys), 200);
});
