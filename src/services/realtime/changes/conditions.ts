/**
 * Whether conditions hold for values of the log. Here only where text says the same as Postgres would; everything else is asked of
 * Postgres, many questions at a time. What cannot be answered does not hold.
 */
import type { Database } from '#kernel/postgres/database.ts';
import type { ColumnFacts } from './catalogue.ts';
import type { Condition } from './filter.ts';

const BOOL = 16;
const INTEGERS = new Set([20, 21, 23]);
/** text, varchar, name: equal text is equal value, under a deterministic collation. */
const TEXTS = new Set([25, 1043, 19]);
const UUID = 2950;
const INTEGER = /^\s*[+-]?\d+\s*$/;
const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TRUE = new Set(['t', 'true', 'y', 'yes', 'on', '1']);
const FALSE = new Set(['f', 'false', 'n', 'no', 'off', '0']);

/** True, false, or null as in SQL; undefined when Postgres has to say. `value` is text as Postgres prints it, or null. */
export function holdsHere(condition: Condition, value: string | null, column: ColumnFacts): boolean | null | undefined {
  const plain = plainly(condition, value, column);
  return plain === undefined || plain === null ? plain : plain !== condition.negated;
}

function plainly(
  { operator, values }: Condition,
  value: string | null,
  column: ColumnFacts,
): boolean | null | undefined {
  const [first = ''] = values;
  if (operator === 'is') {
    if (first === 'null') return value === null;
    if (column.typeOid !== BOOL) return undefined;
    return first === 'unknown' ? value === null : value === (first === 'true' ? 't' : 'f');
  }
  if (operator === 'isdistinct') {
    if (value === null) return first !== 'null';
    const same = equal(value, first, column);
    return same === undefined ? undefined : !same;
  }
  if (value === null) return null;
  switch (operator) {
    case 'eq':
      return equal(value, first, column);
    case 'neq': {
      const same = equal(value, first, column);
      return same === undefined ? undefined : !same;
    }
    case 'in': {
      const found = values.map((each) => equal(value, each, column));
      return found.includes(undefined) ? undefined : found.includes(true);
    }
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return compared(operator, value, first, column);
    default:
      return undefined;
  }
}

function equal(value: string, wanted: string, { typeOid, deterministic }: ColumnFacts): boolean | undefined {
  if (INTEGERS.has(typeOid))
    return INTEGER.test(wanted) ? BigInt(value) === BigInt(wanted.trim().replace(/^\+/, '')) : undefined;
  if (TEXTS.has(typeOid)) return deterministic ? value === wanted : undefined;
  if (typeOid === UUID) return UUID_TEXT.test(wanted) ? value === wanted.toLowerCase() : undefined;
  if (typeOid !== BOOL) return undefined;
  const lower = wanted.toLowerCase();
  return TRUE.has(lower) ? value === 't' : FALSE.has(lower) ? value === 'f' : undefined;
}

function compared(operator: 'lt' | 'lte' | 'gt' | 'gte', value: string, wanted: string, { typeOid }: ColumnFacts) {
  if (!INTEGERS.has(typeOid) || !INTEGER.test(wanted)) return undefined;
  const [a, b] = [BigInt(value), BigInt(wanted.trim().replace(/^\+/, ''))];
  return operator === 'lt' ? a < b : operator === 'lte' ? a <= b : operator === 'gt' ? a > b : a >= b;
}

/** One question for Postgres. */
export interface Comparison {
  readonly condition: Condition;
  readonly value: string | null;
  readonly sqlType: string;
}

const OPERATOR_SQL: Readonly<Record<Condition['operator'], string>> = {
  eq: '=',
  neq: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  in: 'in',
  like: '~~',
  ilike: '~~*',
  match: '~',
  imatch: '~*',
  is: 'is',
  isdistinct: 'is distinct from',
};

/**
 * Asks as the role of those who set the conditions; in the order asked. What fails (a value that is none of its type) is false, or
 * with `strict` rejects.
 */
export async function holdsInSql(
  database: Database,
  role: string,
  comparisons: readonly Comparison[],
  strict = false,
): Promise<boolean[]> {
  const questions = comparisons.map(({ condition, value, sqlType }) => ({
    value,
    type: sqlType,
    operator: OPERATOR_SQL[condition.operator],
    negated: condition.negated,
    wanted: condition.values,
  }));
  return database.as({ role, claims: { role } }, async (session) => {
    const { answers } = await session.one<{ answers: boolean[] }>(
      'select realtime.conditions_hold($1::text::jsonb, $2) as answers',
      [JSON.stringify(questions), strict],
    );
    return answers;
  });
}
