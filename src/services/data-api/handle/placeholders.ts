/**
 * The shape of a query: its text with placeholders for the values that only ever become parameters. Requests that differ in such values
 * share one parse, one plan and one prepared statement.
 */
import { randomBytes } from 'node:crypto';
import type { Statement, Value } from '#kernel/postgres/database.ts';
import { decode, encoded } from '../request/query-parameters.ts';

/** Begins with a digit, so that no grammar takes it for an operator, and cannot be guessed. */
const MARK = `0${randomBytes(12).toString('hex')}z`;
const PLACEHOLDER = new RegExp(`${MARK}(\\d+)z`);
const WHOLE = new RegExp(`^${PLACEHOLDER.source}$`);

/** Stands for a value in a shape's key, where a short text saves time. No query from a socket holds it. */
const GAP = '\x01';
/** Stands for a request's body where a statement takes it as a parameter. */
export const BODY = `${MARK}body`;

export interface Shape {
  /** The query with a gap for each value. */
  readonly key: string;
  /** Decoded, in the order of their gaps. */
  readonly values: readonly string[];
}

/** The query to parse: with a placeholder in each gap. */
export function textOf({ key, values }: Shape): string {
  if (values.length === 0) return key;
  return key
    .split(GAP)
    .map((part, index) => (index === 0 ? part : `${MARK}${index - 1}z${part}`))
    .join('');
}

const NONE: readonly string[] = [];
/** Comparisons whose value goes to Postgres as it is. */
const OPERATORS = new Set(['eq', 'neq', 'gt', 'gte', 'lt', 'lte']);
const RESERVED = new Set(['select', 'columns', 'on_conflict']);
const RESERVED_LAST = new Set(['order', 'limit', 'offset', 'and', 'or']);

/**
 * Takes the values out of a raw query string. `isRpcRead`: a value that begins like a number is an argument of the function. A query in
 * which a name comes twice or is escaped keeps its values, since their order in the canonical query depends on them.
 */
export function shapeOf(query: string, isRpcRead: boolean): Shape {
  const whole = { key: query, values: NONE };
  if (query === '' || query.includes(';') || query.includes(GAP)) return whole;
  const values: string[] = [];
  const names = new Set<string>();
  let key = '';
  for (const part of query.split('&')) {
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    if (names.has(name) || /[%+]/.test(name)) return whole;
    names.add(name);
    const start = equals < 0 || isReserved(name) ? -1 : startOfValue(part, equals + 1, isRpcRead);
    if (key !== '') key += '&';
    if (start < 0) key += part;
    else {
      key += part.slice(0, start) + GAP;
      values.push(decode(part.slice(start)));
    }
  }
  return { key, values };
}

function isReserved(name: string): boolean {
  return RESERVED.has(name) || RESERVED_LAST.has(name.slice(name.lastIndexOf('.') + 1));
}

/** Where the value of `name=operator.value` or of an argument begins; -1 when there is none that can be taken out. */
function startOfValue(part: string, from: number, isRpcRead: boolean): number {
  const dot = part.indexOf('.', from);
  if (dot >= 0 && OPERATORS.has(part.slice(from, dot))) return dot + 1;
  return isRpcRead && /[\d-]/.test(part.charAt(from)) ? from : -1;
}

/** A canonical query that was made of a shape, cut at its placeholders: text, index of a value, text, index, ..., text. */
export type Canonical = readonly string[];

export function cutCanonical(canonical: string): Canonical {
  return canonical.split(PLACEHOLDER);
}

/** With the values in their places. */
export function canonicalWith(parts: Canonical, values: readonly string[]): string {
  let text = parts[0] as string;
  for (let at = 1; at < parts.length; at += 2)
    text += encoded(values[Number(parts[at])] as string) + (parts[at + 1] as string);
  return text;
}

type Slot = number | 'body' | undefined;

/** A statement made of a shape: where the values go. */
interface Pattern {
  readonly statement: Statement;
  readonly slots: readonly Slot[];
}

/** Undefined when a value went anywhere but whole into a parameter, so that the statement holds for these values alone. */
export function patternsOf(statements: readonly Statement[], valueCount: number): Pattern[] | undefined {
  const used = new Set<Slot>();
  const patterns: Pattern[] = [];
  for (const statement of statements) {
    const { text, values = [] } = statement;
    if (text.includes(MARK)) return undefined;
    const slots = values.map(slotOf);
    if (slots.includes('inside')) return undefined;
    for (const slot of slots) used.add(slot as Slot);
    patterns.push({ statement, slots: slots as Slot[] });
  }
  for (let index = 0; index < valueCount; index++) if (!used.has(index)) return undefined;
  return patterns;
}

function slotOf(value: Value): Slot | 'inside' {
  if (typeof value !== 'string' || !value.includes(MARK)) return undefined;
  if (value === BODY) return 'body';
  const index = WHOLE.exec(value)?.[1];
  return index === undefined ? 'inside' : Number(index);
}

export function fill(patterns: readonly Pattern[], given: readonly string[], body: string): Statement[] {
  return patterns.map(({ statement, slots }) => {
    if (!slots.some((slot) => slot !== undefined)) return statement;
    const { values = [] } = statement;
    return {
      text: statement.text,
      values: values.map((value, index) => {
        const slot = slots[index];
        return slot === undefined ? value : slot === 'body' ? body : (given[slot] as string);
      }),
    };
  });
}
