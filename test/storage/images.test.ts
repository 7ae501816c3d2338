import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { type StorageServer, storageServer } from './storage-server.ts';

let s: StorageServer;
before(async () => {
  s = await storageServer();
  const { service } = s;
  await service.createBucket('images');
  await service.createBucket('open', { public: true });
  const wide = sharp({ create: { width: 400, height: 200, channels: 3, background: '#c33' } });
  // Held sideways: 200 wide and 400 high for who looks at it.
  await service
    .from('images')
    .upload('turned.jpg', await wide.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer());
  for (const bucket of ['images', 'open'])
    await service.from(bucket).upload('wide.jpg', await wide.clone().jpeg().toBuffer(), { contentType: 'image/jpeg' });
  await service.from('images').upload('wide.png', await wide.clone().png().toBuffer());
  await service.from('images').upload('text.png', 'no picture', { contentType: 'image/png' });
  await service.from('images').upload('drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', {
    contentType: 'image/svg+xml',
  });
  await service.from('images').upload('cut.jpg', (await wide.clone().jpeg().toBuffer()).subarray(0, 400));
  await service.from('images').upload('bomb.png', bomb());
});
after(() => s[Symbol.asyncDispose]());

/** A PNG that says it has 40,000 x 40,000 points. */
function bomb(): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(12 + data.length);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), 8 + data.length);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(40_000, 0);
  header.writeUInt32BE(40_000, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(5001));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

function crc(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

async function rendered(
  name: string,
  transform: object,
): Promise<{ width: number; height: number; format: string; type: string }> {
  const { data, error } = await s.service.from('images').download(name, { transform });
  assert.equal(error, null);
  const { width, height, format } = await sharp(Buffer.from(await data!.arrayBuffer())).metadata();
  return { width, height, format, type: data!.type };
}

test('an image is rendered to the sides that were asked for', async () => {
  const cases: [object, width: number, height: number][] = [
    [{ width: 100, height: 100 }, 100, 100],
    [{ width: 100, height: 100, resize: 'cover' }, 100, 100],
    [{ width: 100, height: 100, resize: 'contain' }, 100, 50],
    [{ width: 100, height: 30, resize: 'fill' }, 100, 30],
    [{ width: 100 }, 100, 50],
    [{ height: 100 }, 200, 100],
    [{ quality: 20 }, 400, 200],
    [{ width: 2000 }, 400, 200],
  ];
  for (const [transform, width, height] of cases) {
    const image = await rendered('wide.jpg', transform);
    assert.deepEqual(image, { width, height, format: 'jpeg', type: 'image/jpeg' }, JSON.stringify(transform));
  }
  assert.equal((await rendered('wide.png', { width: 10 })).format, 'png');
  assert.deepEqual(await rendered('turned.jpg', { width: 100 }), {
    width: 100,
    height: 200,
    format: 'jpeg',
    type: 'image/jpeg',
  });
});

test('a browser that shows WebP gets it, and the address may say otherwise', async () => {
  const address = s.service.from('open').getPublicUrl('wide.jpg', { transform: { width: 50 } }).data.publicUrl;
  const get = async (url: string, accept: string) => (await fetch(url, { headers: { accept } })).headers;
  assert.equal((await get(address, 'image/avif,image/webp,*/*')).get('content-type'), 'image/webp');
  assert.equal((await get(address, '*/*')).get('content-type'), 'image/jpeg');
  assert.equal((await get(`${address}&format=origin`, 'image/webp')).get('content-type'), 'image/jpeg');
  assert.equal((await get(`${address}&format=avif`, '*/*')).get('content-type'), 'image/avif');
  assert.equal((await get(address, '*/*')).get('vary'), 'accept');
});

test('a signed address renders what was signed and nothing else', async () => {
  const { data } = await s.service
    .from('images')
    .createSignedUrl('wide.jpg', 60, { transform: { width: 40, height: 40 } });
  assert.ok(data?.signedUrl.startsWith(`${s.url}/storage/v1/render/image/sign/images/wide.jpg?token=`));
  const answer = await fetch(`${data!.signedUrl}&width=300`);
  const { width, height } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
  assert.deepEqual([width, height], [40, 40]);
});

test('what cannot or must not be rendered is refused', async () => {
  const refusals: [name: string, transform: object, message: RegExp][] = [
    ['text.png', { width: 10 }, /not an image/],
    ['drawing.svg', { width: 10 }, /not an image/],
    ['cut.jpg', { width: 10 }, /cannot be read/],
    ['bomb.png', { width: 10 }, /too many pixels/],
    ['gone.png', { width: 10 }, /Object not found/],
    ['wide.jpg', { width: 100_000 }, /Invalid transformation/],
    ['wide.jpg', { width: 10, quality: 1 }, /Invalid transformation/],
  ];
  for (const [name, transform, message] of refusals) {
    const { error } = await s.service.from('images').download(name, { transform });
    assert.match(error?.message ?? '', message, name);
  }
  const { error } = await s.anon.from('images').download('wide.jpg', { transform: { width: 10 } });
  assert.equal(error?.message, 'Object not found');
});

test('a picture is rendered once, for all who ask, and forgotten with its object', async () => {
  const files = s.service.from('images');
  await files.upload(
    'once.png',
    await sharp({ create: { width: 30, height: 30, channels: 3, background: '#123' } })
      .png()
      .toBuffer(),
  );
  const [row] = await s.db.sql<{ version: string }>(`select version from storage.objects where name = 'once.png'`);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => files.download('once.png', { transform: { width: 10 } })),
  );
  assert.ok(answers.every(({ data }) => data && data.size > 0));
  const folder = join(s.folder, 'rendered');
  assert.equal((await readdir(join(folder, row!.version))).length, 1);
  await files.remove(['once.png']);
  await s.storage.reconcile();
  assert.ok(!(await readdir(folder)).includes(row!.version));
});

test('a caller who has the picture is told so', async () => {
  const address = s.service.from('open').getPublicUrl('wide.jpg', { transform: { width: 50 } }).data.publicUrl;
  const first = await fetch(address);
  const again = await fetch(address, { headers: { 'if-none-match': first.headers.get('etag')! } });
  assert.deepEqual([first.status, again.status], [200, 304]);
});
