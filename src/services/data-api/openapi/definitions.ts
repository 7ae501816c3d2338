import { type Column, keyOf, type Relationship, type SchemaCache, type Table } from '../schema-cache/types.ts';
import { type Schema, swaggerType, typeAndItems } from './types.ts';

/** What a row of the table looks like. */
export function tableDefinition(table: Table, cache: SchemaCache): Schema {
  const columns = [...table.columns.values()];
  const keys = foreignKeys(table, cache);
  const required = columns.filter(({ nullable }) => !nullable).map(({ name }) => name);
  return {
    description: table.description ?? undefined,
    required: required.length > 0 ? required : undefined,
    properties: Object.fromEntries(columns.map((column) => [column.name, property(column, table, keys)])),
    type: 'object',
  };
}

function property(column: Column, table: Table, keys: readonly ForeignKey[]): Schema {
  return {
    default: defaultValue(column),
    description: columnDescription(column, table, keys),
    enum: column.enum.length > 0 ? column.enum : undefined,
    format: column.type,
    maxLength: column.maxLength ?? undefined,
    ...typeAndItems(column.type),
  };
}

function columnDescription(column: Column, table: Table, keys: readonly ForeignKey[]): string | undefined {
  const key = keys.find((each) => each.column === column.name);
  const notes = [
    ...(table.primaryKey.includes(column.name) ? ['This is a Primary Key.<pk/>'] : []),
    ...(key
      ? [`This is a Foreign Key to \`${key.table}.${key.target}\`.<fk table='${key.table}' column='${key.target}'/>`]
      : []),
  ];
  if (notes.length === 0) return column.description ?? undefined;
  return [column.description === null ? '' : `${column.description}\n\n`, ['Note:', ...notes].join('\n')].join('');
}

interface ForeignKey {
  readonly column: string;
  readonly table: string;
  readonly target: string;
}

/** Keys of one column; those to tables before those to views. */
function foreignKeys(table: Table, cache: SchemaCache): ForeignKey[] {
  const related = cache.relationships.get(`${keyOf(table)}\0${table.schema}`) ?? [];
  const found: { key: ForeignKey; toView: boolean }[] = [];
  for (const relationship of related) {
    const columns = keyColumns(relationship);
    if (relationship.kind !== 'key' || columns?.length !== 1) continue;
    const [column, target] = columns[0]!;
    found.push({
      key: { column, table: relationship.foreignTable.name, target },
      toView: relationship.foreignTableIsView,
    });
  }
  return found.sort((a, b) => Number(a.toView) - Number(b.toView)).map(({ key }) => key);
}

/** The pairs of columns when the key stands in this table. */
function keyColumns(relationship: Relationship): readonly (readonly [string, string])[] | undefined {
  if (relationship.kind !== 'key') return undefined;
  const { cardinality } = relationship;
  if (cardinality.kind === 'M2O' || (cardinality.kind === 'O2O' && !cardinality.isParent)) return cardinality.columns;
  return undefined;
}

/** A default as JSON where it is a constant; an expression of a text type is given as it stands, others are left out. */
function defaultValue(column: Column): unknown {
  if (column.default === null) return undefined;
  const text = swaggerType(column.type) === 'string' ? quotedDefault(column.default, column.type) : column.default;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function quotedDefault(expression: string, type: string): string {
  const cast = `::${type}`;
  const bare = expression.endsWith(cast) ? expression.slice(0, -cast.length).replace(/^'+|'+$/g, '') : expression;
  return `"${bare}"`;
}
