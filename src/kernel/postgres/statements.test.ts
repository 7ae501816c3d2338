import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineAt, splitStatements } from './statements.ts';

test('semicolons inside quotes, dollar quotes, comments and atomic bodies do not end a statement', () => {
  const sql = `-- a; comment
select ';', "odd;name", e'it\\'s;';
/* block; */ do $body$ begin perform 1; end $body$;

create function f() returns int language sql begin atomic select case when true then 1 end; select 2; end;
select 3`;
  assert.deepEqual(
    splitStatements(sql).map(({ text, line }) => [line, text.slice(0, 12)]),
    [
      [2, "select ';', "],
      [3, 'do $body$ be'],
      [5, 'create funct'],
      [6, 'select 3'],
    ],
  );
});

test('an empty file, comments alone and a lone semicolon hold no statement', () => {
  for (const sql of ['', '-- nothing\n', '/* nothing */ ;\n;']) assert.deepEqual(splitStatements(sql), []);
});

test('lines are counted from 1 at the offset', () => {
  assert.deepEqual(
    [0, 1, 2, 4].map((offset) => lineAt('a\nb\nc', offset)),
    [1, 1, 2, 3],
  );
});
