import type { PgType } from './catalogue.ts';

const NUMBERS = new Set(['int2', 'int4', 'int8', 'float4', 'float8', 'numeric']);
const STRINGS = new Set(
  'bytea bpchar varchar date text citext time timetz timestamp timestamptz uuid vector name char'.split(' '),
);

/** The TypeScript that PostgREST's JSON of a type has, worded as the CLI does. A type of a schema that is not generated is unknown. */
export function typescriptOf(type: PgType, schemas: ReadonlySet<string>): string {
  if (type.element) {
    const element = typescriptOf(type.element, schemas);
    return /^[\w."[\]]+$/.test(element) ? `${element}[]` : `(${element})[]`;
  }
  if (type.kind !== 'base') return schemas.has(type.schema) ? named(type) : type.kind === 'enum' ? 'string' : 'unknown';
  if (type.name === 'bool') return 'boolean';
  if (NUMBERS.has(type.name)) return 'number';
  if (STRINGS.has(type.name)) return 'string';
  if (type.name === 'json' || type.name === 'jsonb') return 'Json';
  if (type.name === 'void') return 'undefined';
  return type.name === 'record' ? 'Record<string, unknown>' : 'unknown';
}

const PLACES = { enum: 'Enums', composite: 'CompositeTypes', table: 'Tables', view: 'Views' } as const;

function named({ schema, name, kind }: PgType): string {
  const place = PLACES[kind as keyof typeof PLACES];
  const row = kind === 'table' || kind === 'view' ? '["Row"]' : '';
  return `Database[${JSON.stringify(schema)}]["${place}"][${JSON.stringify(name)}]${row}`;
}
