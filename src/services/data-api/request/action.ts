/** What a request asks for: method and path, schema, range. Source: PostgREST's ApiRequest. */
import type { ApiRequest } from '../api.ts';
import type { DataApiConfig } from '../config.ts';
import { ApiError } from '../respond/api-error.ts';
import type { QueryParameters, Range } from './types.ts';

export type Resource =
  | { readonly kind: 'root' }
  | { readonly kind: 'relation'; readonly name: string }
  | { readonly kind: 'routine'; readonly name: string };

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const CALLS: readonly string[] = ['GET', 'HEAD', 'POST', 'OPTIONS'];

/** A slash at the end makes another path. Throws PGRST125, and PGRST126 where the root has nothing to say. */
export function resourceOf(path: string, { dbRootSpec, openapiMode }: DataApiConfig): Resource {
  const segments = path.split('/').slice(1).map(decodeSegment);
  const [first = '', second, ...rest] = segments;
  if (first === '' && second === undefined) {
    if (dbRootSpec !== undefined) return { kind: 'routine', name: dbRootSpec.slice(dbRootSpec.indexOf('.') + 1) };
    if (openapiMode !== 'disabled') return { kind: 'root' };
    throw new ApiError(404, 'PGRST126', 'Root endpoint metadata is disabled');
  }
  if (first === 'rpc' && second !== undefined && rest.length === 0) return { kind: 'routine', name: second };
  if (second === undefined) return { kind: 'relation', name: first };
  throw new ApiError(404, 'PGRST125', 'Invalid path specified in request URL');
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export function methodOf(method: string, resource: Resource): Method {
  if (!METHODS.includes(method)) throw new ApiError(405, 'PGRST117', `Unsupported HTTP method: ${method}`);
  if (resource.kind === 'routine' && !CALLS.includes(method))
    throw new ApiError(405, 'PGRST101', `Cannot use the ${method} method on RPC`);
  if (resource.kind === 'root' && !['GET', 'HEAD', 'OPTIONS'].includes(method))
    throw new ApiError(405, 'PGRST117', `Unsupported HTTP method: ${method}`);
  return method as Method;
}

const isWrite = ({ method }: ApiRequest) => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method);
const profileOf = (request: ApiRequest) => request.headers[isWrite(request) ? 'content-profile' : 'accept-profile'];

export const hasProfile = (request: ApiRequest): boolean => profileOf(request) !== undefined;

/** The schema of the request: by profile, or the first one. Throws PGRST106. */
export function schemaOf(request: ApiRequest, config: DataApiConfig): string {
  const profile = profileOf(request);
  if (profile === undefined) return config.dbSchemas[0] as string;
  if (config.dbSchemas.includes(profile)) return profile;
  throw new ApiError(406, 'PGRST106', `Invalid schema: ${profile}`, {
    hint: `Only the following schemas are exposed: ${config.dbSchemas.join(', ')}`,
  });
}

const rangeError = (details: string) => new ApiError(416, 'PGRST103', 'Requested range not satisfiable', { details });

/** The root's range: `limit` and `offset` within the Range header, which only GET respects. Throws PGRST103. */
export function rangeOf(request: ApiRequest, query: QueryParameters): Range {
  const root = query.ranges.filter(([path]) => path.length === 0).map(([, range]) => range);
  const limit = root.findLast((range) => range.limit !== undefined)?.limit;
  const offset = root.findLast((range) => range.offset !== undefined)?.offset ?? 0;
  if (limit !== undefined && limit < 0) throw rangeError('Limit should be greater than or equal to zero.');
  const header = request.method === 'GET' ? /^(\d+)-(\d*)$/.exec(request.headers['range'] ?? '') : null;
  if (limit === 0) return { offset: 0, limit: 0 };
  const [lowest, highest] = header ? [Number(header[1]), Number(header[2] || Infinity)] : [0, Infinity];
  const from = clamp(Math.max(lowest, offset));
  const to = Math.min(highest, limit === undefined ? Infinity : offset + limit - 1);
  if (to < from)
    throw rangeError(
      highest < lowest
        ? 'The lower boundary must be lower than or equal to the upper boundary in the Range header.'
        : 'Limit should be greater than or equal to zero.',
    );
  return { offset: from, limit: to === Infinity ? undefined : clamp(to - from + 1) };
}

const clamp = (value: number) => Math.min(value, Number.MAX_SAFE_INTEGER);
