/** Finds the function that a call means and passes its arguments. Rules and texts follow PostgREST's findProc. */

import { type MediaType, nameOf } from '../request/media-type.ts';
import type { Body } from '../request/payload.ts';
import type { QueryParameters } from '../request/types.ts';
import { ApiError } from '../respond/api-error.ts';
import { mostSimilar } from '../respond/similar-names.ts';
import { keyOf, type Parameter, type Routine, type SchemaCache } from '../schema-cache/types.ts';
import type { Arguments } from './types.ts';

export interface CallContext {
  readonly cache: SchemaCache;
  readonly schema: string;
  readonly name: string;
  readonly query: QueryParameters;
  /** Undefined for GET and HEAD, whose arguments are in the query string. */
  readonly body: Body | undefined;
  readonly contentType: MediaType;
}

/** Throws PGRST202 when no function fits and PGRST203 when several do. */
export function findRoutine(context: CallContext): Routine {
  const keys = new Set(argumentNames(context));
  const overloads = context.cache.routines.get(keyOf(context)) ?? [];
  const isPost = context.body !== undefined;
  const named = overloads.filter((routine) => accepts(routine, keys, isPost, context.contentType));
  const unnamed = overloads.filter(
    (routine) => !named.includes(routine) && takesBody(routine, isPost, context.contentType),
  );
  const candidates = named.length > 0 ? named : unnamed;
  if (candidates.length === 1) return candidates[0] as Routine;
  throw candidates.length === 0 ? notFound(context, [...keys], overloads) : ambiguous(candidates);
}

function argumentNames({ query, body }: CallContext): readonly string[] {
  if (body === undefined) return query.parameters.map(([name]) => name);
  if (body.kind === 'form') return body.pairs.map(([name]) => name);
  return body.kind === 'json' ? body.keys : [];
}

const isRawType = (type: MediaType) => ['text', 'xml', 'binary'].includes(type.kind);

function accepts({ parameters }: Routine, keys: ReadonlySet<string>, isPost: boolean, type: MediaType): boolean {
  if (parameters.length === 0) return keys.size === 0 && !(isPost && isRawType(type));
  const names = new Set(parameters.map(({ name }) => name));
  return (
    [...keys].every((key) => names.has(key)) && parameters.every(({ name, required }) => !required || keys.has(name))
  );
}

const UNNAMED: Readonly<Record<string, readonly string[]>> = {
  json: ['json', 'jsonb'],
  any: ['json', 'jsonb'],
  text: ['text'],
  xml: ['xml'],
  binary: ['bytea'],
};

function takesBody({ parameters }: Routine, isPost: boolean, type: MediaType): boolean {
  const [first] = parameters;
  if (!isPost || parameters.length !== 1 || !first || first.name !== '') return false;
  return UNNAMED[type.kind]?.includes(first.type) ?? false;
}

function notFound(context: CallContext, keys: readonly string[], overloads: readonly Routine[]): ApiError {
  const { schema, name, contentType } = context;
  const isPost = context.body !== undefined;
  const path = `${schema}.${name}`;
  const sorted = keys.toSorted();
  const rawOnly = isPost && isRawType(contentType);
  const signature = keys.length === 0 ? ' without parameters' : `(${sorted.join(', ')})`;
  const given =
    keys.length === 0 ? ' without parameters' : ` with parameter${keys.length > 1 ? 's' : ''} ${sorted.join(', ')}`;
  const orUnnamed =
    isPost && nameOf(contentType) === 'application/json' ? ' or with a single unnamed json/jsonb parameter' : '';
  const unnamed = { text: 'text', xml: 'xml', binary: 'bytea' }[contentType.kind as 'text'];
  const searched = rawOnly ? ` with a single unnamed ${unnamed} parameter` : `${given}${orUnnamed}`;
  return new ApiError(
    404,
    'PGRST202',
    `Could not find the function ${path}${rawOnly ? '' : signature} in the schema cache`,
    {
      details: `Searched for the function ${path}${searched}, but no matches were found in the schema cache.`,
      hint: rawOnly ? null : routineHint(context, sorted, overloads),
    },
  );
}

function routineHint(
  { cache, schema, name }: CallContext,
  keys: readonly string[],
  overloads: readonly Routine[],
): string | null {
  const others = () =>
    mostSimilar(
      [...cache.routines.values()].flatMap(([first]) => (first && first.schema === schema ? [first.name] : [])),
      name,
    );
  const list = (names: readonly string[]) => `(${names.toSorted().join(', ')})`;
  const signature = () =>
    mostSimilar(
      overloads.map(({ parameters }) => list(parameters.map((parameter) => parameter.name))),
      list(keys),
    );
  const similar = overloads.length === 0 ? others() : signature();
  if (similar === undefined) return null;
  return `Perhaps you meant to call the function ${schema}.${overloads.length === 0 ? similar : name + similar}`;
}

function ambiguous(candidates: readonly Routine[]): ApiError {
  const list = candidates.map(
    ({ schema, name, parameters }) =>
      `${schema}.${name}(${parameters.map((parameter) => `${parameter.name} => ${parameter.type}`).join(', ')})`,
  );
  return new ApiError(300, 'PGRST203', `Could not choose the best candidate function between: ${list.join(', ')}`, {
    hint: 'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
  });
}

export function planArguments({ parameters }: Routine, { query, body }: CallContext): Arguments {
  const [first] = parameters;
  if (!first) return { kind: 'none' };
  if (first.name === '') return { kind: 'unnamed', type: first.type, value: rawValue(body, first.type) };
  if (body === undefined) return direct(parameters, query.parameters);
  if (body.kind === 'form') return direct(parameters, body.pairs);
  if (body.kind === 'raw') return { kind: 'none' };
  const given = parameters.filter(({ name }) => body.keys.includes(name));
  if (given.length === 0) return { kind: 'none' };
  return {
    kind: 'json',
    payload: { text: body.text, isObject: body.isObject },
    parameters: given.map(({ name, typeMaxLength, variadic }) => [name, typeMaxLength, variadic]),
  };
}

function rawValue(body: Body | undefined, type: string): Buffer | string | null {
  if (body?.kind === 'json') return body.text.toString();
  if (body?.kind !== 'raw') return null;
  return type === 'bytea' ? body.bytes : body.bytes.toString('utf8');
}

/** A repeated name makes the list of a variadic parameter; of any other the last value counts. */
function direct(parameters: readonly Parameter[], pairs: readonly (readonly [string, string])[]): Arguments {
  const values = parameters.flatMap(({ name, variadic }): [string, string | string[], boolean][] => {
    const given = pairs.filter(([key]) => key === name).map(([, value]) => value);
    if (given.length === 0) return [];
    return [[name, variadic ? given : (given.at(-1) as string), variadic]];
  });
  return { kind: 'direct', values };
}

/** Any overload of the name: OPTIONS gives no arguments. */
export function findRoutineForOptions(cache: SchemaCache, schema: string, name: string): Routine {
  const [first] = cache.routines.get(keyOf({ schema, name })) ?? [];
  if (first) return first;
  const query = { parameters: [] } as unknown as QueryParameters;
  throw notFound({ cache, schema, name, query, body: undefined, contentType: { kind: 'json' } }, [], []);
}
