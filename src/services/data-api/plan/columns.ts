import type { Field } from '../request/types.ts';
import { keyOf, type QualifiedName, type SchemaCache } from '../schema-cache/types.ts';
import type { Target } from './types.ts';

/** A field with the type of its column; unknown columns are left for Postgres to judge, since functions can be columns too. */
export function resolve(cache: SchemaCache, table: QualifiedName, field: Field): Target {
  const column = cache.tables.get(keyOf(table))?.columns.get(field.name);
  return { name: field.name, path: field.path, type: column?.type ?? '' };
}

/** As `resolve`, with the function that reads a filter's text as a value of the column's domain. */
export function resolveFilter(cache: SchemaCache, table: QualifiedName, field: Field): Target {
  return withRepresentation(cache, table, field, (type) => `text\0${type}`);
}

/** As `resolve`, with the function that renders the column's domain as JSON. */
export function resolveOutput(cache: SchemaCache, table: QualifiedName, field: Field): Target {
  return withRepresentation(cache, table, field, (type) => `${type}\0json`);
}

function withRepresentation(
  cache: SchemaCache,
  table: QualifiedName,
  field: Field,
  key: (nominalType: string) => string,
): Target {
  const target = resolve(cache, table, field);
  const column = cache.tables.get(keyOf(table))?.columns.get(field.name);
  if (!column || field.path.length > 0 || cache.representations.size === 0) return target;
  const representation = cache.representations.get(key(column.nominalType))?.function;
  return representation === undefined ? target : { ...target, representation };
}

/** Whether any column of the table is rendered by a function, so that `*` must be spelled out. */
export function hasRepresentations(cache: SchemaCache, table: QualifiedName): boolean {
  if (cache.representations.size === 0) return false;
  const columns = cache.tables.get(keyOf(table))?.columns.values() ?? [];
  return [...columns].some((column) => cache.representations.has(`${column.nominalType}\0json`));
}
