/** OPTIONS, and CORS as wai-cors does it for PostgREST. */
import type { ApiRequest, ApiResponse } from '../api.ts';
import type { DataApiConfig } from '../config.ts';
import { findRoutineForOptions } from '../plan/call.ts';
import { tableOrRefusal } from '../plan/mutation.ts';
import type { Resource } from '../request/action.ts';
import { answer, type Header } from '../respond/headers.ts';
import { mostSimilar } from '../respond/similar-names.ts';
import type { SchemaCache } from '../schema-cache/types.ts';

const METHODS = 'GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD';
const EXPOSED =
  'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit';
const NOTHING = Buffer.alloc(0);

/** Open to any origin where none is named; where one is, the headers of CORS follow. */
export function handleOptions(
  cache: SchemaCache,
  schema: string,
  resource: Resource,
  { headers }: Pick<ApiRequest, 'headers'>,
): ApiResponse {
  const anyone: Header[] = headers['origin'] === undefined ? [['Access-Control-Allow-Origin', '*']] : [];
  return answer(200, [...anyone, ['Allow', allowed(cache, schema, resource).join(',')]], NOTHING);
}

function allowed(cache: SchemaCache, schema: string, resource: Resource): string[] {
  if (resource.kind === 'root') return ['OPTIONS', 'GET', 'HEAD'];
  if (resource.kind === 'routine') {
    const routine = findRoutineForOptions(cache, schema, resource.name);
    return routine.volatility === 'volatile' ? ['OPTIONS', 'POST'] : ['OPTIONS', 'GET', 'HEAD', 'POST'];
  }
  const table = tableOrRefusal(cache, schema, resource.name, mostSimilar);
  return [
    'OPTIONS',
    'GET',
    'HEAD',
    ...(table.insertable ? ['POST'] : []),
    ...(table.insertable && table.updatable && table.primaryKey.length > 0 ? ['PUT'] : []),
    ...(table.updatable ? ['PATCH'] : []),
    ...(table.deletable ? ['DELETE'] : []),
  ];
}

/** Headers for a request with an Origin that may come; none otherwise. */
function originHeaders(request: ApiRequest, config: DataApiConfig): Header[] | undefined {
  const { origin } = request.headers;
  if (origin === undefined) return undefined;
  const allowedOrigins = config.serverCorsAllowedOrigins;
  if (!allowedOrigins || allowedOrigins.length === 0) return [['Access-Control-Allow-Origin', '*']];
  if (!allowedOrigins.includes(origin)) return undefined;
  return [
    ['Access-Control-Allow-Origin', origin],
    ['Access-Control-Allow-Credentials', 'true'],
  ];
}

export function corsHeaders(request: ApiRequest, config: DataApiConfig): Header[] {
  const headers = originHeaders(request, config);
  return headers ? [...headers, ['Access-Control-Expose-Headers', EXPOSED]] : [];
}

/** The answer to a preflight, or undefined when the request is none. */
export function preflight(request: ApiRequest, config: DataApiConfig): ApiResponse | undefined {
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return undefined;
  const headers = originHeaders(request, config);
  if (!headers) return undefined;
  const asked = (request.headers['access-control-request-headers'] ?? '').split(',').map((name) => name.trim());
  const names = [
    'Authorization',
    ...asked.filter((name) => name !== ''),
    'Accept',
    'Accept-Language',
    'Content-Language',
  ];
  return answer(
    200,
    [
      ...headers,
      ['Access-Control-Allow-Methods', METHODS],
      ['Access-Control-Allow-Headers', names.join(', ')],
      ['Access-Control-Max-Age', '86400'],
    ],
    NOTHING,
  );
}
