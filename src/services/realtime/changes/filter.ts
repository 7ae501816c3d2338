/**
 * Filters of bindings: `column=operator.value`, joined by commas that mean AND, `not.` in front of the operator, values with reserved
 * characters in double quotes. Pure. Source: realtime-js 2.119, RealtimePostgresFilterBuilder.ts.
 */

export type Operator =
  | 'eq'
  | 'neq'
  | 'lt'
  | 'lte'
  | 'gt'
  | 'gte'
  | 'in'
  | 'like'
  | 'ilike'
  | 'is'
  | 'match'
  | 'imatch'
  | 'isdistinct';

export interface Condition {
  readonly column: string;
  readonly negated: boolean;
  readonly operator: Operator;
  /** One value, but for `in`. */
  readonly values: readonly string[];
}

const OPERATORS = new Set<string>(
  'eq,neq,lt,lte,gt,gte,in,like,ilike,is,match,imatch,isdistinct'.split(',') satisfies string[],
);
const IS_VALUES = new Set(['null', 'true', 'false', 'unknown']);
export const MAX_IN_VALUES = 100;

/** Throws an Error that says what cannot be read. */
export function parseFilter(text: string): Condition[] {
  return splitOutside(text).map(parseCondition);
}

function parseCondition(text: string): Condition {
  const equals = text.indexOf('=');
  if (equals < 1) throw new Error(`Error parsing \`filter\` params: "${text}"`);
  const column = unquoted(text.slice(0, equals).trim());
  let rest = text.slice(equals + 1);
  const negated = rest.startsWith('not.');
  if (negated) rest = rest.slice(4);
  const dot = rest.indexOf('.');
  const operator = dot < 0 ? '' : rest.slice(0, dot);
  if (!OPERATORS.has(operator)) throw new Error(`Error parsing \`filter\` params: "${text}"`);
  const value = rest.slice(dot + 1);
  return { column, negated, operator: operator as Operator, values: valuesOf(operator as Operator, value, text) };
}

function valuesOf(operator: Operator, value: string, text: string): string[] {
  if (operator === 'is') {
    const lower = value.toLowerCase();
    if (!IS_VALUES.has(lower)) throw new Error(`Error parsing \`filter\` params: "${text}"`);
    return [lower];
  }
  if (operator !== 'in') return [unquoted(value)];
  const list = /^\((.*)\)$/s.exec(value)?.[1];
  if (list === undefined || list === '') throw new Error(`Error parsing \`filter\` params: "${text}"`);
  const values = splitOutside(list).map((each) => unquoted(each));
  if (values.length > MAX_IN_VALUES)
    throw new Error(`Error parsing \`filter\` params: "in" takes ${MAX_IN_VALUES} values, not ${values.length}`);
  return values;
}

/** Takes the quotes and their escapes away, where the whole is quoted. */
function unquoted(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replace(/\\(.)/gs, '$1');
}

/** Splits at commas that stand neither in quotes nor in parentheses. */
function splitOutside(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (quoted) {
      if (sign === '\\') at++;
      else if (sign === '"') quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === '(') depth++;
    else if (sign === ')') depth--;
    else if (sign === ',' && depth <= 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
