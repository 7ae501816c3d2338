import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import type { Value } from '../database.ts';

let fixture: TestDatabase;
before(async () => {
  fixture = await testDatabase();
});
after(() => fixture.close());

/** Sends the value as a parameter of the type and returns what comes back. */
async function echo(type: string, value: Value): Promise<unknown> {
  const row = await fixture.database.asAnon((session) => session.one(`select $1::${type} as value`, [value]));
  return row['value'];
}

const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0') && value.isWellFormed());
const DAY = 86_400_000;
const date = fc.integer({ min: -1_400_000 * DAY, max: 100_000_000 * DAY }).map((time) => new Date(time));

const ROUND_TRIPS: Record<string, fc.Arbitrary<Value>> = {
  text,
  bool: fc.boolean(),
  int4: fc.integer(),
  int8: fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n })),
  float8: fc.double({ noNaN: false }).map((value) => (Object.is(value, -0) ? 0 : value)),
  timestamptz: date,
  bytea: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  jsonb: fc.dictionary(fc.string({ unit: 'grapheme-ascii' }), fc.oneof(fc.integer(), fc.boolean(), fc.constant(null)), {
    noNullPrototype: true,
  }),
  'text[]': fc.array(fc.oneof(text, fc.constant(null))),
  'int4[]': fc.array(fc.integer()),
  'timestamptz[]': fc.array(date),
  'bytea[]': fc.array(fc.uint8Array().map((bytes) => Buffer.from(bytes))),
};

for (const [type, values] of Object.entries(ROUND_TRIPS))
  test(`any ${type} comes back as it went`, () =>
    fc.assert(
      fc.asyncProperty(values, async (value) => {
        assert.deepEqual(await echo(type, value), value);
      }),
      { numRuns: 60 },
    ));

test('nested arrays, arrays with bounds, infinities and numeric keep their meaning', async () => {
  assert.deepEqual(
    await echo('int4[]', [
      [1, 2],
      [3, null],
    ]),
    [
      [1, 2],
      [3, null],
    ],
  );
  assert.deepEqual(await echo('int4[]', '[0:1]={4,5}'), [4, 5]);
  assert.equal(await echo('timestamptz', 'infinity'), Number.POSITIVE_INFINITY);
  assert.equal(await echo('numeric', '12345678901234567890.5'), '12345678901234567890.5');
  assert.equal(await echo('date', '2024-02-29'), '2024-02-29');
  assert.equal(await echo('text', undefined), null);
  assert.deepEqual(await echo('timestamptz', '2024-06-01 12:00:00.123456+05:30'), new Date('2024-06-01T06:30:00.123Z'));
});

test('a column named __proto__ is a column', async () => {
  const row = await fixture.database.asAnon((session) => session.one('select 1 as "__proto__"'));
  assert.deepEqual(Object.entries(row), [['__proto__', 1]]);
});
