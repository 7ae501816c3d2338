import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type ByteRange, isBlobName } from '../blobs/blob-store.ts';
import { REFUSED } from '../errors.ts';
import { isAbort } from '../http/answer.ts';
import type { Exchange } from '../http/exchange.ts';
import { attachment, safetyHeaders } from './browser-safety.ts';
import { isUnchanged, rangeOf } from './conditions.ts';
import type { ObjectRow } from './object-row.ts';
import { decodedAgain } from './signed-address.ts';

/** What sending needs of an exchange. */
export type Sending = Pick<Exchange, 'parts' | 'request' | 'response' | 'query'>;

/** Sends an object's bytes, or what the request's conditions ask for instead. Throws NoSuchKey, InvalidRange. */
export async function sendObject(
  exchange: Sending,
  row: ObjectRow,
  overrides: OutgoingHttpHeaders = {},
): Promise<void> {
  const { request, response, parts, query } = exchange;
  const size = sizeOf(row);
  const headers = {
    ...objectHeaders(row),
    ...overrides,
    ...safetyHeaders(String(overrides['content-type'] ?? row.metadata?.mimetype ?? '')),
  };
  if (query.has('download')) headers['content-disposition'] = attachment(savedAs(query, row));
  dropFrameRules(exchange);
  if (isUnchanged(request.headers, row)) {
    response.writeHead(304, headers).end();
    return;
  }
  const range = rangeOf(request.headers, size, row);
  if (range === 'unsatisfiable') {
    response.setHeader('content-range', `bytes */${size}`);
    throw REFUSED.invalidRange();
  }
  const stream = request.method === 'HEAD' ? 'none' : await openBytes(exchange, row, size, range);
  response.writeHead(range ? 206 : 200, { ...headers, ...lengthHeaders(size, range) });
  if (stream === 'none') response.end();
  else
    await pipeline(stream, response).catch((error: unknown) => {
      if (!isAbort(error)) parts.log.warn({ err: error, object: row.id }, 'an object was cut off while it was sent');
      response.destroy();
    });
}

/** What the caller wants to save the file as, or its own name. The official client encodes the name twice in signed addresses. */
function savedAs(query: URLSearchParams, row: ObjectRow): string {
  const wanted = query.get('download') || row.name.split('/').at(-1)!;
  return (query.has('token') && decodedAgain(wanted)) || wanted;
}

/** Empty objects have no bytes to open a file for, but their row must name a blob all the same. */
async function openBytes({ parts, request }: Sending, row: ObjectRow, size: number, range: ByteRange | undefined) {
  if (!isBlobName(row.version)) throw REFUSED.noSuchKey();
  const stream = await parts.blobs.open(row.version, range);
  if (!stream) {
    parts.log.error(
      { bucket: row.bucket_id, object: row.id, method: request.method },
      'the bytes of an object are gone',
    );
    throw REFUSED.noSuchKey();
  }
  if (size > 0) return stream;
  stream.destroy();
  return 'none' as const;
}

export const sizeOf = (row: Pick<ObjectRow, 'metadata'>): number =>
  Number(row.metadata?.size ?? row.metadata?.contentLength ?? 0);

export const modifiedAt = (row: ObjectRow): Date =>
  new Date(row.metadata?.lastModified ?? row.updated_at ?? row.created_at ?? 0);

function objectHeaders(row: ObjectRow): OutgoingHttpHeaders {
  const { metadata } = row;
  return {
    'content-type': metadata?.mimetype ?? 'application/octet-stream',
    'cache-control': metadata?.cacheControl ?? 'no-cache',
    'accept-ranges': 'bytes',
    'last-modified': modifiedAt(row).toUTCString(),
    'x-robots-tag': 'none',
    ...(metadata?.eTag && { etag: metadata.eTag }),
    ...(metadata?.contentEncoding && { 'content-encoding': metadata.contentEncoding }),
  };
}

function lengthHeaders(size: number, range: ByteRange | undefined): OutgoingHttpHeaders {
  if (!range) return { 'content-length': size };
  return {
    'content-length': range.end - range.start + 1,
    'content-range': `bytes ${range.start}-${range.end}/${size}`,
  };
}

/** Rules that the server sets for its own pages, not for files that apps embed. */
export function dropFrameRules({ response }: { response: { removeHeader(name: string): void } }): void {
  response.removeHeader('x-frame-options');
  response.removeHeader('cross-origin-opener-policy');
}

export type RequestHeaders = IncomingMessage['headers'];
