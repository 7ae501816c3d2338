import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MessageReader } from './reader.ts';

test('messages come out as they went in, however the stream is cut', () => {
  const messages = fc.array(fc.tuple(fc.integer({ min: 65, max: 122 }), fc.uint8Array({ maxLength: 300 })), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sent, cuts) => {
      const stream = Buffer.concat(sent.map(([type, body]) => encode(type, body)));
      const received: [number, Uint8Array][] = [];
      const reader = new MessageReader((type, bytes, start, end) => {
        received.push([type, Uint8Array.from(bytes.subarray(start, end))]);
      });
      for (let at = 0, cut = 0; at < stream.length; cut++) {
        const size = cuts[cut % cuts.length] as number;
        const chunk = Buffer.from(stream.subarray(at, at + size));
        reader.push(chunk, chunk.length);
        chunk.fill(0xff);
        at += size;
      }
      assert.deepEqual(received, sent);
    }),
  );
});

test('a length that cannot be true is refused before anything is allocated for it', () => {
  const reader = new MessageReader(() => assert.fail('there is no message'));
  for (const length of [0, 3, 0xffff_ffff]) {
    const bytes = Buffer.alloc(5, 0x44);
    bytes.writeUInt32BE(length, 1);
    assert.throws(() => reader.push(bytes, bytes.length), RangeError);
  }
});

function encode(type: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head[0] = type;
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
