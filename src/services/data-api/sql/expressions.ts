/** Columns, conditions and orderings as SQL. Operators and shapes follow PostgREST's SqlFragment. */
import type { Condition, Ordering, SelectedField, Target } from '../plan/types.ts';
import type { JsonStep, Operation } from '../request/types.ts';
import { arrayLiteral, identifier, literal, type Parameters } from './text.ts';

const SIMPLE = {
  neq: '<>',
  cs: '@>',
  cd: '<@',
  ov: '&&',
  sl: '<<',
  sr: '>>',
  nxr: '&<',
  nxl: '&>',
  adj: '-|-',
} as const;
const QUANT = {
  eq: '=',
  gte: '>=',
  gt: '>',
  lte: '<=',
  lt: '<',
  like: 'like',
  ilike: 'ilike',
  match: '~',
  imatch: '~*',
} as const;
const FTS = {
  fts: 'to_tsquery',
  plfts: 'plainto_tsquery',
  phfts: 'phraseto_tsquery',
  wfts: 'websearch_to_tsquery',
} as const;

function jsonStep(step: JsonStep): string {
  return step.arrow + ('key' in step ? literal(step.key) : `${literal(step.index)}::int`);
}

/** `table` is quoted already. */
function column(table: string, { name }: Target): string {
  return name === '*' ? `${table}.*` : `${table}.${identifier(name)}`;
}

/** The column with its JSON path; what is no JSON is made so before the path is followed. */
export function field(table: string, target: Target): string {
  const plain = column(table, target);
  if (target.path.length === 0) return plain;
  const isJson = target.type === 'json' || target.type === 'jsonb';
  return (isJson ? plain : `to_jsonb(${plain})`) + target.path.map(jsonStep).join('');
}

/** Name of the result column where it is not the one Postgres would give. */
function resultName({ alias, target, aggregate }: SelectedField): string | undefined {
  if (alias !== undefined) return alias;
  if (target.representation && !aggregate) return target.name;
  if (target.path.length === 0 || aggregate) return undefined;
  return nameOfPath(target);
}

/** The last key of a JSON path; of a path of indexes the column's name. */
export function nameOfPath(target: Target): string {
  const key = target.path.findLast((step) => 'key' in step);
  return key && 'key' in key ? key.key : target.name;
}

export function aggregated(expression: string, aggregate: string | undefined, cast: string | undefined): string {
  const applied = aggregate ? `${aggregate}(${expression})` : expression;
  return cast === undefined ? applied : `CAST(${applied} AS ${castName(cast)})`;
}

/** Types are written without quotes, so that `int` and `double precision` mean what they say; the grammar lets only words through. */
function castName(cast: string): string {
  return cast.replace(/[^\p{L}\d_ $]/gu, '');
}

export function selected(table: string, item: SelectedField): string {
  const { target, aggregate, aggregateCast, cast } = item;
  const read = field(table, target);
  const whole = aggregate === 'count' && target.name === '*' && target.path.length === 0 ? '*' : read;
  const rendered = target.representation && target.path.length === 0 ? `${target.representation}(${read})` : whole;
  const typed = cast === undefined ? rendered : `CAST(${rendered} AS ${castName(cast)})`;
  const name = resultName(item) ?? (cast !== undefined && !aggregate && target.name !== '*' ? target.name : undefined);
  return aggregated(typed, aggregate, aggregateCast) + (name === undefined ? '' : ` AS ${identifier(name)}`);
}

/**
 * The expression to group by: what an alias stands for, but never the alias itself, which Postgres takes for a column where there is
 * one of that name. Without an alias the column, whatever it is cast to.
 */
export function grouped(table: string, { aggregate, alias, cast, target }: SelectedField): string | undefined {
  if (aggregate) return undefined;
  return aggregated(field(table, target), undefined, alias === undefined ? undefined : cast);
}

const isJoined = (alias: string) => `${identifier(alias)} IS DISTINCT FROM NULL`;

/** `isThere` says in SQL whether the embedded relation of an alias has rows. */
export function condition(table: string, of: Condition, parameters: Parameters, isThere = isJoined): string {
  if (of.kind === 'embed') return of.negated ? isThere(of.alias) : `NOT ${isThere(of.alias)}`;
  if (of.kind === 'logic') {
    const inner = of.of
      .map((each) => condition(table, each, parameters, isThere))
      .join(of.operator === 'and' ? ' AND ' : ' OR ');
    return `${of.negated ? 'NOT ' : ''}(${inner})`;
  }
  const { negated, operation } = of.expression;
  return (negated ? 'NOT ' : '') + comparison(field(table, of.target), of.target, operation, parameters);
}

function comparison(left: string, target: Target, operation: Operation, parameters: Parameters): string {
  const { representation } = target;
  const value = (text: string) =>
    representation ? `${representation}(${parameters.add(text)})` : parameters.add(text);
  switch (operation.kind) {
    case 'simple':
      return `${left} ${SIMPLE[operation.operator]} ${value(operation.value)}`;
    case 'quant': {
      const isPattern = operation.operator === 'like' || operation.operator === 'ilike';
      const text = isPattern ? operation.value.replaceAll('*', '%') : operation.value;
      const parsed = isPattern ? parameters.add(text) : value(text);
      const right = operation.quantifier ? `${operation.quantifier}(${parsed})` : parsed;
      return `${left} ${QUANT[operation.operator]} ${right}`;
    }
    case 'in': {
      const { values } = operation;
      if (values.length === 1 && values[0] === '') return `${left} = ANY('{}')`;
      if (representation) return `${left} = ANY(ARRAY[${values.map(value).join(', ')}])`;
      return `${left} = ANY(${parameters.add(arrayLiteral(values))})`;
    }
    case 'is':
      return `${left} IS ${operation.value === 'not_null' ? 'NOT NULL' : operation.value.toUpperCase()}`;
    case 'isdistinct':
      return `${left} IS DISTINCT FROM ${parameters.add(operation.value)}`;
    case 'fts': {
      const config = operation.language === undefined ? '' : `${parameters.add(operation.language)}, `;
      const isDocument = target.path.length === 0 && (target.type === 'tsvector' || target.type === '');
      const document = isDocument
        ? left
        : `to_tsvector(${operation.language === undefined ? '' : `${parameters.add(operation.language)}, `}${left})`;
      return `${document} @@ ${FTS[operation.operator]}(${config}${parameters.add(operation.value)})`;
    }
  }
}

export function ordering(table: string, { relation, target, direction, nulls }: Ordering): string {
  const by = relation === undefined ? field(table, target) : field(identifier(relation), target);
  const last = nulls === undefined ? '' : nulls === 'nullsfirst' ? ' NULLS FIRST' : ' NULLS LAST';
  return `${by}${direction === undefined ? '' : direction === 'asc' ? ' ASC' : ' DESC'}${last}`;
}
