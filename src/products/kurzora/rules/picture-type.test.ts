import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { pictureType } from './picture-type.ts';

test('a picture is known by its bytes, and nothing else passes for one', async () => {
  const square = sharp({ create: { width: 2, height: 2, channels: 3, background: '#fff' } });
  assert.equal(pictureType(await square.clone().png().toBuffer()), 'image/png');
  assert.equal(pictureType(await square.clone().jpeg().toBuffer()), 'image/jpeg');
  assert.equal(pictureType(await square.clone().webp().toBuffer()), 'image/webp');
  for (const other of [
    await square.clone().gif().toBuffer(),
    Buffer.from('<svg xmlns="...">'),
    Buffer.from('RIFF....WAVE'),
    Buffer.alloc(0),
  ])
    assert.equal(pictureType(other), undefined);
});
