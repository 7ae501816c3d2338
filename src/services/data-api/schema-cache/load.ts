/** Reads the schema cache from the catalogues: a dozen queries on one connection, none of which needs more than a login. */
import type { DataApiConfig } from '../config.ts';
import * as queries from './queries.ts';
import {
  inOrder,
  type KeyDependency,
  type KeyRelationship,
  withInverses,
  withJunctions,
  withViews,
} from './relationships.ts';
import {
  type Column,
  keyOf,
  type MediaHandler,
  type QualifiedName,
  type Relationship,
  type Routine,
  type SchemaCache,
  type Table,
} from './types.ts';
import { type Origins, originsOf, resolveOrigins } from './view-columns.ts';

/** Runs a query as the login role; rows as objects, JSON parsed. */
export type Query = <R>(text: string, values?: readonly unknown[]) => Promise<R[]>;

type TableRow = Omit<Table, 'columns'> & { oid: string; columns: (Column & { number: number })[] };

async function readTimezones(query: Query): Promise<ReadonlySet<string>> {
  const zones = await query<{ name: string }>('select name from pg_timezone_names');
  return new Set(zones.map(({ name }) => name));
}

/** `timezones` are those read before, if any. Throws what the connection throws. */
export async function loadSchemaCache(
  query: Query,
  config: DataApiConfig,
  timezones?: ReadonlySet<string>,
): Promise<SchemaCache> {
  const schemas = [config.dbSchemas];
  const rows = await query<TableRow>(queries.TABLES);
  const foreignKeys = await query<ForeignKeyRow>(queries.FOREIGN_KEYS);
  const dependencies = await keyDependencies(query, rows);
  const tables = tablesOf(rows, dependencies);
  const keys = foreignKeys.map((row) => foreignKey(row));
  const related = inOrder(withInverses(withJunctions(withViews(keys, dependencies), tables)));
  const computed = await query<ComputedRow>(queries.COMPUTED_RELATIONSHIPS);
  const routines = await query<RoutineRow>(queries.ROUTINES, [config.dbSchemas, config.dbHoistedTxSettings]);
  const representations = await query<{ source: string; target: string; function: string }>(queries.REPRESENTATIONS);
  const handlers = await query<HandlerRow>(queries.MEDIA_HANDLERS, schemas);
  const roles = await query<{ role: string; name: string; value: string }>(queries.ROLE_SETTINGS);
  const described = await query<{ name: string; description: string | null }>(queries.SCHEMAS, schemas);
  const [version] = await query<{ v: string }>("select current_setting('server_version_num') as v");
  return {
    tables,
    relationships: relationshipsOf(related, computed),
    routines: routinesOf(routines),
    representations: new Map(representations.map((row) => [`${row.source}\0${row.target}`, row])),
    mediaHandlers: handlersOf(handlers),
    timezones: timezones ?? (await readTimezones(query)),
    schemaDescriptions: new Map(
      described.flatMap(({ name, description }) => (description ? [[name, description]] : [])),
    ),
    ...roleSettings(roles),
    serverVersion: Number(version?.v),
  };
}

interface ForeignKeyRow extends QualifiedName {
  foreignSchema: string;
  foreignName: string;
  constraint: string;
  isSelf: boolean;
  columns: [string, string][];
  oneToOne: boolean;
}

function foreignKey(row: ForeignKeyRow): KeyRelationship {
  const { constraint, columns } = row;
  return {
    kind: 'key',
    table: { schema: row.schema, name: row.name },
    foreignTable: { schema: row.foreignSchema, name: row.foreignName },
    isSelf: row.isSelf,
    tableIsView: false,
    foreignTableIsView: false,
    cardinality: row.oneToOne
      ? { kind: 'O2O', constraint, columns, isParent: false }
      : { kind: 'M2O', constraint, columns },
  };
}

function tablesOf(rows: readonly TableRow[], dependencies: readonly KeyDependency[]): Map<string, Table> {
  const viewKeys = new Map<string, string[]>();
  for (const { kind, view, columns } of dependencies)
    if (kind === 'primary') {
      const shown = columns.map(([, names]) => names[0] as string);
      viewKeys.set(keyOf(view), [...new Set([...(viewKeys.get(keyOf(view)) ?? []), ...shown])]);
    }
  return new Map(
    rows.map(({ columns, oid: _, ...row }) => [
      keyOf(row),
      {
        ...row,
        primaryKey: row.isView ? (viewKeys.get(keyOf(row)) ?? []) : row.primaryKey,
        columns: new Map(columns.map(({ number: _number, ...column }) => [column.name, column])),
      },
    ]),
  );
}

interface KeyRow {
  constraint: string;
  kind: 'p' | 'f';
  table: string;
  foreignTable: string;
  columns: number[];
  foreignColumns: number[] | null;
}

async function keyDependencies(query: Query, tables: readonly TableRow[]): Promise<KeyDependency[]> {
  const views = await query<{ oid: string; action: string }>(queries.VIEWS);
  const keys = await query<KeyRow>(queries.KEYS);
  const byOid = new Map(tables.map((table) => [Number(table.oid), table]));
  const origins = resolveOrigins(new Map(views.map(({ oid, action }) => [Number(oid), originsOf(action)])));
  const keysOf = Map.groupBy(
    keys.flatMap((key) => [
      {
        key,
        table: Number(key.table),
        kind: key.kind === 'p' ? ('primary' as const) : ('foreign' as const),
        columns: key.columns,
      },
      ...(key.kind === 'f' && key.foreignColumns
        ? [{ key, table: Number(key.foreignTable), kind: 'referenced' as const, columns: key.foreignColumns }]
        : []),
    ]),
    ({ table }) => table,
  );
  const found: KeyDependency[] = [];
  for (const [oid, shown] of origins) {
    const view = byOid.get(oid);
    if (!view) continue;
    for (const tableOid of new Set([...shown.values()].map(({ table }) => table))) {
      const table = byOid.get(tableOid);
      for (const { key, kind, columns } of (table && keysOf.get(tableOid)) || []) {
        const pairs = columns.map(
          (number) => [nameOf(table!, number), shownAs(view, shown, tableOid, number)] as const,
        );
        if (pairs.every(([, names]) => names.length > 0))
          found.push({
            table: qualified(table!),
            view: qualified(view),
            constraint: key.constraint,
            kind,
            columns: pairs,
          });
      }
    }
  }
  return found;
}

const qualified = ({ schema, name }: QualifiedName): QualifiedName => ({ schema, name });
const nameOf = (table: TableRow, number: number) =>
  table.columns.find((column) => column.number === number)?.name ?? '';

function shownAs(view: TableRow, shown: Origins, table: number, column: number): string[] {
  return [...shown]
    .filter(([, origin]) => origin.table === table && origin.column === column)
    .map(([number]) => nameOf(view, number))
    .filter((name) => name !== '');
}

interface ComputedRow extends QualifiedName {
  tableSchema: string;
  tableName: string;
  foreignSchema: string;
  foreignName: string;
  toOne: boolean;
}

/** A computed relationship replaces detected ones to a table, or of a name, like its own. */
function relationshipsOf(keys: readonly KeyRelationship[], computed: readonly ComputedRow[]) {
  const map = new Map<string, Relationship[]>();
  const add = (relationship: Relationship, schema: string) => {
    const key = `${keyOf(relationship.table)}\0${schema}`;
    const list = map.get(key);
    if (list) list.push(relationship);
    else map.set(key, [relationship]);
  };
  for (const key of keys) add(key, key.foreignTable.schema);
  for (const row of computed) {
    const table = { schema: row.tableSchema, name: row.tableName };
    const foreignTable = { schema: row.foreignSchema, name: row.foreignName };
    const isSelf = keyOf(table) === keyOf(foreignTable);
    const own = { schema: row.schema, name: row.name };
    add(
      { kind: 'computed', function: own, table, foreignTable, isSelf, toOne: row.toOne, tableAlias: table },
      row.schema,
    );
  }
  return map;
}

interface RoutineRow extends QualifiedName {
  description: string | null;
  parameters: Routine['parameters'];
  typeSchema: string;
  typeName: string;
  returnsSet: boolean;
  composite: boolean;
  alias: boolean;
  volatility: 'v' | 's' | 'i';
  hasVariadic: boolean;
  isolation: string | null;
  settings: [string, string][];
}

const VOLATILITY = { v: 'volatile', s: 'stable', i: 'immutable' } as const;
const ISOLATIONS = ['read committed', 'repeatable read', 'serializable'] as const;

function isolationOf(text: string | null) {
  return ISOLATIONS.find((level) => level === text?.toLowerCase().replaceAll('"', '')) ?? null;
}

/** The order in which candidates are listed, as PostgREST orders them: what tells equally long lists apart is compared in turn. */
function byFewestParameters(a: Routine, b: Routine): number {
  const traits = ({ description, parameters }: Routine) => [
    description ?? '',
    ...parameters.flatMap(({ name, type }) => [name, type]),
  ];
  const [left, right] = [traits(a), traits(b)];
  const at = left.findIndex((trait, index) => trait !== right[index]);
  return a.parameters.length - b.parameters.length || (at < 0 ? 0 : (left[at] ?? '') < (right[at] ?? '') ? -1 : 1);
}

function routinesOf(rows: readonly RoutineRow[]): Map<string, Routine[]> {
  const routines = rows.map((row): Routine => {
    const name = { schema: row.typeSchema, name: row.typeName };
    return {
      schema: row.schema,
      name: row.name,
      description: row.description,
      parameters: row.parameters,
      returns: {
        set: row.returnsSet,
        type: row.composite ? { kind: 'composite', name, alias: row.alias } : { kind: 'scalar', name },
      },
      volatility: VOLATILITY[row.volatility],
      hasVariadic: row.hasVariadic,
      isolation: isolationOf(row.isolation),
      settings: row.settings.filter(([name]) => name !== 'default_transaction_isolation'),
    };
  });
  return Map.groupBy(routines.sort(byFewestParameters), keyOf);
}

interface HandlerRow extends QualifiedName {
  mediaType: string;
  aggregate: boolean;
  relationSchema: string | null;
  relationName: string | null;
}

function handlersOf(rows: readonly HandlerRow[]): Map<string, MediaHandler> {
  const map = new Map<string, MediaHandler>();
  for (const row of rows) {
    const own = { schema: row.schema, name: row.name };
    const any = row.relationSchema === 'pg_catalog' && row.relationName === 'anyelement';
    const relation = any ? null : { schema: row.relationSchema ?? '', name: row.relationName ?? '' };
    const target = row.aggregate ? (relation ? keyOf(relation) : '*') : `function\0${keyOf(own)}`;
    map.set(`${row.mediaType}\0${target}`, {
      function: own,
      mediaType: row.mediaType,
      relation: row.aggregate ? relation : null,
      resultIsAny: row.mediaType === '*/*',
    });
  }
  return map;
}

function roleSettings(rows: readonly { role: string; name: string; value: string }[]) {
  const settings = new Map<string, [string, string][]>();
  const isolations = new Map<string, 'read committed' | 'repeatable read' | 'serializable'>();
  for (const { role, name, value } of rows) {
    if (name === 'default_transaction_isolation') {
      const level = isolationOf(value);
      if (level) isolations.set(role, level);
    } else if (!name.startsWith('pgrst.')) settings.set(role, [...(settings.get(role) ?? []), [name, value]]);
  }
  return { roleSettings: settings, roleIsolation: isolations };
}
