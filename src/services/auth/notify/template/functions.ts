import { TemplateError } from './parse.ts';

/** The functions that every Go template has. Source: pkg.go.dev/text/template#hdr-Functions. `and` and `or` are in render.ts: they stop early. */
export const FUNCTIONS: Readonly<Record<string, (...args: readonly unknown[]) => unknown>> = {
  not: (value) => !isTrue(value),
  eq: (first, ...others) => others.some((other) => same(first, other)),
  ne: (a, b) => !same(a, b),
  lt: (a, b) => ordered(a, b) < 0,
  le: (a, b) => ordered(a, b) <= 0,
  gt: (a, b) => ordered(a, b) > 0,
  ge: (a, b) => ordered(a, b) >= 0,
  len: (value) => size(value),
  index: (value, ...keys) => keys.reduce<unknown>((found, key) => member(found, key), value),
  slice: (value, from, to) => sliced(value, from, to),
  print: (...values) => values.map(shown).join(''),
  println: (...values) => `${values.map(shown).join(' ')}\n`,
  printf: (format, ...values) => formatted(shown(format), values),
  html: (...values) => escapeHtml(values.map(shown).join('')),
  urlquery: (...values) => encodeURIComponent(values.map(shown).join('')),
  js: (...values) => JSON.stringify(values.map(shown).join('')).slice(1, -1),
};

/** Go's truth: not false, 0, nil, '' or an empty list or map. */
export function isTrue(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value === 'object') return size(value) > 0;
  return Boolean(value);
}

/** As a template prints it; what is missing prints nothing. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return `[${value.map(shown).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, each]) => `${key}:${shown(each)}`).join(' ')}]`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'+]/g, (char) => ENTITIES[char] ?? `&#${char.charCodeAt(0)};`);
}

/** Own fields only: nothing of JavaScript's is in reach of a template. */
export function member(value: unknown, key: unknown): unknown {
  if (value === null || typeof value !== 'object') return undefined;
  return Object.hasOwn(value, String(key)) ? (value as Record<string, unknown>)[String(key)] : undefined;
}

function size(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (value !== null && typeof value === 'object') return Object.keys(value).length;
  throw new TemplateError(`len of ${shown(value) || 'nothing'}`);
}

const same = (a: unknown, b: unknown): boolean => (a ?? null) === (b ?? null);

function ordered(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  throw new TemplateError('only two numbers or two texts can be compared');
}

function sliced(value: unknown, from: unknown, to: unknown): unknown {
  const [start, end] = [from, to].map((bound) => (typeof bound === 'number' ? bound : undefined));
  if (typeof value === 'string' || Array.isArray(value)) return value.slice(start, end);
  throw new TemplateError('slice of what is neither text nor list');
}

function formatted(format: string, values: readonly unknown[]): string {
  let next = 0;
  return format.replace(
    /%(-?\d*)(\.\d+)?([svdqtf%])/g,
    (_, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      const value = values[next++];
      const digits = precision ? Number(precision.slice(1)) : 6;
      const text =
        verb === 'q' ? JSON.stringify(shown(value)) : verb === 'f' ? Number(value).toFixed(digits) : shown(value);
      const wide = Math.min(Math.abs(Number(width || 0)), 200);
      return width.startsWith('-') ? text.padEnd(wide) : text.padStart(wide, width.startsWith('0') ? '0' : ' ');
    },
  );
}
