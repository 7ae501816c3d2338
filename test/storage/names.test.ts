import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type StorageServer, storageServer } from './storage-server.ts';

let s: StorageServer;
before(async () => {
  s = await storageServer();
  await s.service.createBucket('b', { public: true });
});
after(() => s[Symbol.asyncDispose]());

/** The path as it is written here: fetch would resolve `..` before it is sent. */
function raw(method: string, path: string, body = ''): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(s.url);
  const headers = { authorization: `Bearer ${s.serviceKey}`, 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sending = request({ hostname, port, method, path: `/storage/v1${path}`, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode!, text: Buffer.concat(chunks).toString() }));
    });
    sending.on('error', reject).end(body);
  });
}

const encoded = (name: string) => name.split('/').map(encodeURIComponent).join('/');

test('a name is stored and found as it came, to the byte', async () => {
  const names = [
    'ein Bäckerei-Foto.jpg',
    'ein Bäckerei-Foto.jpg'.normalize('NFD'),
    '図書館/本.txt',
    '👩‍👩‍👧.png',
    'folder/',
    'a//b',
    '...',
    '.hidden',
    'a+b&c=d?e#f.txt',
    '100%',
    'quote"\'`<>|*:.txt',
    'dir\uff0ffullwidth',
    'x'.repeat(1024),
    'ü'.repeat(512),
  ];
  for (const name of names) {
    assert.equal((await raw('POST', `/object/b/${encoded(name)}`, name)).status, 200, name);
    assert.deepEqual(await raw('GET', `/object/public/b/${encoded(name)}`), { status: 200, text: name }, name);
  }
  const stored = (await s.db.sql<{ name: string }>('select name from storage.objects')).map(({ name }) => name);
  assert.deepEqual(stored.toSorted(), names.toSorted());
});

test('a name that deceives, leads elsewhere or is too long is refused, and nothing is written', async () => {
  const before = await s.db.sql('select count(*) from storage.objects');
  const paths = [
    '../escape',
    'a/../b',
    'a/..',
    './a',
    '%2e%2e/escape',
    '..%2fescape',
    'a/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
    '%2fabsolute',
    '/absolute',
    'back%5cslash',
    'nul%00byte',
    'line%0abreak',
    'gpj%E2%80%AEexe',
    'x'.repeat(1025),
    encodeURIComponent('ü'.repeat(513)),
    'bad%ff',
    'bad%',
    '%ed%a0%80',
  ];
  for (const path of paths) {
    const { status, text } = await raw('POST', `/object/b/${path}`, 'x');
    assert.deepEqual([status, (JSON.parse(text) as { code: string }).code], [400, 'InvalidKey'], path);
  }
  assert.deepEqual(await s.db.sql('select count(*) from storage.objects'), before);
});

test('no name, however it is written, leaves the folder of blobs', async () => {
  const listing = async () => (await readdir(s.folder)).toSorted();
  const before = await listing();
  const piece = fc.oneof(
    fc.constantFrom('..', '.', '%2e%2e', '%2f', '%5c', '%00', '/', '~', 'a', '%c0%ae', '\u{1f600}', ' '),
    fc.string({ unit: 'grapheme', maxLength: 5 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 6 }), async (pieces) => {
      const path = pieces
        .join('')
        .replace(/[\0-\x20\x7f-\uffff]/g, (each) => encodeURIComponent(each.toWellFormed()))
        .replace(/[?#]/g, '');
      const { status } = await raw('POST', `/object/b/${path || 'x'}`, 'x');
      assert.ok(status === 200 || status === 400, `${status} for ${path}`);
    }),
    { numRuns: 150 },
  );
  assert.deepEqual(await listing(), before);
  for (const folder of await readdir(join(s.folder, 'blobs'))) assert.match(folder, /^[0-9a-f]{2}$/);
});

test('what no route knows, and bodies that are no JSON, are refused in the same form', async () => {
  for (const [method, path, body] of [
    ['GET', '/nothing', ''],
    ['PATCH', '/object/b/x', ''],
    ['POST', '/object/list/b', '{'],
    ['POST', '/object/list/b', '{"limit":"x"}'],
    ['POST', '/object/move', '{}'],
    ['DELETE', '/object/b', '{"prefixes":[]}'],
    ['POST', '/bucket', '[]'],
    ['GET', '/bucket?limit=x', ''],
    ['GET', '/vector/x', ''],
  ] as const) {
    const { status, text } = await raw(method, path, body);
    const answer = JSON.parse(text) as Record<string, unknown>;
    assert.equal(status, 400, `${method} ${path}`);
    assert.deepEqual(Object.keys(answer), ['statusCode', 'error', 'message', 'code']);
  }
});
