import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { elementsOf, textOf, toXml } from './xml.ts';

test('what is written is read again', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((each) => !/\p{Cc}/u.test(each));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), (keys) => {
      const xml = toXml('Delete', { Object: keys.map((Key) => ({ Key })) });
      assert.deepEqual(
        elementsOf(xml, 'Object').map((each) => textOf(each, 'Key')),
        keys,
      );
    }),
  );
});

test('prefixes, attributes, empty elements and entities are understood', () => {
  const xml =
    '<s3:Delete xmlns:s3="x"><s3:Object a="1"><s3:Key>&#x41;&#66;&lt;</s3:Key></s3:Object><s3:Object/></s3:Delete>';
  assert.deepEqual(
    elementsOf(xml, 'Object').map((each) => textOf(each, 'Key')),
    ['AB<', undefined],
  );
});

test('an element ends where it ends, not where a longer name does', () => {
  assert.deepEqual(elementsOf('<Part><PartNumber>1</PartNumber><ETag>a</ETag></Part><Part >2</Part >', 'Part'), [
    '<PartNumber>1</PartNumber><ETag>a</ETag>',
    '2',
  ]);
});

test('elements that never end cost one look at the text', () => {
  assert.deepEqual(elementsOf('<Object>'.repeat(500_000), 'Object'), []);
});
