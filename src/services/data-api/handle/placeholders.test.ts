import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ApiRequest } from '../api.ts';
import { DEFAULT_CONFIG } from '../config.ts';
import { planRead } from '../plan/read.ts';
import { parseQuery } from '../request/query-parameters.ts';
import type { QueryParameters } from '../request/types.ts';
import type { SchemaCache, Table } from '../schema-cache/types.ts';
import { readStatements } from '../sql/statement.ts';
import { shapeOf } from './placeholders.ts';
import { type Asked, canonicalOf, planOf, understand } from './understand.ts';

const ITEMS: Table = {
  schema: 'public',
  name: 'items',
  description: null,
  isView: false,
  insertable: true,
  updatable: true,
  deletable: true,
  primaryKey: ['id'],
  columns: new Map(),
};

function emptyCache(): SchemaCache {
  return {
    tables: new Map([['public\0items', ITEMS]]),
    relationships: new Map(),
    routines: new Map(),
    representations: new Map(),
    mediaHandlers: new Map(),
    timezones: new Set(),
    schemaDescriptions: new Map(),
    roleSettings: new Map(),
    roleIsolation: new Map(),
    serverVersion: 180000,
  };
}

const requestOf = (query: string): ApiRequest => ({
  method: 'GET',
  path: '/items',
  query,
  headers: {},
  body: Buffer.alloc(0),
});

/** The statements of a read, counted so that a value stands in two of them. */
function statementsOf(cache: SchemaCache, query: QueryParameters) {
  const context = { cache, config: DEFAULT_CONFIG, schema: 'public', query, range: { offset: 0 }, isMutation: false };
  const { main, count } = readStatements(planRead(ITEMS, context), { kind: 'json' }, 'planned');
  return { statements: [main, ...(count ? [count] : [])] };
}

const planned = (cache: SchemaCache, asked: Asked, query: string) =>
  planOf(asked, requestOf(query), undefined, (parsed) => statementsOf(cache, parsed));

const value = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '',
    'null',
    'eq.1',
    '(1,2)',
    '"a"',
    '{a}',
    '*',
    '%',
    'a&b',
    'a=b',
    'a;b',
    '\0',
    '\x01',
    '+',
    ' x ',
    "'",
  ),
);
const filter = fc.tuple(
  fc.constantFrom('id', 'name', 'a->>b', 'price', 'and', 'order', 'select', 'limit', 'x.y'),
  fc.constantFrom('eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'like', 'in', 'not.eq', 'is', 'eq(any)', 'cs', 'nonsense'),
  value,
);
const queryOf = (filters: readonly (readonly [string, string, string])[]) =>
  filters.map(([name, operator, text]) => `${name}=${operator}.${encodeURIComponent(text)}`).join('&');

/** What came of it, a refusal included. */
function outcomeOf<T>(run: () => T): unknown {
  try {
    return run();
  } catch (error) {
    const { code, message, details, hint } = error as Record<string, unknown>;
    return { code, message, details, hint };
  }
}

test('whatever the values, a plan found by its shape is the plan of the request itself', () => {
  const cache = emptyCache();
  let shared = 0;
  fc.assert(
    fc.property(fc.array(filter, { minLength: 1, maxLength: 4 }), (filters) => {
      const query = queryOf(filters);
      const byShape = outcomeOf(() => {
        const asked = understand(requestOf(query), DEFAULT_CONFIG, cache);
        if (asked.values.length > 0) shared++;
        return { ...planned(cache, asked, query), canonical: canonicalOf(asked) };
      });
      const itself = outcomeOf(() => {
        const parsed = parseQuery(query, false);
        return { ...statementsOf(cache, parsed), canonical: parsed.canonical };
      });
      deepEqual(byShape, itself);
    }),
    { numRuns: 3000 },
  );
  ok(shared > 100, `only ${shared} requests had values to share a shape by`);
});

test('requests that differ in values share the text of their statement, and keep their values', () => {
  const cache = emptyCache();
  const [one, two] = ['id=eq.1&name=neq.a%20b', 'id=eq.2&name=neq.%C3%A9'].map((query) =>
    planned(cache, understand(requestOf(query), DEFAULT_CONFIG, cache), query),
  );
  equal(one?.statements[0]?.text, two?.statements[0]?.text);
  deepEqual(
    [one?.statements[0]?.values, two?.statements[0]?.values],
    [
      ['1', 'a b'],
      ['2', 'é'],
    ],
  );
});

test('an operator, a name and what is no plain value belong to the shape', () => {
  const key = (query: string, isRpcRead = false) => shapeOf(query, isRpcRead).key;
  equal(key('id=eq.1'), key('id=eq.2'));
  for (const other of ['id=gt.1', 'name=eq.1', 'id=not.eq.1', 'id=in.(1)', 'id=is.null', 'id=eq.1&limit=1'])
    notEqual(key('id=eq.1'), key(other));
  for (const whole of ['id=in.(1)', 'or=(id.eq.1)', 'order=eq.1', 'id=eq.1&id=eq.2', 'i%64=eq.1', 'id=eq.1;b', 'id=1'])
    equal(key(whole), whole);
  equal(key('a=1&b=-2', true), key('a=3&b=-4', true));
  equal(key('a=eq', true), 'a=eq');
});
