/** Plans inserts, updates and deletes. Rules and texts follow PostgREST's Plan. */

import type { Body } from '../request/payload.ts';
import type { Preferences } from '../request/preferences.ts';
import type { QueryParameters, Range } from '../request/types.ts';
import { ApiError } from '../respond/api-error.ts';
import { keyOf, type SchemaCache, type Table } from '../schema-cache/types.ts';
import { toCondition } from './read.ts';
import type { BodyColumn, Condition, Mutation, ReadNode } from './types.ts';

export interface MutationContext {
  readonly cache: SchemaCache;
  readonly table: Table;
  readonly query: QueryParameters;
  readonly preferences: Preferences;
  readonly body: Body | undefined;
  readonly range: Range;
  /** The read of the result, which says what must be returned. */
  readonly read: ReadNode;
}

export function planMutation(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', context: MutationContext): Mutation {
  const { table, query, preferences, cache } = context;
  const returning = returned(context);
  const where = conditions(context);
  if (method === 'DELETE') return { kind: 'delete', table, where, returning };
  const body = context.body;
  if (body?.kind !== 'json') throw new ApiError(400, 'PGRST102', 'Empty or invalid json');
  const columns = bodyColumns(cache, table, body.keys);
  const payload = { text: body.text, isObject: body.isObject };
  const applyDefaults = preferences.missing === 'default';
  const shared = { table, columns, payload, applyDefaults, returning };
  if (method === 'PATCH') return { kind: 'update', where, ...shared };
  const { primaryKey } = table;
  if (method === 'PUT') {
    checkPut(context);
    const conflict = { columns: primaryKey, resolution: 'merge' } as const;
    // PUT gives the whole row: what it leaves out is null, whatever missing= says.
    return { kind: 'insert', ...shared, applyDefaults: false, conflict, matches: where, primaryKey };
  }
  const target = query.onConflict ?? primaryKey;
  const resolution = preferences.resolution === 'merge-duplicates' ? 'merge' : 'ignore';
  const conflict = preferences.resolution && target.length > 0 ? ({ columns: target, resolution } as const) : undefined;
  return { kind: 'insert', ...shared, conflict, matches: [], primaryKey };
}

function conditions({ cache, table, query }: MutationContext): Condition[] {
  const node = { table, children: [] };
  return [
    ...query.filters.flatMap(([path, filter]) =>
      path.length === 0 ? [toCondition(cache, node, { kind: 'filter', filter })] : [],
    ),
    ...query.logic.flatMap(([path, tree]) => (path.length === 0 ? [toCondition(cache, node, tree)] : [])),
  ];
}

/** The body's columns with their types; an unknown one is PGRST204. */
function bodyColumns(cache: SchemaCache, table: Table, names: readonly string[]): BodyColumn[] {
  return names.map((name) => {
    const column = table.columns.get(name);
    if (!column)
      throw new ApiError(400, 'PGRST204', `Could not find the '${name}' column of '${table.name}' in the schema cache`);
    const representation = cache.representations.get(`json\0${column.nominalType}`)?.function;
    const type = representation ? 'json' : column.nominalType;
    return { name, type, default: column.default, representation };
  });
}

/** PUT names one row by its whole primary key and nothing else. */
function checkPut({ table, query, range }: MutationContext): void {
  if (range.offset !== 0 || range.limit !== undefined)
    throw new ApiError(400, 'PGRST114', 'limit/offset querystring parameters are not allowed for PUT');
  const byEquality = query.filters.every(
    ([path, { expression, field }]) =>
      path.length === 0 &&
      field.path.length === 0 &&
      !expression.negated &&
      expression.operation.kind === 'quant' &&
      expression.operation.operator === 'eq' &&
      !expression.operation.quantifier,
  );
  const named = query.filterFields;
  const exact =
    table.primaryKey.length > 0 &&
    table.primaryKey.length === named.size &&
    table.primaryKey.every((name) => named.has(name));
  if (!byEquality || !exact || query.logic.length > 0)
    throw new ApiError(405, 'PGRST105', "Filters must include all and only primary key columns with 'eq' operators");
}

/** Columns that RETURNING must yield: those selected, the keys that embeds join on, and the primary key for Location. */
function returned({ preferences, read, table }: MutationContext): string[] {
  if (preferences.return !== 'representation' && preferences.return !== 'headers-only') return [];
  return neededColumns(read, table.primaryKey);
}

export function neededColumns(read: ReadNode, primaryKey: readonly string[]): string[] {
  const names = read.select.map(({ target }) => target.name);
  const everything = read.select.length === 0 && read.children.length === 0;
  const computed = read.children.some(({ relationship }) => relationship?.kind === 'computed');
  if (everything || computed || names.includes('*')) return ['*'];
  const keys = read.children.flatMap(({ relationship }) => {
    if (relationship?.kind !== 'key') return [];
    const { cardinality } = relationship;
    const pairs = cardinality.kind === 'M2M' ? cardinality.junction.source : cardinality.columns;
    return pairs.map(([own]) => own);
  });
  return [...new Set([...names, ...keys, ...primaryKey])];
}

/** The table by name, or PGRST205. */
export function tableOrRefusal(
  cache: SchemaCache,
  schema: string,
  name: string,
  suggest: (names: readonly string[], wanted: string) => string | undefined,
): Table {
  const table = cache.tables.get(keyOf({ schema, name }));
  if (table) return table;
  const names = [...cache.tables.values()].filter((each) => each.schema === schema).map((each) => each.name);
  const similar = suggest(names, name);
  throw new ApiError(404, 'PGRST205', `Could not find the table '${schema}.${name}' in the schema cache`, {
    hint: similar === undefined ? null : `Perhaps you meant the table '${schema}.${similar}'`,
  });
}
