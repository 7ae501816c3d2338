import type { Table } from '../schema-cache/types.ts';
import type { Parameter, Reference } from './types.ts';

const RETURN = ['return=representation', 'return=minimal', 'return=none'];
const RESOLUTION = ['resolution=ignore-duplicates', 'resolution=merge-duplicates'];

/** Parameters of every table, by the name that operations refer to. */
const SHARED: Readonly<Record<string, Parameter>> = {
  preferParams: prefer(['params=single-object']),
  preferReturn: prefer(RETURN),
  preferCount: prefer(['count=none']),
  preferPost: prefer([...RETURN, ...RESOLUTION]),
  select: text('select', 'query', 'Filtering Columns'),
  on_conflict: text('on_conflict', 'query', 'On Conflict'),
  order: text('order', 'query', 'Ordering'),
  range: text('Range', 'header', 'Limiting and Pagination'),
  rangeUnit: { ...text('Range-Unit', 'header', 'Limiting and Pagination'), default: 'items' },
  offset: text('offset', 'query', 'Limiting and Pagination'),
  limit: text('limit', 'query', 'Limiting and Pagination'),
};

export function parameterDefinitions(tables: readonly Table[]): Record<string, Parameter> {
  const all: Record<string, Parameter> = { ...SHARED };
  for (const table of tables) {
    all[`body.${table.name}`] = body(table.name);
    for (const column of table.columns.values())
      all[rowFilterName(table.name, column.name)] = {
        name: column.name,
        description: column.description ?? undefined,
        required: false,
        format: column.type,
        in: 'query',
        type: 'string',
      };
  }
  return all;
}

export function rowFilterName(table: string, column: string): string {
  return `rowFilter.${table}.${column}`;
}

export function parameterReference(name: string): Reference {
  return { $ref: `#/parameters/${name}` };
}

function body(table: string): Parameter {
  return {
    name: table,
    description: table,
    required: false,
    in: 'body',
    schema: { $ref: `#/definitions/${table}` },
  };
}

function prefer(values: readonly string[]): Parameter {
  return { name: 'Prefer', description: 'Preference', required: false, enum: values, in: 'header', type: 'string' };
}

function text(name: string, where: 'query' | 'header', description: string): Parameter {
  return { name, description, required: false, in: where, type: 'string' };
}
