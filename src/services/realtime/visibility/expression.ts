/**
 * Conditions of policies, as Postgres prints them, read as far as their meaning is certain. Understood are AND, OR and NOT over three
 * kinds of leaves: the account's id equal to a column, the role equal to a text, and comparisons of the row's columns with constants,
 * which Postgres evaluates itself. Whatever else stands there makes the whole unknown. Pure.
 */

export type Expression =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly part: Expression }
  /** `auth.uid()` equals the column, compared as uuid or as text: either way as the text of the value. */
  | { readonly kind: 'uid'; readonly column: string }
  | { readonly kind: 'role'; readonly role: string }
  /** SQL over the columns of the row and nothing else. */
  | { readonly kind: 'row'; readonly sql: string }
  /** A policy whose meaning is not certain: only Postgres knows. */
  | { readonly kind: 'unread' };

/** What is known of a column: `oid` of its type, and whether the type is an enumeration. */
export interface ColumnType {
  readonly typeOid: number;
  readonly isEnum: boolean;
  /** As SQL writes it. */
  readonly sqlType: string;
  readonly deterministic: boolean;
}
export type Columns = ReadonlyMap<string, ColumnType>;

const BOOL = 16;
const UUID = 2950;
const TEXT = 25;
/** bool, int8, int2, int4, text, float4, float8, bpchar, varchar, date, timestamp, numeric, uuid: compared without any setting. */
const COMPARABLE = new Set([16, 20, 21, 23, 25, 700, 701, 1042, 1043, 1082, 1114, 1700, 2950]);
const CONSTANT_TYPES = new Set(
  'text,character varying,bpchar,integer,bigint,smallint,numeric,double precision,real,boolean,uuid,date,timestamp without time zone'.split(
    ',',
  ),
);
/** Types that a column may be turned into before it is compared: text from what is text, numbers from numbers. */
const TEXTUAL = new Set([25, 1042, 1043]);
const NUMERIC = new Set([20, 21, 23, 700, 701, 1700]);

/** Undefined when it is not certain what the text means. */
export function readExpression(text: string, columns: Columns): Expression | undefined {
  const inner = withoutParentheses(text.trim());
  const whole = constantOf(inner);
  if (whole) return whole;
  const ors = splitAt(inner, ' OR ');
  const ands = splitAt(inner, ' AND ');
  if (!ors || !ands) return undefined;
  if (ors.length > 1 && ands.length > 1) return undefined;
  if (ors.length > 1) return all('or', ors, columns);
  if (ands.length > 1) return all('and', ands, columns);
  if (inner.startsWith('NOT ')) {
    const part = readExpression(inner.slice(4), columns);
    return part && { kind: 'not', part };
  }
  return readLeaf(inner, columns);
}

function constantOf(text: string): Expression | undefined {
  return text === 'true' || text === 'false' ? { kind: 'constant', value: text === 'true' } : undefined;
}

function all(kind: 'and' | 'or', texts: readonly string[], columns: Columns): Expression | undefined {
  const parts = texts.map((each) => readExpression(each, columns));
  return parts.every((part) => part !== undefined) ? { kind, parts } : undefined;
}

const UID = String.raw`(?:auth\.uid\(\)|\( SELECT auth\.uid\(\) AS uid\))`;
const UID_TEXT = String.raw`(?:\(auth\.uid\(\)\)::text|\(\( SELECT auth\.uid\(\) AS uid\)\)::text|\( SELECT \(auth\.uid\(\)\)::text AS uid\))`;
const ROLE = String.raw`(?:auth\.role\(\)|\( SELECT auth\.role\(\) AS role\))`;
const NAME = '([a-z_][a-z0-9_]*|"(?:[^"]|"")+")';
const UID_LEAVES = [
  { pattern: new RegExp(`^${UID} = ${NAME}$`), form: 'uuid' },
  { pattern: new RegExp(`^${NAME} = ${UID}$`), form: 'uuid' },
  { pattern: new RegExp(`^${UID_TEXT} = ${NAME}$`), form: 'text' },
  { pattern: new RegExp(`^${NAME} = ${UID_TEXT}$`), form: 'text' },
  { pattern: new RegExp(`^${UID_TEXT} = \\(${NAME}\\)::text$`), form: 'cast' },
  { pattern: new RegExp(`^\\(${NAME}\\)::text = ${UID_TEXT}$`), form: 'cast' },
] as const;
const ROLE_LEAF = new RegExp(`^${ROLE} = '((?:[^'\\\\]|'')*)'::text$`);
const IS_LEAF = new RegExp(`^${NAME} IS (?:NOT )?(NULL|TRUE|FALSE|UNKNOWN)$`);

function readLeaf(text: string, columns: Columns): Expression | undefined {
  for (const { pattern, form } of UID_LEAVES) {
    const found = pattern.exec(text)?.[1];
    if (found === undefined) continue;
    const column = unquoted(found);
    const type = columns.get(column);
    const fits =
      form === 'uuid'
        ? type?.typeOid === UUID
        : form === 'text'
          ? type?.typeOid === TEXT && type.deterministic
          : type !== undefined && (type.typeOid === UUID || (TEXTUAL.has(type.typeOid) && type.deterministic));
    return fits ? { kind: 'uid', column } : undefined;
  }
  const role = ROLE_LEAF.exec(text)?.[1];
  if (role !== undefined) return { kind: 'role', role: role.replaceAll("''", "'") };
  const tested = IS_LEAF.exec(text);
  if (tested) {
    const type = columns.get(unquoted(tested[1]!));
    return type && (tested[2] === 'NULL' || type.typeOid === BOOL) ? { kind: 'row', sql: text } : undefined;
  }
  return isComparison(text, columns) ? { kind: 'row', sql: text } : undefined;
}

const LITERAL = String.raw`'(?:[^'\\]|'')*'(?:::"?[\w ."]+?"?(?:\(\d+(?:,\d+)?\))?)?|-?\d+(?:\.\d+)?|\('?-?\d+(?:\.\d+)?'?\)::[a-z ]+|true|false`;
const OPERAND = String.raw`(?:${NAME}|\(${NAME}\)::([a-z ]+))`;
const SIDES = new RegExp(`^${OPERAND} (=|<>|<|<=|>|>=) (${LITERAL})$`);
const OF_LIST = new RegExp(
  `^${OPERAND} = ANY \\((ARRAY\\[((?:${LITERAL})(?:, (?:${LITERAL}))*)\\])(?:::[a-z ]+\\[\\])?\\)$`,
);
const ALONE = new RegExp(`^${NAME}$`);
const CAST = /::("?[\w ."]+?"?)(?:\(\d+(?:,\d+)?\))?(?=$|,|\]|\))/g;

/** A column with a constant, a column in a list of constants, or a boolean column by itself. */
function isComparison(text: string, columns: Columns): boolean {
  const alone = ALONE.exec(text)?.[1];
  if (alone !== undefined) return columns.get(unquoted(alone))?.typeOid === BOOL;
  const sides = SIDES.exec(text);
  const found = sides ?? OF_LIST.exec(text);
  if (!found) return false;
  const [, bare, cast, target] = found;
  const type = columns.get(unquoted((bare ?? cast)!));
  if (!type || !(COMPARABLE.has(type.typeOid) || type.isEnum)) return false;
  if (cast !== undefined && !mayBecome(type, target!)) return false;
  return [...found[sides ? 5 : 4]!.matchAll(CAST)].every(
    ([, name]) => CONSTANT_TYPES.has(name!) || (type.isEnum && name === type.sqlType),
  );
}

function mayBecome(type: ColumnType, target: string): boolean {
  if (target === 'text') return TEXTUAL.has(type.typeOid);
  return NUMERIC.has(type.typeOid) && ['numeric', 'bigint', 'integer', 'double precision'].includes(target);
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

/** Takes away parentheses that enclose the whole. */
function withoutParentheses(text: string): string {
  let inner = text;
  while (inner.startsWith('(') && closing(inner, 0) === inner.length - 1) {
    // ( SELECT ...) is not a pair to take away.
    if (/^\(\s*SELECT\b/.test(inner)) return inner;
    inner = inner.slice(1, -1).trim();
  }
  return inner;
}

/** Index of the parenthesis that closes the one at `open`; -1 when none does. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (const { sign, at } of signs(text, open)) {
    if (sign === '(') depth++;
    else if (sign === ')' && --depth === 0) return at;
  }
  return -1;
}

/** Splits where the word stands outside quotes and parentheses; undefined when they do not match. */
function splitAt(text: string, word: string): string[] | undefined {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { sign, at } of signs(text, 0)) {
    if (sign === '(' || sign === '[') depth++;
    else if (sign === ')' || sign === ']') depth--;
    else if (depth === 0 && text.startsWith(word, at)) {
      parts.push(text.slice(start, at));
      start = at + word.length;
    }
    if (depth < 0) return undefined;
  }
  if (depth !== 0) return undefined;
  parts.push(text.slice(start));
  return parts;
}

/** The characters outside quotes. */
function* signs(text: string, from: number): Generator<{ sign: string; at: number }> {
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const sign = text[at]!;
    if (quote) {
      if (sign === quote) quote = '';
    } else if (sign === "'" || sign === '"') quote = sign;
    else yield { sign, at };
  }
}
