/** Reads as SQL: one SELECT per relation, embedded ones as lateral joins that hand up JSON. Shape as in PostgREST's QueryBuilder. */
import type { ReadNode, SelectedField } from '../plan/types.ts';
import type { Relationship } from '../schema-cache/types.ts';
import { aggregated, condition, grouped, nameOfPath, ordering, selected } from './expressions.ts';
import { identifier, type Parameters, qualified } from './text.ts';

/** To-one relationships embed an object, the others an array. */
export function isToOne(relationship: Relationship): boolean {
  if (relationship.kind === 'computed') return relationship.toOne;
  return relationship.cardinality.kind === 'M2O' || relationship.cardinality.kind === 'O2O';
}

const reference = (node: ReadNode) =>
  node.fromAlias === undefined ? qualified(node.from) : identifier(node.fromAlias);

export function readQuery(node: ReadNode, parameters: Parameters, parent?: ReadNode): string {
  const table = reference(node);
  const columns = [
    ...selection(node).map((item) => selected(table, item)),
    ...node.children.flatMap((child) => embedded(child, isLiftedSpread(node))),
  ];
  const joins = node.children.map((child) => lateral(child, node, parameters));
  return [
    `SELECT ${columns.join(', ')}`,
    source(node, parent),
    ...joins,
    where(node, parent, parameters),
    grouping(node, table),
    node.order.length === 0 ? '' : `ORDER BY ${node.order.map((each) => ordering(table, each)).join(', ')}`,
    limits(node, parameters),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

const EVERYTHING: SelectedField = { target: { name: '*', path: [], type: '' } };

function selection(node: ReadNode): readonly SelectedField[] {
  const all = node.select.length === 0 && node.children.length === 0 ? [EVERYTHING] : node.select;
  return isLiftedSpread(node) ? all.map(hoisted) : all;
}

/** A to-one spread, whose columns become the parent's. */
const isLiftedSpread = (node: ReadNode) => node.spread && !isToMany(node);

const isToMany = (node: ReadNode) => node.relationship !== undefined && !isToOne(node.relationship);

/** Inside a to-one spread nothing is aggregated: the parent does it, over the column lifted to it. */
function hoisted(item: SelectedField): SelectedField {
  if (!item.aggregate) return item;
  return { ...item, aggregate: undefined, aggregateCast: undefined, alias: hoistedName(item) };
}

function hoistedName(item: SelectedField): string | undefined {
  if (item.target.name === '*') return undefined;
  return `${item.aggregate}_${item.alias ?? nameOfPath(item.target)}`;
}

/** Where the rows come from, with the junction of many-to-many. */
function source(node: ReadNode, parent: ReadNode | undefined): string {
  const { relationship } = node;
  const alias = node.fromAlias === undefined ? '' : ` AS ${identifier(node.fromAlias)}`;
  if (relationship?.kind === 'computed' && parent) {
    const row = parent.fromAlias === undefined ? identifier(parent.from.name) : identifier(parent.fromAlias);
    return `FROM ${qualified(relationship.function)}(${row}::${qualified(relationship.tableAlias)}) AS ${identifier(node.fromAlias ?? node.from.name)}`;
  }
  const junction =
    relationship?.kind === 'key' && relationship.cardinality.kind === 'M2M'
      ? `, ${qualified(relationship.cardinality.junction.table)}`
      : '';
  return `FROM ${qualified(node.from)}${alias}${junction}`;
}

function where(node: ReadNode, parent: ReadNode | undefined, parameters: Parameters): string {
  const table = reference(node);
  const spreads = new Set(
    node.children.filter((child) => child.spread && isToMany(child)).map((child) => child.joinAlias),
  );
  const isThere = (alias: string) =>
    spreads.has(alias) ? `${identifier(alias)}.${ROWS} > 0` : `${identifier(alias)} IS DISTINCT FROM NULL`;
  const all = [
    ...node.where.map((each) => condition(table, each, parameters, isThere)),
    ...(parent ? joinConditions(node, parent) : []),
  ];
  return all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`;
}

function joinConditions(node: ReadNode, parent: ReadNode): string[] {
  const { relationship } = node;
  if (relationship?.kind !== 'key') return [];
  const [here, above] = [reference(node), reference(parent)];
  const { cardinality } = relationship;
  if (cardinality.kind !== 'M2M')
    return cardinality.columns.map(([theirs, own]) => `${here}.${identifier(own)} = ${above}.${identifier(theirs)}`);
  const junction = qualified(cardinality.junction.table);
  return [
    ...cardinality.junction.source.map(
      ([column, through]) => `${above}.${identifier(column)} = ${junction}.${identifier(through)}`,
    ),
    ...cardinality.junction.target.map(
      ([column, through]) => `${here}.${identifier(column)} = ${junction}.${identifier(through)}`,
    ),
  ];
}

function lateral(node: ReadNode, parent: ReadNode, parameters: Parameters): string {
  const alias = identifier(node.joinAlias);
  const kind = node.join === 'inner' ? 'INNER' : 'LEFT';
  const query = readQuery(node, parameters, parent);
  const joined = (sub: string, on: string) => `${kind} JOIN LATERAL (${sub}) AS ${alias} ON ${on}`;
  if (!isToMany(node)) return joined(query, 'TRUE');
  if (!node.spread) {
    const sub = `SELECT json_agg(${alias})::jsonb AS ${alias} FROM (${query}) AS ${alias}`;
    return joined(sub, node.join === 'inner' ? `${alias} IS NOT NULL` : 'TRUE');
  }
  const lists = (isEmptyEmbed(node) ? [] : resultNames(node)).map(
    ({ name }) => `COALESCE(json_agg(${alias}.${identifier(name)}), '[]')::jsonb AS ${identifier(name)}`,
  );
  const sub = `SELECT ${[...lists, `count(*) AS ${ROWS}`].join(', ')} FROM (${query}) AS ${alias}`;
  return joined(sub, node.join === 'inner' ? `${alias}.${ROWS} > 0` : 'TRUE');
}

/** How many rows went into the arrays of a spread. */
const ROWS = '"pgrst spread rows"';

interface ResultName {
  readonly name: string;
  /** Set where the aggregate is left to the parent. */
  readonly item?: SelectedField;
}

/** Names of the columns that a node's SELECT yields. */
function resultNames(node: ReadNode): ResultName[] {
  const own = node.select.map((item): ResultName => {
    const plain = item.alias ?? item.aggregate ?? nameOfPath(item.target);
    if (isLiftedSpread(node) && item.aggregate) return { name: hoistedName(item) ?? '*', item };
    return { name: plain };
  });
  const all: ResultName[] = node.select.length === 0 && node.children.length === 0 ? [{ name: '*' }] : own;
  return [...all, ...node.children.flatMap((child) => lifted(child, isLiftedSpread(node)))];
}

/** Columns a child hands to its parent's result; an aggregate stays one while its spread is spread `further`. */
function lifted(child: ReadNode, further: boolean): ResultName[] {
  if (isEmptyEmbed(child)) return [];
  if (!child.spread) return [{ name: child.alias ?? child.name }];
  if (further) return resultNames(child);
  return resultNames(child).map(({ name, item }) => ({
    name: item ? (item.alias ?? item.aggregate ?? name) : name,
  }));
}

/** `relation()`: joined for its filters, not shown. */
function isEmptyEmbed(node: ReadNode): boolean {
  return node.select.length === 0 && node.children.every(isEmptyEmbed);
}

/** What the parent selects of a child. */
function embedded(child: ReadNode, further: boolean): string[] {
  if (isEmptyEmbed(child)) return [];
  const alias = identifier(child.joinAlias);
  const name = identifier(child.alias ?? child.name);
  if (child.spread) return resultNames(child).map((each) => spreadColumn(alias, further ? { name: each.name } : each));
  if (!isToMany(child)) return [`row_to_json(${alias}.*)::jsonb AS ${name}`];
  return [`COALESCE(${alias}.${alias}, '[]') AS ${name}`];
}

function spreadColumn(alias: string, { name, item }: ResultName): string {
  const column = name === '*' ? `${alias}.*` : `${alias}.${identifier(name)}`;
  if (!item) return name === '*' ? column : `${column} AS ${identifier(name)}`;
  const expression = aggregated(column, item.aggregate, item.aggregateCast);
  return `${expression} AS ${identifier(item.alias ?? item.aggregate ?? name)}`;
}

function grouping(node: ReadNode, table: string): string {
  const items = selection(node);
  const spreads = node.children.filter((child) => child.spread && !isEmptyEmbed(child));
  const aggregates =
    items.some((item) => item.aggregate) ||
    (!isLiftedSpread(node) && spreads.some((child) => resultNames(child).some(({ item }) => item)));
  if (!aggregates) return '';
  const terms = [
    ...items.map((item) => grouped(table, item)),
    ...node.children.flatMap((child) => {
      if (isEmptyEmbed(child)) return [];
      const alias = identifier(child.joinAlias);
      if (!child.spread) return [isToMany(child) ? `${alias}.${alias}` : `row_to_json(${alias}.*)::jsonb`];
      return resultNames(child).flatMap(({ name, item }) =>
        item ? [] : [name === '*' ? `${alias}.*` : `${alias}.${identifier(name)}`],
      );
    }),
  ].filter((term) => term !== undefined);
  return terms.length === 0 ? '' : `GROUP BY ${terms.join(', ')}`;
}

function limits({ range }: ReadNode, parameters: Parameters): string {
  const limit = range.limit === undefined ? '' : `LIMIT ${parameters.add(String(range.limit))}`;
  const offset = range.offset === 0 ? '' : `OFFSET ${parameters.add(String(range.offset))}`;
  return [limit, offset].filter((part) => part !== '').join(' ');
}

/** As many rows as the read has without its limit; embeds count only where they filter. */
export function countQuery(node: ReadNode, parameters: Parameters, parent?: ReadNode): string {
  const table = reference(node);
  const exists = node.children
    .filter((child) => child.join === 'inner')
    .map((child) => `EXISTS (${countQuery(child, parameters, node)})`);
  const embeds = new Map(node.children.map((child) => [child.joinAlias, child]));
  const isThere = (alias: string) => {
    const child = embeds.get(alias);
    return `EXISTS (${child ? countQuery(child, parameters, node) : 'SELECT 1'})`;
  };
  const own = node.where.map((each) => condition(table, each, parameters, isThere));
  const all = [...own, ...(parent ? joinConditions(node, parent) : []), ...exists];
  return `SELECT 1 ${source(node, parent)}${all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`}`;
}
