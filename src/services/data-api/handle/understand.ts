/** What a request asks for, as far as its text says. Kept by shape, with the plans made of it, as long as schema cache and configuration stay. */
import { LRUCache } from 'lru-cache';
import type { Statement } from '#kernel/postgres/database.ts';
import type { ApiRequest } from '../api.ts';
import type { DataApiConfig } from '../config.ts';
import { hasProfile, type Method, methodOf, type Resource, rangeOf, resourceOf, schemaOf } from '../request/action.ts';
import { type MediaType, parseAccept } from '../request/media-type.ts';
import type { Body } from '../request/payload.ts';
import { type Preferences, parsePreferences } from '../request/preferences.ts';
import { parseQuery } from '../request/query-parameters.ts';
import type { QueryParameters, Range } from '../request/types.ts';
import { ApiError } from '../respond/api-error.ts';
import type { SchemaCache } from '../schema-cache/types.ts';
import { BODY, canonicalWith, fill, patternsOf, shapeOf } from './placeholders.ts';

/** Longest query string read: beyond it lies nothing that a client would send. */
const MAX_QUERY = 256 * 1024;
const MAX_SHAPES = 1000;
/** Longer ones hardly come again. */
const MAX_KEY = 4000;
/** Plans of one shape: bodies with other names of columns. */
const MAX_PLANS = 50;
/** Headers that say what is asked for. */
const HEADERS = ['accept', 'prefer', 'range', 'content-type', 'accept-profile', 'content-profile'] as const;

/** What requests of one shape have in common. */
interface Understood {
  readonly resource: Resource;
  readonly method: Method;
  readonly schema: string;
  /** The answer names the schema. */
  readonly isNegotiated: boolean;
  /** With placeholders for the values. */
  readonly query: QueryParameters;
  readonly range: Range;
  readonly preferences: Preferences;
  readonly accepts: readonly MediaType[];
  readonly plans: Map<string, { readonly plan: Planned; readonly patterns: NonNullable<ReturnType<typeof patternsOf>> }>;
}

/** A plan as far as statements go; handlers keep beside them what they need to answer. */
export interface Planned {
  readonly statements: readonly Statement[];
}

/** One request and the shape it has. */
export interface Asked extends Omit<Understood, 'plans'> {
  /** The query as Content-Location gives it. */
  readonly canonical: string;
  /** The plan that `make` gives for the query and body, made anew only where none of this shape is known. `make` must be pure. */
  plan<P extends Planned>(body: Body | undefined, make: (query: QueryParameters, body: Body | undefined) => P): P;
}

type Shapes = LRUCache<string, Understood>;
const byCache = new WeakMap<SchemaCache, WeakMap<DataApiConfig, Shapes>>();

function shapesOf(cache: SchemaCache, config: DataApiConfig): Shapes {
  let byConfig = byCache.get(cache);
  if (!byConfig) byCache.set(cache, (byConfig = new WeakMap()));
  let shapes = byConfig.get(config);
  if (!shapes) byConfig.set(config, (shapes = new LRUCache({ max: MAX_SHAPES })));
  return shapes;
}

/** Throws what the text of the request alone is refused for. */
export function understand(request: ApiRequest, config: DataApiConfig, cache: SchemaCache): Asked {
  const { path, query, headers } = request;
  if (query.length > MAX_QUERY) throw new ApiError(414, 'PGRST100', 'The query string is too long');
  const isRpcRead = request.method !== 'POST' && isRoutine(path, config);
  const shape = shapeOf(query, isRpcRead);
  const shapes = shapesOf(cache, config);
  let key = `${request.method} ${path}?${shape.text}`;
  for (const name of HEADERS) key += `\0${headers[name] ?? '\0'}`;
  const known = shapes.get(key);
  if (known) return asked(known, request, shape.values);
  const made = shape.values.length > 0 ? attempt(() => read(request, shape.text, config, cache)) : undefined;
  if (!made) return asked(remember(read(request, query, config, cache), shape.values.length === 0), request, []);
  return asked(remember(made, true), request, shape.values);

  function remember(each: Understood, isShape: boolean): Understood {
    if (isShape && key.length <= MAX_KEY) shapes.set(key, each);
    return each;
  }
}

const isRoutine = (path: string, { dbRootSpec }: DataApiConfig) =>
  path.startsWith('/rpc/') || (dbRootSpec !== undefined && path === '/');

/** Undefined where a placeholder stands for what is refused: the request's own text must then be read, for the refusal names it. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

function read(request: ApiRequest, text: string, config: DataApiConfig, cache: SchemaCache): Understood {
  const resource = resourceOf(request.path, config);
  const schema = schemaOf(request, config);
  const method = methodOf(request.method, resource);
  const query = parseQuery(text, resource.kind === 'routine' && method !== 'POST');
  const allowTx = config.dbTxEnd.endsWith('allow-override');
  const preferences = parsePreferences(request.headers['prefer'], allowTx, cache.timezones);
  if (preferences.handling === 'strict' && preferences.invalid.length > 0)
    throw new ApiError(400, 'PGRST122', 'Invalid preferences given with handling=strict', {
      details: `Invalid preferences: ${preferences.invalid.join(', ')}`,
    });
  const range = rangeOf(request, query);
  const accepts = parseAccept(request.headers['accept']);
  const isNegotiated = config.dbSchemas.length > 1 || hasProfile(request);
  return { resource, method, schema, isNegotiated, query, range, preferences, accepts, plans: new Map() };
}

function asked(understood: Understood, request: ApiRequest, values: readonly string[]): Asked {
  const { plans, ...shared } = understood;
  return {
    ...shared,
    canonical: canonicalWith(understood.query.canonical, values),
    plan: (body, make) => planned(understood, request, values, body, make),
  };
}

function planned<P extends Planned>(
  understood: Understood,
  request: ApiRequest,
  values: readonly string[],
  body: Body | undefined,
  make: (query: QueryParameters, body: Body | undefined) => P,
): P {
  const { plans } = understood;
  const key = body === undefined ? '' : body.kind === 'json' ? `${body.isObject}\0${body.keys.join('\0')}` : undefined;
  const text = () => (body?.kind === 'json' ? body.text.toString() : '');
  const known = key === undefined ? undefined : plans.get(key);
  if (known) return { ...(known.plan as P), statements: fill(known.patterns, values, text()) };
  const standIn = body?.kind === 'json' ? { ...body, text: BODY } : body;
  const plan = key === undefined ? undefined : attempt(() => make(understood.query, standIn));
  const patterns = plan && patternsOf(plan.statements, values.length);
  if (!plan || !patterns || key === undefined) return make(ownQuery(understood, request, values), body);
  if (plans.size < MAX_PLANS && key.length <= MAX_KEY) plans.set(key, { plan, patterns });
  return { ...plan, statements: fill(patterns, values, text()) };
}

function ownQuery({ query, resource, method }: Understood, request: ApiRequest, values: readonly string[]): QueryParameters {
  if (values.length === 0) return query;
  return parseQuery(request.query, resource.kind === 'routine' && method !== 'POST');
}
