import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { delimiterOf, splitLine } from './csv.ts';

test('quoted fields may hold the delimiter and doubled quotes', () => {
  assert.deepEqual(splitLine('"A,B",2020-01-02,"say ""hi""",1', ','), ['A,B', '2020-01-02', 'say "hi"', '1']);
  assert.deepEqual(splitLine('a,,b,', ','), ['a', '', 'b', '']);
  assert.deepEqual(splitLine('"",""', ','), ['', '']);
});

test('splitting undoes quoting, whatever the fields hold', () => {
  const quote = (field: string) => `"${field.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 6 }), (fields) => {
      assert.deepEqual(splitLine(fields.map(quote).join(';'), ';'), fields);
    }),
  );
});

test('the delimiter is the one the header uses most', () => {
  assert.equal(delimiterOf('symbol;date;open'), ';');
  assert.equal(delimiterOf('symbol\tdate\topen'), '\t');
  assert.equal(delimiterOf('symbol,date,open'), ',');
});
