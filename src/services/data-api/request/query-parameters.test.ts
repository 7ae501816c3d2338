import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../respond/api-error.ts';
import { parseQuery } from './query-parameters.ts';

const REFUSALS: readonly (readonly [query: string, message: string, details: string])[] = [
  [
    'id=0',
    '"failed to parse filter (0)" (line 1, column 1)',
    'unexpected "0" expecting "not" or operator (eq, gt, ...)',
  ],
  [
    'id=eq',
    '"failed to parse filter (eq)" (line 1, column 3)',
    'unexpected end of input expecting operator (eq, gt, ...)',
  ],
  ['id=in.3', '"failed to parse filter (in.3)" (line 1, column 4)', 'unexpected "3" expecting "("'],
  [
    'a=is.x',
    '"failed to parse filter (is.x)" (line 1, column 4)',
    'unexpected "x" expecting isVal: (null, not_null, true, false, unknown)',
  ],
  ['or=)(', '"failed to parse logic tree ()()" (line 1, column 3)', 'unexpected ")" expecting "("'],
  [
    'or=()',
    '"failed to parse logic tree (())" (line 1, column 4)',
    'unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)',
  ],
  ['or=(id.in.1,2)', '"failed to parse logic tree ((id.in.1,2))" (line 1, column 10)', 'unexpected "1" expecting "("'],
  [
    'order=id.asc.nullslasttt',
    '"failed to parse order (id.asc.nullslasttt)" (line 1, column 17)',
    `unexpected 't' expecting "," or end of input`,
  ],
  [
    'order=id.descc',
    '"failed to parse order (id.descc)" (line 1, column 8)',
    `unexpected 'c' expecting delimiter (.), "," or end of input`,
  ],
  [
    'select=a,b(',
    '"failed to parse select parameter (a,b()" (line 1, column 4)',
    `unexpected '(' expecting letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input`,
  ],
];

for (const [query, message, details] of REFUSALS)
  test(`${query} is refused in Parsec's words`, () => {
    try {
      parseQuery(query, false);
    } catch (error) {
      deepEqual(error instanceof ApiError && [error.code, error.message, error.details], [
        'PGRST100',
        message,
        details,
      ]);
      return;
    }
    throw new Error('it was accepted');
  });

test('a query string is read once into selects, filters, logic, orders and ranges', () => {
  const query = parseQuery(
    'select=a:b::int,c(d)&c.d=not.in.("x,y",z)&c.order=d.desc.nullslast&limit=3&or=(a.eq.1,b.is.null)',
    false,
  );
  deepEqual(query.select[0], {
    kind: 'field',
    field: { name: 'b', path: [] },
    cast: 'int',
    aggregate: undefined,
    aggregateCast: undefined,
    alias: 'a',
  });
  deepEqual(query.filters, [
    [
      ['c'],
      {
        field: { name: 'd', path: [] },
        expression: { negated: true, operation: { kind: 'in', values: ['x,y', 'z'] } },
      },
    ],
  ]);
  deepEqual(query.order, [[['c'], [{ field: { name: 'd', path: [] }, direction: 'desc', nulls: 'nullslast' }]]]);
  deepEqual(query.ranges, [[[], { limit: 3 }]]);
  deepEqual(query.logic.length, 1);
});

test('on functions what is no filter is an argument', () => {
  const query = parseQuery('a=1&b=eq.2&c=x.y', true);
  deepEqual(query.parameters, [
    ['a', '1'],
    ['c', 'x.y'],
  ]);
  deepEqual(query.filters.length, 1);
});

test('nesting has an end', () => {
  const deep = `select=${'a('.repeat(200)}${')'.repeat(200)}`;
  try {
    parseQuery(deep, false);
  } catch (error) {
    deepEqual(error instanceof ApiError && [error.status, error.code], [400, 'PGRST100']);
    return;
  }
  throw new Error('it was accepted');
});
