import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLogicalMessage } from './pgoutput.ts';

const text = (value: string) => Buffer.from(`${value}\0`);
const int16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const field = (value: string) => Buffer.concat([Buffer.from('t'), int32(Buffer.byteLength(value)), Buffer.from(value)]);
const read = (...parts: Buffer[]) => {
  const bytes = Buffer.concat(parts);
  return readLogicalMessage(bytes, 0, bytes.length);
};

test('a relation and a change of it are read, with values that are null and values that did not come', () => {
  const relation = read(
    Buffer.from('R'),
    int32(77),
    text(''),
    text('tä'),
    Buffer.from('d'),
    int16(2),
    Buffer.concat([Buffer.from([1]), text('id'), int32(20), int32(0xffff_ffff)]),
    Buffer.concat([Buffer.from([0]), text('note'), int32(25), int32(0xffff_ffff)]),
  );
  assert.deepEqual(relation, {
    kind: 'relation',
    relation: {
      oid: 77,
      schema: 'pg_catalog',
      name: 'tä',
      identity: 'd',
      columns: [
        { name: 'id', typeOid: 20, typeModifier: -1, isKey: true },
        { name: 'note', typeOid: 25, typeModifier: -1, isKey: false },
      ],
    },
  });
  const update = read(
    Buffer.from('U'),
    int32(77),
    Buffer.from('K'),
    int16(2),
    field('1'),
    Buffer.from('n'),
    Buffer.from('N'),
    int16(2),
    field('2'),
    Buffer.from('u'),
  );
  assert.deepEqual(update, { kind: 'update', oid: 77, old: ['1', null], row: ['2', undefined], oldIsKey: true });
});

test('a message that is cut short is refused and not read past its end', () => {
  const whole = Buffer.concat([Buffer.from('I'), int32(77), Buffer.from('N'), int16(1), field('value')]);
  assert.deepEqual(readLogicalMessage(whole, 0, whole.length), { kind: 'insert', oid: 77, row: ['value'] });
  const followed = Buffer.concat([whole, Buffer.from('the next message')]);
  for (let end = 1; end < whole.length; end++)
    assert.throws(() => readLogicalMessage(followed, 0, end), RangeError, `cut at ${end}`);
});
