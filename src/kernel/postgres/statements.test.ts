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

test('a semicolon in parentheses or in a comment within a comment ends nothing', () => {
  const sql =
    'create rule r as on insert to a do instead (insert into b values (1); insert into c values (2));\n/* one; /* two; */ three; */ select 1; select 2';
  assert.deepEqual(
    splitStatements(sql).map(({ text, line }) => [line, text.slice(0, 8)]),
    [
      [1, 'create r'],
      [2, 'select 1'],
      [2, 'select 2'],
    ],
  );
});
