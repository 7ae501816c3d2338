import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import { fromText } from './validation.ts';

const Query = Type.Object({
  count: Type.Optional(Type.Integer()),
  share: Type.Optional(Type.Number()),
  open: Type.Optional(Type.Boolean()),
  tags: Type.Optional(Type.Array(Type.String())),
  days: Type.Optional(Type.Array(Type.Integer())),
  phase: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(2), Type.Null()])),
  name: Type.Optional(Type.String()),
});

test('text is read as the type asked for', () => {
  const given = {
    count: '12',
    share: '-.5e2',
    open: 'false',
    tags: 'a',
    days: ['1', '2'],
    phase: '2',
    name: '007',
    more: '1',
  };
  assert.deepEqual(fromText(Query, given), {
    count: 12,
    share: -50,
    open: false,
    tags: ['a'],
    days: [1, 2],
    phase: 2,
    name: '007',
    more: '1',
  });
});

test('what is not exactly a number or a boolean stays text', () => {
  for (const text of ['', ' ', '12abc', '0x10', 'Infinity', 'NaN', '1,5', '--1'])
    assert.deepEqual(fromText(Query, { share: text }), { share: text });
  assert.deepEqual(fromText(Query, { open: '1', phase: '3' }), { open: '1', phase: '3' });
});
