/** The part of OpenAPI 2.0 that the root document uses. Source: the specification of OpenAPI 2.0 and PostgREST's own output. */

export interface Reference {
  readonly $ref: string;
}

export interface Schema {
  readonly type?: SwaggerType;
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly maxLength?: number;
  readonly items?: Schema | Reference;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'header' | 'body';
  readonly description?: string;
  readonly required: boolean;
  readonly type?: SwaggerType;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly default?: string;
  readonly collectionFormat?: 'multi';
  readonly items?: Schema;
  readonly schema?: Schema | Reference;
}

export interface Response {
  readonly description: string;
  readonly schema?: Schema;
}

export interface Operation {
  readonly tags: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly produces?: readonly string[];
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly responses: Readonly<Record<string, Response>>;
}

export type PathItem = Partial<Record<'get' | 'post' | 'patch' | 'delete', Operation>>;

export type SwaggerType = 'string' | 'boolean' | 'integer' | 'number' | 'array' | 'object';

const TYPES: Readonly<Record<string, SwaggerType>> = {
  boolean: 'boolean',
  smallint: 'integer',
  integer: 'integer',
  bigint: 'integer',
  numeric: 'number',
  real: 'number',
  'double precision': 'number',
};

/** Postgres' name of a type in OpenAPI's words; JSON may be anything and has none. */
export function swaggerType(type: string): SwaggerType | undefined {
  if (type === 'json' || type === 'jsonb') return undefined;
  return TYPES[type] ?? (type.endsWith('[]') ? 'array' : 'string');
}

export function elementType(arrayType: string): string {
  return arrayType.slice(0, -2);
}

/** `type` and, of an array, `items`. */
export function typeAndItems(type: string): Pick<Schema, 'type' | 'items'> {
  const known = swaggerType(type);
  if (known === undefined) return {};
  return known === 'array' ? { items: { type: swaggerType(elementType(type)) }, type: known } : { type: known };
}

/** The first line of a comment and the rest, without the blank lines between them. */
export function summaryAndRest(comment: string | null): { summary?: string; description?: string } {
  if (comment === null) return {};
  const end = comment.indexOf('\n');
  if (end < 0) return { summary: comment };
  return { summary: comment.slice(0, end), description: comment.slice(end).replace(/^\n+/, '') || undefined };
}
