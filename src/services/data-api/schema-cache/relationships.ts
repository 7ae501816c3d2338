/** Relationships that follow from keys: the foreign keys themselves, what views make of them, junctions, and all inverses. */
import { type Cardinality, keyOf, type QualifiedName, type Relationship, type Table } from './types.ts';

export type KeyRelationship = Extract<Relationship, { kind: 'key' }>;
type Pair = readonly [string, string];

/** A view that shows all columns of a key: by column of the table, the view's columns that show it. */
export interface KeyDependency {
  readonly table: QualifiedName;
  readonly view: QualifiedName;
  readonly constraint: string;
  readonly kind: 'primary' | 'foreign' | 'referenced';
  readonly columns: readonly (readonly [string, readonly string[]])[];
}

const same = (a: QualifiedName, b: QualifiedName) => a.schema === b.schema && a.name === b.name;

/** A view may show a column twice: every way to pick one of each. */
function choices(columns: KeyDependency['columns']): string[][] {
  return columns.reduce<string[][]>(
    (ways, [, shown]) => ways.flatMap((way) => shown.map((column) => [...way, column])).slice(0, 64),
    [[]],
  );
}

function withColumns(cardinality: Cardinality, columns: readonly Pair[]): Cardinality {
  return cardinality.kind === 'M2M' ? cardinality : { ...cardinality, columns };
}

/** The relationships, and those of the views that show the keys on either side or on both. */
export function withViews(keys: readonly KeyRelationship[], dependencies: readonly KeyDependency[]): KeyRelationship[] {
  const byKey = new Map<string, KeyDependency[]>();
  for (const dependency of dependencies) {
    const key = `${keyOf(dependency.table)}\0${dependency.constraint}\0${dependency.kind}`;
    const list = byKey.get(key);
    if (list) list.push(dependency);
    else byKey.set(key, [dependency]);
  }
  return [...keys, ...keys.flatMap((key) => viewsOf(key, byKey))];
}

function viewsOf(key: KeyRelationship, byKey: ReadonlyMap<string, KeyDependency[]>): KeyRelationship[] {
  const { cardinality } = key;
  if (cardinality.kind === 'M2M') return [];
  const shown = (table: QualifiedName, kind: string) =>
    (byKey.get(`${keyOf(table)}\0${cardinality.constraint}\0${kind}`) ?? []).flatMap((dependency) =>
      choices(dependency.columns).map((columns) => ({ view: dependency.view, columns })),
    );
  const here = shown(key.table, 'foreign');
  const there = shown(key.foreignTable, 'referenced');
  const pairs = cardinality.columns;
  return [
    ...here.map(({ view, columns }) => ({
      ...key,
      table: view,
      isSelf: false,
      tableIsView: true,
      cardinality: withColumns(
        cardinality,
        pairs.map((pair, i) => [columns[i] as string, pair[1]]),
      ),
    })),
    ...there.map(({ view, columns }) => ({
      ...key,
      foreignTable: view,
      isSelf: false,
      foreignTableIsView: true,
      cardinality: withColumns(
        cardinality,
        pairs.map((pair, i) => [pair[0], columns[i] as string]),
      ),
    })),
    ...here.flatMap((one) =>
      there.map((other) => ({
        ...key,
        table: one.view,
        foreignTable: other.view,
        isSelf: same(one.view, other.view),
        tableIsView: true,
        foreignTableIsView: true,
        cardinality: withColumns(
          cardinality,
          pairs.map((_, i) => [one.columns[i] as string, other.columns[i] as string]),
        ),
      })),
    ),
  ];
}

/** Adds many-to-many through tables whose primary key holds both foreign keys. */
export function withJunctions(keys: readonly KeyRelationship[], tables: ReadonlyMap<string, Table>): KeyRelationship[] {
  const byTable = new Map<string, KeyRelationship[]>();
  for (const key of keys) {
    if (key.cardinality.kind !== 'M2O') continue;
    const list = byTable.get(keyOf(key.table));
    if (list) list.push(key);
    else byTable.set(keyOf(key.table), [key]);
  }
  const junctions = [...byTable].flatMap(([table, list]) => {
    const primary = new Set(tables.get(table)?.primaryKey);
    return primary.size === 0 ? [] : list.flatMap((one) => list.flatMap((other) => junction(one, other, primary)));
  });
  return [...keys, ...junctions];
}

function junction(one: KeyRelationship, other: KeyRelationship, primary: ReadonlySet<string>): KeyRelationship[] {
  const [a, b] = [one.cardinality, other.cardinality];
  if (a.kind !== 'M2O' || b.kind !== 'M2O' || a.constraint === b.constraint) return [];
  if (![...a.columns, ...b.columns].every(([column]) => primary.has(column))) return [];
  const swapped = (pairs: readonly Pair[]) => pairs.map(([here, there]): Pair => [there, here]);
  return [
    {
      kind: 'key',
      table: one.foreignTable,
      foreignTable: other.foreignTable,
      isSelf: same(one.foreignTable, other.foreignTable),
      tableIsView: one.foreignTableIsView,
      foreignTableIsView: other.foreignTableIsView,
      cardinality: {
        kind: 'M2M',
        junction: {
          table: one.table,
          constraint1: a.constraint,
          constraint2: b.constraint,
          source: swapped(a.columns),
          target: swapped(b.columns),
        },
      },
    },
  ];
}

const CARDINALITIES = ['O2M', 'M2O', 'O2O', 'M2M'] as const;

/** Where a relationship stands among others: clients see the order in the candidates of an ambiguous embedding. */
function rank({ table, foreignTable, isSelf, cardinality }: KeyRelationship): string {
  const names = [table.schema, table.name, foreignTable.schema, foreignTable.name, String(isSelf)];
  const kind = String(CARDINALITIES.indexOf(cardinality.kind));
  if (cardinality.kind !== 'M2M')
    return [...names, kind, cardinality.constraint, ...cardinality.columns.flat()].join('\0');
  const { junction } = cardinality;
  const keys = [junction.constraint1, junction.constraint2, ...junction.source.flat(), ...junction.target.flat()];
  return [...names, kind, junction.table.schema, junction.table.name, ...keys].join('\0');
}

/** In the order in which candidates are listed: by tables, cardinality, constraint and columns. */
export function inOrder(keys: readonly KeyRelationship[]): KeyRelationship[] {
  const ranked = keys.map((key) => [rank(key), key] as const);
  return ranked.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, key]) => key);
}

/** Adds one-to-many for each many-to-one, and the referenced side of each one-to-one. */
export function withInverses(keys: readonly KeyRelationship[]): KeyRelationship[] {
  return [...keys, ...keys.flatMap(inverse)];
}

function inverse(key: KeyRelationship): KeyRelationship[] {
  const { cardinality } = key;
  if (cardinality.kind !== 'M2O' && cardinality.kind !== 'O2O') return [];
  const columns = cardinality.columns.map(([here, there]): Pair => [there, here]);
  return [
    {
      ...key,
      table: key.foreignTable,
      foreignTable: key.table,
      tableIsView: key.foreignTableIsView,
      foreignTableIsView: key.tableIsView,
      cardinality:
        cardinality.kind === 'O2O'
          ? { ...cardinality, columns, isParent: !cardinality.isParent }
          : { ...cardinality, kind: 'O2M', columns },
    },
  ];
}
