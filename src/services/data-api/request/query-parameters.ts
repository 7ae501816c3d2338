import { LRUCache } from 'lru-cache';
import { ApiError } from '../respond/api-error.ts';
import * as grammar from './grammar.ts';
import { type Parser, parse, SyntaxFailure } from './parser.ts';
import type { AtPath, Filter, LogicTree, OrderTerm, QueryParameters } from './types.ts';

const RESERVED = new Set(['select', 'columns', 'on_conflict']);
const RESERVED_LAST = new Set(['order', 'limit', 'offset', 'and', 'or']);

type Pair = readonly [string, string];

/** Parsed query strings are kept: clients repeat themselves. Long ones are not worth the memory. */
const parsed = new LRUCache<string, QueryParameters>({ max: 2000 });
const MAX_CACHED = 2000;

/**
 * Reads a raw query string. `isRpcRead`: what does not parse as a filter is an argument of the function.
 * Throws PGRST100 with Parsec's texts.
 */
export function parseQuery(raw: string, isRpcRead: boolean): QueryParameters {
  const key = isRpcRead ? `?${raw}` : raw;
  const known = parsed.get(key);
  if (known) return known;
  const made = readQuery(raw, isRpcRead);
  if (raw.length <= MAX_CACHED) parsed.set(key, made);
  return made;
}

function readQuery(raw: string, isRpcRead: boolean): QueryParameters {
  guardDepth(raw);
  const all = decodePairs(raw);
  const pairs = all.filter((pair): pair is Pair => pair[1] !== undefined);
  const value = (name: string) => pairs.find(([key]) => key === name)?.[1];
  const last = (key: string) => key.slice(key.lastIndexOf('.') + 1);
  const ending = (...names: string[]) => pairs.filter(([key]) => names.includes(last(key)));
  const order = ending('order').map(([path, text]) => orderAt(path, text));
  const logic = ending('and', 'or').map(([path, text]) => logicAt(path, text));
  const columns = value('columns');
  const select = value('select') ?? '*';
  const onConflict = value('on_conflict');
  const columnList =
    columns === undefined
      ? undefined
      : once(grammar.columns, `failed to parse columns parameter (${columns})`, columns);
  const selectTree = once(grammar.select, `failed to parse select parameter (${select})`, select);
  const candidates = pairs.filter(([key]) => !RESERVED.has(key) && !RESERVED_LAST.has(last(key)));
  const { filters, parameters } = filtersOf(candidates, isRpcRead);
  return {
    select: selectTree,
    filters,
    logic,
    order,
    ranges: ending('limit', 'offset').map(([path, text]) => rangeAt(path, text)),
    columns: columnList && [...new Set(columnList)],
    onConflict:
      onConflict === undefined
        ? undefined
        : once(grammar.columns, `failed to parse on_conflict parameter (${onConflict})`, onConflict),
    parameters,
    canonical: canonicalOf(all),
    filterFields: new Set(filters.filter(([path]) => path.length === 0).map(([, filter]) => filter.field.name)),
  };
}

/** Recursion follows the parentheses of the text; too many of them are refused before they can exhaust the stack. */
function guardDepth(raw: string): void {
  let depth = 0;
  for (const [token] of raw.matchAll(/\(|\)|%28|%29/g)) {
    depth += token === '(' || token === '%28' ? 1 : -1;
    if (depth > grammar.MAX_DEPTH)
      throw new ApiError(400, 'PGRST100', 'The query is nested too deeply', {
        details: `At most ${grammar.MAX_DEPTH} levels of parentheses are read`,
      });
  }
}

function decodePairs(raw: string): (readonly [string, string | undefined])[] {
  if (raw === '') return [];
  return raw.split(/[&;]/).flatMap((part) => {
    if (part === '') return [];
    const at = part.indexOf('=');
    const pair: readonly [string, string | undefined] =
      at < 0 ? [decode(part), undefined] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
    return [pair];
  });
}

/** As form fields are written: a plus is a space. */
export function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  const bytes: number[] = [];
  const source = Buffer.from(spaced, 'utf8');
  for (let at = 0; at < source.length; at++) {
    const hex = source[at] === 0x25 ? source.toString('latin1', at + 1, at + 3) : '';
    if (/^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      at += 2;
    } else bytes.push(source[at] as number);
  }
  return Buffer.from(bytes).toString('utf8');
}

/** Parts that come again with other values beside them: selects, orders, paths. */
const parts = new LRUCache<string, { readonly value: unknown }>({ max: 5000 });

/** As `run`, once for each text; `name` tells parsers and texts apart. */
function once<T>(parser: Parser<T>, name: string, text: string): T {
  const known = parts.get(name);
  if (known) return known.value as T;
  const value = run(parser, name, text);
  if (name.length <= MAX_CACHED) parts.set(name, { value });
  return value;
}

function run<T>(parser: Parser<T>, name: string, text: string): T {
  try {
    return parse(parser, name, text);
  } catch (error) {
    if (error instanceof SyntaxFailure) throw new ApiError(400, 'PGRST100', error.message, { details: error.details });
    throw error;
  }
}

function orderAt(path: string, text: string): AtPath<OrderTerm[]> {
  const [embeds] = once(grammar.treePath, `failed to parse tree path (${path})`, path);
  return [embeds, once(grammar.order, `failed to parse order (${text})`, text)];
}

function logicAt(path: string, text: string): AtPath<LogicTree> {
  const [embeds, operator] = once(grammar.logicPath, `failed to parse logic path (${path})`, path);
  return [embeds, run(grammar.logicTree, `failed to parse logic tree (${text})`, operator + text)];
}

function rangeAt(path: string, text: string): AtPath<{ limit?: number; offset?: number }> {
  const names = path.split('.');
  const embeds = names.slice(0, -1);
  const number = /^\s*-?\d+\s*$/.test(text) ? Number(text) : undefined;
  if (names.at(-1) === 'limit') return [embeds, { limit: number }];
  return [embeds, { offset: number === undefined ? undefined : Math.max(0, number) }];
}

function filtersOf(pairs: readonly Pair[], isRpcRead: boolean) {
  const filters: AtPath<Filter>[] = [];
  const parameters: Pair[] = [];
  for (const [key, text] of pairs) {
    const [path, field] = once(grammar.treePath, `failed to parse tree path (${key})`, key);
    const name = `failed to parse filter (${text})`;
    if (!isRpcRead) {
      filters.push([path, { field, expression: run(grammar.filterValue, name, text) }]);
      continue;
    }
    const expression = asFilter(text);
    if (expression) filters.push([path, { field, expression }]);
    else parameters.push([field.name, text]);
  }
  return { filters, parameters };
}

/** On functions an error after the operator was recognised is an error still; before it, the text is an argument. */
function asFilter(text: string) {
  const reply = grammar.filterValue(text, 0);
  if (reply.ok) return reply.value;
  if (!reply.consumed) return undefined;
  return run(grammar.filterValue, `failed to parse filter (${text})`, text);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const byText = ([key, value]: Pair, [otherKey, otherValue]: Pair) =>
  compare(key, otherKey) || compare(value, otherValue);

/** Sorted, with the values of a name that came several times in one list. Source: urlEncodeVars of Network.HTTP. */
function canonicalOf(pairs: readonly (readonly [string, string | undefined])[]): string {
  const sorted = pairs.map(([key, value]) => [key, value ?? ''] as const).toSorted(byText);
  return [...Map.groupBy(sorted, ([key]) => key)]
    .map(([key, list]) => `${encoded(key)}=${list.map(([, value]) => encoded(value)).join(',')}`)
    .join('&');
}

/** As it stands in `canonical`: everything but letters, digits and -._~ is escaped. */
export function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
