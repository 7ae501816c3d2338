import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { REFUSED, type StorageError } from '../errors.ts';
import type { Parts } from '../parts.ts';
import { asStorageError, sendJson } from './answer.ts';
import { createExchange } from './exchange.ts';
import { createRouter, type Route } from './router.ts';

export const PREFIX = '/storage/v1';

/** A request that was answered before its body had come may send so much more before its connection is cut. */
const LINGER_BYTES = 64 * 1024 * 1024;

/** Takes an address below `/storage/v1` that has a protocol of its own (`/s3`, `/upload/resumable`); true when it did. */
export type Door = (request: IncomingMessage, response: ServerResponse, path: string, query: string) => boolean;

export function createListener(parts: Parts, routes: readonly Route[], doors: readonly Door[]): RequestListener {
  const find = createRouter(routes);
  return (request, response) => {
    const [path, query] = addressOf(request);
    if (doors.some((door) => door(request, response, path, query))) return;
    const answer = async () => {
      const match = find(request.method ?? 'GET', path);
      if (!match) throw REFUSED.noSuchRoute({ message: `Route ${request.method}:${path} not found` });
      const { route, params } = match;
      const operation = `storage.${route.operation}`;
      const searched = new URLSearchParams(query);
      const exchange = createExchange({ parts, request, response, path, query: searched, params, operation });
      const value = await route.handle(exchange);
      if (value !== undefined) sendJson(response, 200, value);
    };
    void answer().catch((error: unknown) => refuse(parts, request, response, asStorageError(error)));
  };
}

/** The path below the prefix, still encoded, and the query without its mark. */
function addressOf({ url = '/' }: IncomingMessage): [path: string, query: string] {
  const own = url.startsWith(PREFIX) ? url.slice(PREFIX.length) : url;
  const mark = own.indexOf('?');
  return mark < 0 ? [own, ''] : [own.slice(0, mark), own.slice(mark + 1)];
}

function refuse(parts: Parts, request: IncomingMessage, response: ServerResponse, error: StorageError): void {
  if (error.status >= 500 && error.status !== 507) parts.log.error({ err: error.cause ?? error }, 'storage failed');
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  limitRest(request);
  for (const name of ['etag', 'last-modified', 'cache-control', 'content-disposition', 'content-length'])
    response.removeHeader(name);
  sendJson(response, error.httpStatus, error.toJSON());
}

/** Node reads what is still to come, so that the caller can read his answer; a caller who does not stop is cut off. */
export function limitRest(request: IncomingMessage): void {
  if (request.complete) return;
  let bytes = 0;
  request.unpipe();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LINGER_BYTES) request.destroy();
  });
  request.resume();
}
