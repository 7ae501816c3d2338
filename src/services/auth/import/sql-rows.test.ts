import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InsertScanner } from './insert-scanner.ts';
import { sqlRows } from './sql-rows.ts';

const cell = fc.option(
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\u0000', '')),
  { nil: null },
);

test('an INSERT that was written comes back, wherever its text is cut', () => {
  const quoted = (value: string | null) => (value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`);
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
      fc.nat(200),
      (rows, cut) => {
        const text = ` ${rows.map((row) => `(${row.map(quoted).join(', ')})`).join(',\n\t')};`;
        const scanner = new InsertScanner();
        const read = [...scanner.feed(text.slice(0, cut)), ...scanner.feed(text.slice(cut))];
        assert.deepEqual(read, rows);
        assert.ok(scanner.done);
      },
    ),
  );
});

test('a COPY block that was written comes back', async () => {
  const escaped = (value: string | null) =>
    value === null
      ? '\\N'
      : value.replace(
          /[\\\b\f\n\r\t\v]/g,
          (sign) =>
            ({ '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' })[sign]!,
        );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { maxLength: 5 }), async (rows) => {
      const lines = [
        'COPY auth.users (id, "raw_user_meta_data") FROM stdin;',
        ...rows.map((row) => row.map(escaped).join('\t')),
        '\\.',
        'SELECT 1;',
      ];
      const read: unknown[] = [];
      for await (const { values } of sqlRows(
        (async function* () {
          yield* lines;
        })(),
      ))
        read.push([values['id'], values['raw_user_meta_data']]);
      assert.deepEqual(read, rows);
    }),
  );
});
