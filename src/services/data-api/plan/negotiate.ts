/** Which of the media types that a client accepts it gets, and how Postgres renders it. Source: PostgREST's content negotiation. */

import { type MediaType, nameOf } from '../request/media-type.ts';
import type { QueryParameters } from '../request/types.ts';
import { ApiError } from '../respond/api-error.ts';
import { keyOf, type MediaHandler, type QualifiedName, type Routine, type SchemaCache } from '../schema-cache/types.ts';

export type Rendering =
  | { readonly kind: 'json' | 'stripped' | 'singular' | 'singular-stripped' | 'csv' | 'geojson' | 'raw' | 'none' }
  | { readonly kind: 'aggregate'; readonly function: QualifiedName; readonly relation: QualifiedName | null };

export interface Negotiated {
  readonly type: MediaType;
  readonly rendering: Rendering;
}

export interface NegotiationContext {
  readonly cache: SchemaCache;
  readonly accepts: readonly MediaType[];
  /** The table, or the composite type of a function's result. */
  readonly relation: QualifiedName | undefined;
  readonly routine: Routine | undefined;
  readonly query: QueryParameters;
  readonly planEnabled: boolean;
}

/** The first acceptable media type; PGRST107 when there is none. */
export function negotiate(context: NegotiationContext): Negotiated {
  for (const type of context.accepts) {
    const found = offered(type, context);
    if (found) return found;
  }
  throw new ApiError(
    406,
    'PGRST107',
    `None of these media types are available: ${context.accepts.map(nameOf).join(', ')}`,
  );
}

function offered(type: MediaType, context: NegotiationContext): Negotiated | undefined {
  if (type.kind === 'plan') {
    const of = context.planEnabled ? offered(type.of, context) : undefined;
    return of && { type: { ...type, of: of.type }, rendering: of.rendering };
  }
  const custom = type.kind === 'singular' || type.kind === 'array-stripped' ? undefined : handler(type, context);
  if (custom) return custom;
  switch (type.kind) {
    case 'any':
    case 'json':
      return { type: { kind: 'json' }, rendering: { kind: 'json' } };
    case 'singular':
      return { type, rendering: { kind: type.stripped ? 'singular-stripped' : 'singular' } };
    case 'array-stripped':
      return { type, rendering: { kind: 'stripped' } };
    case 'csv':
      return { type, rendering: { kind: 'csv' } };
    case 'geojson':
      return { type, rendering: { kind: 'geojson' } };
    default:
      return undefined;
  }
}

/** Handlers in the database count only where the whole row is asked for. */
function handler(type: MediaType, context: NegotiationContext): Negotiated | undefined {
  const { cache, relation, routine, query } = context;
  if (cache.mediaHandlers.size === 0) return undefined;
  const [first] = query.select;
  const everything =
    query.select.length === 1 && first?.kind === 'field' && first.field.name === '*' && !first.aggregate;
  const name = nameOf(type);
  const at = (mediaType: string, target: string) => cache.mediaHandlers.get(`${mediaType}\0${target}`);
  const targets = [...(routine ? [`function\0${keyOf(routine)}`] : []), ...(relation ? [keyOf(relation)] : [])];
  for (const target of everything ? targets : []) {
    const found = at('*/*', target) ?? at(name, target);
    if (found) return rendered(found, type, target);
  }
  const generic = at(name, '*');
  return generic && rendered(generic, type, '*');
}

function rendered(found: MediaHandler, asked: MediaType, target: string): Negotiated {
  const type: MediaType = found.resultIsAny ? { kind: 'binary' } : asked;
  if (target.startsWith('function\0')) return { type, rendering: { kind: 'raw' } };
  return { type, rendering: { kind: 'aggregate', function: found.function, relation: found.relation } };
}
