/** Plans a read: the tree of `select`, each relation with its filters, order and range. Pure; steps in PostgREST's order. */
import type { DataApiConfig } from '../config.ts';
import type { EmbedPath, Field, LogicTree, OrderTerm, QueryParameters, Range, SelectItem } from '../request/types.ts';
import { ApiError } from '../respond/api-error.ts';
import { keyOf, type QualifiedName, type SchemaCache } from '../schema-cache/types.ts';
import { isToOne } from '../sql/read.ts';
import { hasRepresentations, resolve, resolveFilter, resolveOutput } from './columns.ts';
import { findRelationship } from './relationships.ts';
import type { Condition, Ordering, ReadNode, SelectedField } from './types.ts';

export interface ReadContext {
  readonly cache: SchemaCache;
  readonly config: DataApiConfig;
  /** Embedded relations are looked for here. */
  readonly schema: string;
  readonly query: QueryParameters;
  /** Of the root, after the Range header. */
  readonly range: Range;
  /** A CTE that stands for the table: what a mutation returned or a function gave. */
  readonly source?: QualifiedName;
  /** Filters of the root belong to the mutation and not to the read of its result, and no limit cuts that short. */
  readonly isMutation: boolean;
}

export function planRead(table: QualifiedName, context: ReadContext): ReadNode {
  const { query, cache } = context;
  const root: ReadNode = {
    table,
    from: context.source ?? table,
    name: table.name,
    spread: false,
    depth: 0,
    joinAlias: table.name,
    select: [],
    where: [],
    order: [],
    range: context.isMutation ? { offset: 0 } : context.range,
    children: [],
  };
  addSelect(root, query.select, context);
  checkAggregates(root, context.config);
  for (const [path, filter] of query.filters)
    if (!(context.isMutation && path.length === 0)) {
      const node = nodeAt(root, path);
      node.where.push(toCondition(cache, node, { kind: 'filter', filter }));
    }
  for (const [path, tree] of query.logic)
    if (!(context.isMutation && path.length === 0)) {
      const node = nodeAt(root, path);
      node.where.push(toCondition(cache, node, tree));
    }
  for (const [path, terms] of query.order) {
    const node = nodeAt(root, path);
    node.order = terms.map((term) => toOrdering(cache, node, term));
  }
  if (context.isMutation) return root;
  for (const [path, { limit, offset }] of query.ranges)
    if (path.length > 0) {
      const node = nodeAt(root, path);
      node.range = { offset: offset ?? node.range.offset, limit: limit ?? node.range.limit };
    }
  restrict(root, context.config.dbMaxRows);
  return root;
}

/** No relation hands out more rows than db-max-rows. */
function restrict(node: ReadNode, most: number | undefined): void {
  if (most === undefined) return;
  node.range = { ...node.range, limit: Math.min(node.range.limit ?? most, most) };
  for (const child of node.children) restrict(child, most);
}

/** `grouped`: an aggregate here or above groups the rows, so that `*` must be spelled out. */
function addSelect(node: ReadNode, items: readonly SelectItem[], context: ReadContext, grouped = false): void {
  const isGrouped = grouped || items.some((item) => item.kind === 'field' && item.aggregate !== undefined);
  for (const item of items) {
    if (item.kind === 'field') node.select.push(...selectField(node, item, context.cache, isGrouped));
    else node.children.push(embed(node, item, context, isGrouped));
  }
}

function selectField(
  node: ReadNode,
  item: Extract<SelectItem, { kind: 'field' }>,
  cache: SchemaCache,
  grouped: boolean,
): SelectedField[] {
  const { aggregate, aggregateCast, cast, alias } = item;
  const isStar = item.field.name === '*' && !aggregate;
  const spelledOut = isStar && (grouped || isListSpread(node) || hasRepresentations(cache, node.table));
  const columns = spelledOut ? cache.tables.get(keyOf(node.table))?.columns : undefined;
  if (columns)
    return [...columns.keys()].map((name) => ({ target: resolveOutput(cache, node.table, { name, path: [] }) }));
  const target =
    cast === undefined && !aggregate
      ? resolveOutput(cache, node.table, item.field)
      : resolve(cache, node.table, item.field);
  return [{ target, aggregate, aggregateCast, cast, alias }];
}

const isLifted = (node: ReadNode) => node.relationship !== undefined && isToOne(node.relationship);
const isListSpread = (node: ReadNode) => node.spread && !isLifted(node);

function embed(
  parent: ReadNode,
  item: Exclude<SelectItem, { kind: 'field' }>,
  context: ReadContext,
  grouped: boolean,
): ReadNode {
  const relationship = findRelationship(context.cache, context.schema, parent.table, item.relation, item.hint);
  const table = relationship.foreignTable;
  const depth = parent.depth + 1;
  const base = `${parent.table.name}_${item.alias ?? item.relation}`;
  const taken = new Set(parent.children.map(({ joinAlias }) => joinAlias));
  const aliases = [`${base}_${depth}`, ...parent.children.map((_, index) => `${base}_${depth}_${index}`)];
  const isJoined = relationship.kind === 'key' && relationship.cardinality.kind === 'M2M';
  const node: ReadNode = {
    table,
    from: table,
    fromAlias: isJoined && !relationship.isSelf ? undefined : `${table.name}_${depth}`,
    name: item.relation,
    alias: item.alias,
    hint: item.hint,
    join: item.join,
    spread: item.kind === 'spread',
    depth,
    relationship,
    joinAlias: aliases.find((alias) => !taken.has(alias)) as string,
    select: [],
    where: [],
    order: [],
    range: { offset: 0 },
    children: [],
  };
  addSelect(node, item.select, context, grouped);
  return node;
}

function checkAggregates(node: ReadNode, config: DataApiConfig): void {
  const aggregates = node.select.some(({ aggregate }) => aggregate);
  if (aggregates && !config.dbAggregatesEnabled)
    throw new ApiError(400, 'PGRST123', 'Use of aggregate functions is not allowed');
  if (isListSpread(node) && (aggregates || node.children.some(liftsAggregates)))
    throw new ApiError(400, 'PGRST127', 'Feature not implemented', {
      details: 'Aggregates are not implemented for one-to-many or many-to-many spreads.',
    });
  for (const child of node.children) checkAggregates(child, config);
}

function liftsAggregates(node: ReadNode): boolean {
  return node.spread && (node.select.some(({ aggregate }) => aggregate) || node.children.some(liftsAggregates));
}

/** The embedded relation that a path names, by alias where it has one. */
function nodeAt(root: ReadNode, path: EmbedPath): ReadNode {
  return path.reduce((node, name) => {
    const child = childNamed(node, name);
    if (!child) throw notEmbedded(name);
    return child;
  }, root);
}

function childNamed(node: ReadNode, name: string): ReadNode | undefined {
  return node.children.find((child) => (child.alias ?? child.name) === name);
}

function notEmbedded(name: string): ApiError {
  return new ApiError(400, 'PGRST108', `'${name}' is not an embedded resource in this request`, {
    hint: `Verify that '${name}' is included in the 'select' query parameter.`,
  });
}

export function toCondition(
  cache: SchemaCache,
  node: Pick<ReadNode, 'table' | 'children'>,
  tree: LogicTree,
): Condition {
  if (tree.kind === 'logic') return { ...tree, of: tree.of.map((each) => toCondition(cache, node, each)) };
  const { field, expression } = tree.filter;
  const child = field.path.length === 0 ? childNamed(node as ReadNode, field.name) : undefined;
  if (!child) return { kind: 'filter', target: filterTarget(cache, node.table, field), expression };
  const { operation, negated } = expression;
  const value = operation.kind === 'is' ? operation.value : undefined;
  if (value !== 'null' && value !== 'not_null')
    throw new ApiError(400, 'PGRST120', `Bad operator on the '${child.name}' embedded resource`, {
      details: 'Only is null or not is null filters are allowed on embedded resources',
    });
  return { kind: 'embed', negated: negated !== (value === 'not_null'), alias: child.joinAlias };
}

function filterTarget(cache: SchemaCache, table: QualifiedName, field: Field) {
  return resolveFilter(cache, table, field);
}

function toOrdering(cache: SchemaCache, node: ReadNode, term: OrderTerm): Ordering {
  const { relation, field, direction, nulls } = term;
  if (relation === undefined) return { target: resolve(cache, node.table, field), direction, nulls };
  const child = childNamed(node, relation);
  if (!child) throw notEmbedded(relation);
  if (!isLifted(child))
    throw new ApiError(400, 'PGRST118', `A related order on '${relation}' is not possible`, {
      details: `'${node.table.name}' and '${relation}' do not form a many-to-one or one-to-one relationship`,
    });
  return { relation: child.joinAlias, target: { name: field.name, path: field.path, type: '' }, direction, nulls };
}
