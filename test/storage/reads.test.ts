import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StorageServer, storageServer } from './storage-server.ts';

const BYTES = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
let s: StorageServer;
let url: string;

before(async () => {
  s = await storageServer();
  await s.service.createBucket('b', { public: true });
  await s.service.from('b').upload('file.bin', BYTES, { contentType: 'application/x-thing', cacheControl: '7200' });
  url = `${s.url}/storage/v1/object/public/b/file.bin`;
});
after(() => s[Symbol.asyncDispose]());

const get = (headers: Record<string, string>, method = 'GET') => fetch(url, { method, headers });

test('an answer says type, length, age and identity', async () => {
  for (const method of ['GET', 'HEAD']) {
    const answer = await get({}, method);
    assert.equal(answer.status, 200);
    const { headers } = answer;
    assert.deepEqual(
      ['content-type', 'content-length', 'cache-control', 'accept-ranges'].map((name) => headers.get(name)),
      ['application/x-thing', '300000', 'max-age=7200', 'bytes'],
    );
    assert.match(headers.get('etag')!, /^"[0-9a-f]{64}"$/);
    assert.ok(Math.abs(Date.parse(headers.get('last-modified')!) - Date.now()) < 60_000);
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), method === 'GET' ? BYTES : Buffer.alloc(0));
  }
});

test('parts are sent as they are asked for', async () => {
  const cases: [range: string, status: number, from: number, to: number][] = [
    ['bytes=0-0', 206, 0, 1],
    ['bytes=100-199', 206, 100, 200],
    ['bytes=299990-', 206, 299_990, 300_000],
    ['bytes=-10', 206, 299_990, 300_000],
    ['bytes=-999999', 206, 0, 300_000],
    ['bytes=299999-400000', 206, 299_999, 300_000],
    ['bytes=5-4', 200, 0, 300_000],
    ['bytes=0-1,4-5', 200, 0, 300_000],
    ['lines=1-2', 200, 0, 300_000],
    ['bytes=-', 200, 0, 300_000],
  ];
  for (const [range, status, from, to] of cases) {
    const answer = await get({ range });
    assert.equal(answer.status, status, range);
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), BYTES.subarray(from, to), range);
    assert.equal(answer.headers.get('content-range'), status === 206 ? `bytes ${from}-${to - 1}/300000` : null);
    assert.equal(answer.headers.get('content-length'), String(to - from));
  }
});

test('a part behind the end is refused with the length', async () => {
  for (const range of ['bytes=300000-', 'bytes=-0']) {
    const answer = await get({ range });
    assert.equal(answer.headers.get('content-range'), 'bytes */300000');
    assert.equal(((await answer.json()) as { statusCode: string }).statusCode, '416');
  }
});

test('what the caller has already is not sent again', async () => {
  const first = await get({}, 'HEAD');
  const etag = first.headers.get('etag')!;
  const modified = first.headers.get('last-modified')!;
  const cases: [Record<string, string>, number][] = [
    [{ 'if-none-match': etag }, 304],
    [{ 'if-none-match': `"x", W/${etag}` }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"x"' }, 200],
    [{ 'if-modified-since': modified }, 304],
    [{ 'if-modified-since': new Date(Date.parse(modified) - 1000).toUTCString() }, 200],
    [{ 'if-modified-since': 'no date' }, 200],
    [{ 'if-none-match': '"x"', 'if-modified-since': modified }, 200],
    [{ range: 'bytes=0-1', 'if-range': etag }, 206],
    [{ range: 'bytes=0-1', 'if-range': '"x"' }, 200],
    [{ range: 'bytes=0-1', 'if-range': modified }, 206],
  ];
  for (const [headers, status] of cases) {
    const answer = await get(headers);
    const body = await answer.arrayBuffer();
    assert.equal(answer.status, status, JSON.stringify(headers));
    if (status === 304) assert.equal(body.byteLength, 0);
    assert.equal(answer.headers.get('etag'), etag);
  }
});

test('pages and drawings from users have no scripts and no origin here, pictures and films none to give', async () => {
  const { service } = s;
  for (const [type, sandboxed] of [
    ['text/html', true],
    ['TEXT/HTML; charset=utf-8', true],
    ['image/svg+xml', true],
    ['application/xhtml+xml', true],
    ['text/xml', true],
    ['application/javascript', true],
    ['image/png', false],
    ['video/mp4', false],
    ['application/pdf', false],
  ] as const) {
    await service.from('b').upload('thing', '<script>alert(1)</script>', { contentType: type, upsert: true });
    const { headers } = await fetch(`${s.url}/storage/v1/object/public/b/thing`);
    const policy = headers.get('content-security-policy')!;
    assert.equal(/; sandbox$/.test(policy), sandboxed, type);
    assert.match(policy, /^default-src 'none'/);
    assert.doesNotMatch(policy, /script-src|unsafe-eval/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
  }
});

test('a header that was sent as a type does not come back as one', async () => {
  const answer = await fetch(`${s.url}/storage/v1/object/b/odd`, {
    method: 'POST',
    headers: { authorization: `Bearer ${s.serviceKey}`, 'content-type': 'nonsense', 'cache-control': 'max-age=5' },
    body: 'x',
  });
  assert.equal(answer.status, 200);
  const { headers } = await fetch(`${s.url}/storage/v1/object/public/b/odd`);
  assert.equal(headers.get('content-type'), 'application/octet-stream');
});

test('a row without bytes is no object to read, but one to look at', async () => {
  await s.db.sql(
    `insert into storage.objects (bucket_id, name, metadata) values ('b', 'seeded.png', '{"size": 12, "mimetype": "image/png"}')`,
  );
  const { error } = await s.service.from('b').download('seeded.png');
  assert.equal(error?.message, 'Object not found');
  const { data } = await s.service.from('b').info('seeded.png');
  assert.deepEqual([data?.size, data?.contentType], [12, 'image/png']);
  assert.equal((await s.service.from('b').exists('seeded.png')).data, true);
});
