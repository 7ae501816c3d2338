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
import {
  BODY,
  type Canonical,
  canonicalWith,
  cutCanonical,
  fill,
  patternsOf,
  shapeOf,
  textOf,
} from './placeholders.ts';

/** Longest query string read: beyond it lies nothing that a client would send. */
const MAX_QUERY = 256 * 1024;
const MAX_SHAPES = 1000;
/** Longer ones hardly come again. */
const MAX_KEY = 4000;
/** Plans of one shape: bodies with other names of columns. */
const MAX_PLANS = 50;
/** Headers that say what is asked for. */
const HEADERS = ['accept', 'prefer', 'range', 'content-type', 'accept-profile', 'content-profile'] as const;

/** A plan as far as statements go; handlers keep beside them what they need to answer. */
export interface Planned {
  readonly statements: readonly Statement[];
}

interface Pattern {
  readonly plan: Planned;
  readonly statements: NonNullable<ReturnType<typeof patternsOf>>;
}

/** What requests of one shape have in common. */
export interface Understood {
  readonly resource: Resource;
  readonly method: Method;
  readonly schema: string;
  /** Whether the answer names the schema. */
  readonly isNegotiated: boolean;
  /** With placeholders for the values. */
  readonly query: QueryParameters;
  readonly canonical: Canonical;
  readonly range: Range;
  readonly preferences: Preferences;
  readonly accepts: readonly MediaType[];
  readonly plans: Map<string, Pattern>;
}

/** One request: its shape, and the values that the shape leaves out. */
export interface Asked {
  readonly understood: Understood;
  readonly values: readonly string[];
}

type Shapes = LRUCache<string, Understood>;
const byCache = new WeakMap<SchemaCache, WeakMap<DataApiConfig, Shapes>>();

function shapesOf(cache: SchemaCache, config: DataApiConfig): Shapes {
  let byConfig = byCache.get(cache);
  if (!byConfig) {
    byConfig = new WeakMap();
    byCache.set(cache, byConfig);
  }
  let shapes = byConfig.get(config);
  if (!shapes) {
    shapes = new LRUCache({ max: MAX_SHAPES });
    byConfig.set(config, shapes);
  }
  return shapes;
}

/** Throws what the text of the request alone is refused for. */
export function understand(request: ApiRequest, config: DataApiConfig, cache: SchemaCache): Asked {
  const { path, query, headers } = request;
  if (query.length > MAX_QUERY) throw new ApiError(414, 'PGRST100', 'The query string is too long');
  const isRpcRead = request.method !== 'POST' && isRoutine(path, config);
  const shape = shapeOf(query, isRpcRead);
  const shapes = shapesOf(cache, config);
  let key = `${request.method} ${path}?${shape.key}`;
  for (const name of HEADERS) key += `\0${headers[name] ?? '\0'}`;
  const keep = (understood: Understood) => {
    if (key.length <= MAX_KEY) shapes.set(key, understood);
    return understood;
  };
  const { values } = shape;
  const known = shapes.get(key);
  if (known) return { understood: known, values };
  if (values.length === 0) return { understood: keep(read(request, query, config, cache)), values };
  const made = attempt(() => read(request, textOf(shape), config, cache));
  if (made) return { understood: keep(made), values };
  return { understood: read(request, query, config, cache), values: [] };
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
  const canonical = cutCanonical(query.canonical);
  return { resource, method, schema, isNegotiated, query, canonical, range, preferences, accepts, plans: new Map() };
}

/** The query as Content-Location gives it. */
export function canonicalOf({ understood, values }: Asked): string {
  return canonicalWith(understood.canonical, values);
}

/**
 * The plan that `make` gives for query and body, made anew only where none of this shape is known. `make` must be pure, and use values
 * and the body's text for nothing but parameters; where it cannot, the plan serves this request alone.
 */
export function planOf<P extends Planned>(
  { understood, values }: Asked,
  request: ApiRequest,
  body: Body | undefined,
  make: (query: QueryParameters, body: Body | undefined) => P,
): P {
  const { plans, query } = understood;
  const isKept = body === undefined || body.kind === 'json';
  const text = body?.kind === 'json' ? body.text.toString() : '';
  const key = body?.kind === 'json' ? `${body.isObject}${JSON.stringify(body.keys)}` : '';
  const known = isKept ? plans.get(key) : undefined;
  if (known) return { ...(known.plan as P), statements: fill(known.statements, values, text) };
  const plan = isKept
    ? attempt(() => make(query, body?.kind === 'json' ? { ...body, text: BODY } : undefined))
    : undefined;
  const statements = plan && patternsOf(plan.statements, values.length);
  if (!plan || !statements) return make(values.length === 0 ? query : ownQuery(understood, request), body);
  if (plans.size < MAX_PLANS && key.length <= MAX_KEY) plans.set(key, { plan, statements });
  return { ...plan, statements: fill(statements, values, text) };
}

function ownQuery({ resource, method }: Understood, request: ApiRequest): QueryParameters {
  return parseQuery(request.query, resource.kind === 'routine' && method !== 'POST');
}
