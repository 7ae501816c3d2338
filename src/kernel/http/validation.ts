import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';

/**
 * Compiles TypeBox schemas for Fastify. The parts of an address are text and are read as the types asked for; a JSON body
 * has types of its own and is taken at its word. Defaults are filled in, unknown properties are dropped.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema);
  return (given: unknown) => {
    const value = Value.Default(schema, httpPart === 'body' ? given : fromText(schema, given));
    if (!check.Check(value)) return { error: check.Errors(value) as unknown as Error };
    return { value: Value.Clean(schema, value) };
  };
};

/** The parts of JSON Schema that say how text is to be read. */
interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly TSchema[];
  readonly items?: TSchema;
  readonly properties?: Readonly<Record<string, TSchema>>;
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Text read as the schema's types, exactly: `1.5` is no integer and `12abc` no number (TypeBox's own conversion takes both).
 * What cannot be read stays as it is, for the check to name.
 */
export function fromText(schema: TSchema, value: unknown): unknown {
  const shape = schema as Shape;
  if (shape.properties && typeof value === 'object' && value !== null) return objectFromText(shape.properties, value);
  if (shape.type === 'array') {
    // A parameter that is given once arrives without a list around it.
    const list = Array.isArray(value) ? value : [value];
    return shape.items ? list.map((item) => fromText(shape.items!, item)) : list;
  }
  if (shape.anyOf)
    return shape.anyOf.map((one) => fromText(one, value)).find((read) => Value.Check(schema, read)) ?? value;
  return typeof value === 'string' ? scalarFromText(shape, value) : value;
}

function objectFromText(properties: Readonly<Record<string, TSchema>>, value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, text]) => [name, properties[name] ? fromText(properties[name], text) : text]),
  );
}

function scalarFromText(shape: Shape, text: string): unknown {
  const type = shape.type ?? typeof shape.const;
  if ((type === 'number' || type === 'integer') && NUMBER.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
