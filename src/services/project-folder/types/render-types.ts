import type { Catalogue, TypedColumn, TypedFunction, TypedRelation } from './catalogue.ts';
import { HELPER_TYPES } from './helper-types.ts';
import { typescriptOf } from './typescript-type.ts';

/** A foreign key of a table or view, and one relation that it leads to. */
export interface TypedRelationship {
  readonly schema: string;
  readonly relation: string;
  readonly foreignKeyName: string;
  readonly columns: readonly string[];
  readonly isOneToOne: boolean;
  readonly referencedRelation: string;
  readonly referencedColumns: readonly string[];
}

export interface TypesInput {
  readonly schemas: readonly string[];
  readonly catalogue: Catalogue;
  readonly relationships: readonly TypedRelationship[];
  /** Which PostgREST the client may assume. */
  readonly postgrestVersion: string;
}

/** The file that `supabase gen types typescript` would write: the same `Database` type and the same helpers. Pure. */
export function renderTypes({ schemas, catalogue, relationships, postgrestVersion }: TypesInput): string {
  const known = new Set(schemas);
  const sorted = [...known].sort();
  const bodies = sorted.map((schema) =>
    [`  ${key(schema)}: {`, ...schemaBody(schema, known, catalogue, relationships), '  }'].join('\n'),
  );
  const constants = sorted.map((schema) => {
    const enums = catalogue.enums.filter((each) => each.schema === schema);
    const lines = enums.map(
      ({ name, labels }) => `      ${key(name)}: [${labels.map((label) => JSON.stringify(label)).join(', ')}],`,
    );
    return [
      `  ${key(schema)}: {`,
      lines.length ? `    Enums: {\n${lines.join('\n')}\n    },` : '    Enums: {},',
      '  },',
    ].join('\n');
  });
  return `export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  __InternalSupabase: {
    PostgrestVersion: ${JSON.stringify(postgrestVersion)}
  }
${bodies.join('\n')}
}

${HELPER_TYPES}
export const Constants = {
${constants.join('\n')}
} as const
`;
}

const key = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
const NONE = '{ [_ in never]: never }';

function section(title: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [`    ${title}: ${NONE}`] : [`    ${title}: {`, ...entries, '    }'];
}

function schemaBody(
  schema: string,
  known: ReadonlySet<string>,
  catalogue: Catalogue,
  relationships: readonly TypedRelationship[],
): string[] {
  const here = <T extends { schema: string }>(all: readonly T[]) => all.filter((each) => each.schema === schema);
  const relations = here(catalogue.relations);
  const render = (relation: TypedRelation) => relationBody(relation, known, catalogue, relationships);
  return [
    ...section('Tables', relations.filter(({ kind }) => kind === 'table').map(render)),
    ...section('Views', relations.filter(({ kind }) => kind === 'view').map(render)),
    ...section('Functions', functionEntries(here(catalogue.functions), known)),
    ...section(
      'Enums',
      here(catalogue.enums).map(
        ({ name, labels }) => `      ${key(name)}: ${labels.map((label) => JSON.stringify(label)).join(' | ')}`,
      ),
    ),
    ...section(
      'CompositeTypes',
      here(catalogue.composites).map(({ name, columns }) => {
        const fields = columns.map(
          (column) => `        ${key(column.name)}: ${typescriptOf(column.type, known)} | null`,
        );
        return `      ${key(name)}: {\n${fields.join('\n')}\n      }`;
      }),
    ),
  ];
}

function relationBody(
  relation: TypedRelation,
  known: ReadonlySet<string>,
  catalogue: Catalogue,
  relationships: readonly TypedRelationship[],
): string {
  const { columns } = relation;
  const computed = computedFields(relation, catalogue.functions).map(
    (each) => `          ${key(each.name)}: ${typescriptOf(each.returns, known)} | null`,
  );
  const writable = relation.kind === 'table' || relation.updatable;
  const lines = [
    `        Row: {`,
    ...columns.map((column) => `          ${key(column.name)}: ${readType(column, known)}`),
    ...computed,
    '        }',
    ...(writable
      ? [
          '        Insert: {',
          ...columns.map((column) => `          ${writtenColumn(relation, column, known, false)}`),
          '        }',
          '        Update: {',
          ...columns.map((column) => `          ${writtenColumn(relation, column, known, true)}`),
          '        }',
        ]
      : []),
    ...relationshipLines(
      relationships.filter((each) => each.schema === relation.schema && each.relation === relation.name),
    ),
  ];
  return `      ${key(relation.name)}: {\n${lines.join('\n')}\n      }`;
}

const readType = (column: TypedColumn, known: ReadonlySet<string>) =>
  `${typescriptOf(column.type, known)}${column.nullable ? ' | null' : ''}`;

function writtenColumn(
  { kind }: TypedRelation,
  column: TypedColumn,
  known: ReadonlySet<string>,
  update: boolean,
): string {
  if (column.alwaysIdentity || (kind === 'view' && !column.updatable)) return `${key(column.name)}?: never`;
  const optional = update || column.nullable || column.hasDefault;
  return `${key(column.name)}${optional ? '?' : ''}: ${readType(column, known)}`;
}

/** Functions of one parameter, the row itself, are selected like columns. */
function computedFields({ schema, name }: TypedRelation, functions: readonly TypedFunction[]): TypedFunction[] {
  return functions.filter(({ set, columns, parameters: [first, second] }) => {
    if (set || columns || !first || second) return false;
    return first.type.schema === schema && first.type.name === name && first.type.kind !== 'base';
  });
}

function relationshipLines(relationships: readonly TypedRelationship[]): string[] {
  if (relationships.length === 0) return ['        Relationships: []'];
  const list = (names: readonly string[]) => `[${names.map((name) => JSON.stringify(name)).join(', ')}]`;
  const order = (each: TypedRelationship) =>
    `${each.foreignKeyName}\0${each.referencedRelation}\0${each.referencedColumns}`;
  const sorted = [...relationships].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  const entries = sorted.map((each) =>
    [
      '          {',
      `            foreignKeyName: ${JSON.stringify(each.foreignKeyName)}`,
      `            columns: ${list(each.columns)}`,
      `            isOneToOne: ${each.isOneToOne}`,
      `            referencedRelation: ${JSON.stringify(each.referencedRelation)}`,
      `            referencedColumns: ${list(each.referencedColumns)}`,
      '          },',
    ].join('\n'),
  );
  return ['        Relationships: [', ...entries, '        ]'];
}

/** Overloads of a name are a union. */
function functionEntries(functions: readonly TypedFunction[], known: ReadonlySet<string>): string[] {
  const byName = Map.groupBy(functions.filter(isCallable), ({ name }) => name);
  return [...byName].map(([name, overloads]) => {
    const bodies = overloads.map((each) => functionBody(each, known));
    return `      ${key(name)}:${bodies.length === 1 ? ` ${bodies[0]}` : bodies.map((body) => `\n        | ${body}`).join('')}`;
  });
}

/** By name, or with one unnamed parameter that takes the whole body. */
function isCallable({ parameters }: TypedFunction): boolean {
  const [first] = parameters;
  if (parameters.every(({ name }) => name !== '')) return true;
  return parameters.length === 1 && ['json', 'jsonb', 'text'].includes(first!.type.name);
}

function functionBody({ set, returns, columns, parameters }: TypedFunction, known: ReadonlySet<string>): string {
  const given = parameters.map(
    ({ name, type, optional }) => `${key(name)}${optional ? '?' : ''}: ${typescriptOf(type, known)}`,
  );
  const fields = columns?.map(({ name, type }) => `${key(name)}: ${typescriptOf(type, known)}`);
  const several = fields && (fields.length > 1 || returns.name === 'record');
  const one = several ? `{ ${fields.join('; ')} }` : typescriptOf(returns, known);
  const parts = [
    `Args: ${given.length === 0 ? 'never' : `{ ${given.join('; ')} }`}`,
    `Returns: ${set ? arrayOf(one) : one}`,
  ];
  if (returns.kind === 'table' || returns.kind === 'view')
    parts.push(`SetofOptions: ${setofOptions(set, returns.name, parameters)}`);
  return `{ ${parts.join('; ')} }`;
}

const arrayOf = (type: string) => (/^[\w."[\]{};: ]+$/.test(type) ? `${type}[]` : `(${type})[]`);

/** What the client needs to go on selecting from a function that returns rows of a relation. */
function setofOptions(set: boolean, to: string, parameters: TypedFunction['parameters']): string {
  const [first, second] = parameters;
  const from = first && !second && (first.type.kind === 'table' || first.type.kind === 'view') ? first.type.name : '*';
  return `{ from: ${JSON.stringify(from)}; to: ${JSON.stringify(to)}; isOneToOne: ${!set}; isSetofReturn: ${set} }`;
}
