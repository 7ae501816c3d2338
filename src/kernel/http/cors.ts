import type { FastifyReply, FastifyRequest } from 'fastify';

/** Headers that a script of another origin may read. */
const EXPOSED = [
  'content-range',
  'content-location',
  'location',
  'range-unit',
  'preference-applied',
  'retry-after',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'x-request-id',
  'x-supabase-api-version',
  'x-relay-error',
  'x-total-count',
  'link',
  'sb-gateway-version',
  'x-sb-error-code',
  'etag',
  'content-disposition',
  'tus-resumable',
  'tus-version',
  'tus-extension',
  'tus-max-size',
  'upload-offset',
  'upload-length',
  'upload-metadata',
  'upload-expires',
].join(', ');
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/**
 * Any origin may call: who someone is travels in headers that a page has to set itself, never in cookies, so another origin
 * gains nothing. A preflight is granted whatever headers it asks for, as Supabase's gateway does: clients invent new ones.
 * True when the request was a preflight and is answered.
 */
export function answeredPreflight(request: FastifyRequest, reply: FastifyReply): boolean {
  reply.header('access-control-allow-origin', '*');
  if (request.method !== 'OPTIONS') {
    reply.header('access-control-expose-headers', EXPOSED);
    return false;
  }
  reply
    .headers({
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
      'access-control-max-age': '7200',
      vary: 'access-control-request-headers',
    })
    .code(204)
    .send();
  return true;
}
