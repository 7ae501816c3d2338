import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';

/**
 * Compiles TypeBox schemas for Fastify. Addresses are text, so their parts are converted to the types asked for; a JSON body
 * has types of its own and is taken at its word. Defaults are filled in, unknown properties are dropped.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema);
  return (given: unknown) => {
    const filled = Value.Default(schema, given);
    const value = httpPart === 'body' ? filled : Value.Convert(schema, filled);
    if (!check.Check(value)) return { error: check.Errors(value) as unknown as Error };
    return { value: Value.Clean(schema, value) };
  };
};
