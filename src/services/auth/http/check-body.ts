import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { badJson } from '../errors.ts';

const compiled = new WeakMap<TSchema, Validator>();

/** The body as it is, or `bad_json` (400) naming the first field that is wrong, as Go's JSON decoder refuses a wrong type. */
export function checkedBody(
  schema: TSchema,
  body: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const validator = compiled.get(schema) ?? Compile(schema);
  compiled.set(schema, validator);
  if (validator.Check(body)) return body;
  const [first] = validator.Errors(body);
  throw badJson(
    `Could not parse request body as JSON: ${first?.instancePath || '/'} ${first?.message ?? 'is not valid'}`,
  );
}
