/**
 * Values of the log, which are text, as the JSON that `to_jsonb` makes of them. Numbers stay the digits they are; what has no number in
 * JSON (NaN, infinity) is a string, as in Postgres. Pure.
 */

/** What is known of a type. */
export interface TypeFacts {
  readonly oid: number;
  /** `pg_type.typname`: `int8`, `_text`. Clients convert by it. */
  readonly name: string;
  /** As SQL writes it, with its schema where that is needed. */
  readonly sqlName: string;
  readonly shape:
    | { readonly kind: 'scalar' }
    | { readonly kind: 'array'; readonly element: number; readonly delimiter: string }
    | { readonly kind: 'domain'; readonly base: number }
    /** Only Postgres knows: composite types, and those with a cast to JSON of their own. */
    | { readonly kind: 'sql' };
}

export type FindType = (oid: number) => TypeFacts | undefined;

/** JSON text, or undefined where only Postgres knows. */
export function valueAsJson(text: string, oid: number, find: FindType): string | undefined {
  const type = find(oid);
  if (!type) return JSON.stringify(text);
  switch (type.shape.kind) {
    case 'domain':
      return valueAsJson(text, type.shape.base, find);
    case 'array':
      return arrayAsJson(text, type.shape.element, type.shape.delimiter, find);
    case 'sql':
      return undefined;
    default:
      return scalarAsJson(text, oid);
  }
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

function scalarAsJson(text: string, oid: number): string {
  switch (oid) {
    case 16: // bool
      return text === 't' ? 'true' : 'false';
    case 20: // int8
    case 21: // int2
    case 23: // int4
    case 700: // float4
    case 701: // float8
    case 1700: // numeric
      // JSON has no negative zero.
      return text === '-0' ? '0' : NUMBER.test(text) ? text : JSON.stringify(text);
    case 114: // json
    case 3802: // jsonb
      return text;
    case 1114: // timestamp
      return JSON.stringify(text.replace(' ', 'T'));
    case 1184: // timestamptz
      return JSON.stringify(withMinutes(text.replace(' ', 'T')));
    default:
      return JSON.stringify(text);
  }
}

/** `+00` -> `+00:00`, where an era may follow. */
function withMinutes(text: string): string {
  return text.replace(/([+-]\d\d)(?=$| BC$)/, '$1:00');
}

/** Reads an array literal: `{1,NULL,"a \"b\""}`, nested, with or without bounds in front. */
function arrayAsJson(text: string, element: number, delimiter: string, find: FindType): string | undefined {
  let at = text.startsWith('[') ? text.indexOf('=') + 1 : 0;
  let unknown = false;
  const item = (value: string): string => {
    const json = valueAsJson(value, element, find);
    if (json === undefined) unknown = true;
    return json ?? 'null';
  };
  const quoted = (): string => {
    let value = '';
    for (at++; text[at] !== '"' && at < text.length; at++) value += text[at] === '\\' ? text[++at] : text[at];
    at++;
    return value;
  };
  const bare = (): string => {
    const start = at;
    while (text[at] !== delimiter && text[at] !== '}' && at < text.length) at++;
    return text.slice(start, at);
  };
  const level = (): string => {
    const values: string[] = [];
    for (at++; text[at] !== '}' && at < text.length; ) {
      if (text[at] === '{') values.push(level());
      else if (text[at] === '"') values.push(item(quoted()));
      else {
        const word = bare();
        values.push(word === 'NULL' ? 'null' : item(word));
      }
      if (text[at] === delimiter) at++;
    }
    at++;
    return `[${values.join(',')}]`;
  };
  const json = level();
  return unknown ? undefined : json;
}
