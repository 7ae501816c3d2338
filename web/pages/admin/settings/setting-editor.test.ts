import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import { editorOf, type NumberEditor, numberTyped, type Shape, sameJson } from './setting-editor.ts';

const of = (schema: object) => editorOf(schema as Shape, null);

test('a schema says how a setting is edited: switch, choice, number with its bounds, text, a group of numbers', () => {
  assert.deepEqual(of(Type.Boolean()), { kind: 'switch' });
  assert.deepEqual(of(Type.Union([Type.Literal(1), Type.Literal(2), Type.Null()])), {
    kind: 'choice',
    values: [1, 2, null],
  });
  assert.deepEqual(of(Type.Unsafe({ type: 'string', enum: ['a', 'b'] })), { kind: 'choice', values: ['a', 'b'] });
  assert.deepEqual(of(Type.Integer({ minimum: 0, maximum: 100 })), {
    ...{ kind: 'number', min: 0, max: 100, above: false, whole: true, optional: false },
  });
  assert.deepEqual(of(Type.String({ maxLength: 500 })), { kind: 'text', longest: 500 });
  assert.deepEqual(of(Type.Object({ balance: Type.Number({ exclusiveMinimum: 0 }) })), {
    kind: 'group',
    fields: [['balance', { kind: 'number', min: 0, max: null, above: true, whole: false, optional: false }]],
  });
});

test('a number beside a few values is edited as either; beside null it may stay empty', () => {
  const number = { kind: 'number', min: 0, max: 24, above: false, whole: false, optional: false };
  const hours = Type.Number({ minimum: 0, maximum: 24 });
  assert.deepEqual(of(Type.Union([Type.Boolean(), hours])), { kind: 'mixed', values: [true, false], number });
  assert.deepEqual(of(Type.Union([hours, Type.Null()])), { ...number, optional: true });
});

test('what no editor fits is typed as JSON; without a schema the value says what it is', () => {
  assert.deepEqual(of(Type.Array(Type.String())), { kind: 'json' });
  assert.deepEqual(of(Type.Union([Type.String(), Type.Number()])), { kind: 'json' });
  assert.deepEqual(editorOf(undefined, true), { kind: 'switch' });
  assert.deepEqual(editorOf(null, 'words'), { kind: 'text', longest: null });
  assert.deepEqual(editorOf(undefined, { a: 1 }), { kind: 'json' });
});

test('a number counts once it lies in its range', () => {
  const whole = of(Type.Integer({ minimum: 1, maximum: 10 })) as NumberEditor;
  const share = of(Type.Number({ exclusiveMinimum: 0 })) as NumberEditor;
  for (const [text, expected] of [
    ['1', 1],
    ['10', 10],
    ['0', undefined],
    ['11', undefined],
    ['2.5', undefined],
    ['', undefined],
    ['ten', undefined],
  ] as const)
    assert.equal(numberTyped(text, whole), expected, text);
  const perhaps = of(Type.Union([Type.Integer({ minimum: 5 }), Type.Null()])) as NumberEditor;
  assert.deepEqual(
    [numberTyped('', perhaps), numberTyped('4', perhaps), numberTyped('5', perhaps)],
    [null, undefined, 5],
  );
  assert.equal(numberTyped('0', share), undefined);
  assert.equal(numberTyped('0.01', share), 0.01);
});

test('the order of keys makes no difference', () => {
  assert.ok(sameJson({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 }));
  assert.ok(!sameJson({ a: [1, 2] }, { a: [2, 1] }));
  assert.ok(!sameJson(null, {}));
});
