/** The only places where text becomes part of SQL: identifiers, literals that belong to a plan's shape, and parameters. */
import type { Value } from '#kernel/postgres/database.ts';
import type { QualifiedName } from '../schema-cache/types.ts';

const untilNul = (text: string) => (text.includes('\0') ? text.slice(0, text.indexOf('\0')) : text);

export function identifier(name: string): string {
  return `"${untilNul(name).replaceAll('"', '""')}"`;
}

/** A literal; the E form where a backslash would depend on standard_conforming_strings. */
export function literal(text: string): string {
  const quoted = `'${untilNul(text).replaceAll("'", "''")}'`;
  return quoted.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** `"schema"."name"`, or the name alone for what has no schema. */
export function qualified({ schema, name }: QualifiedName): string {
  return schema === '' ? identifier(name) : `${identifier(schema)}.${identifier(name)}`;
}

/** Collects the values of a statement. Their types are left to Postgres, which takes them from the context. */
export class Parameters {
  readonly values: Value[] = [];

  add(value: Value): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** `{"a","b"}`. */
export function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/[\\"]/g, '\\$&')}"`).join(',')}}`;
}
