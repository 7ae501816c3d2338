import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Received } from '../blobs/incoming.ts';
import { REFUSED } from '../errors.ts';
import { multipartSource } from './multipart-source.ts';

/** What an upload says of itself, beside its bytes. */
export interface UploadHeaders {
  readonly mimeType: string;
  readonly cacheControl: string;
  readonly contentEncoding?: string;
  readonly userMetadata?: Readonly<Record<string, unknown>>;
}

/** A body that has not been read yet. */
export interface UploadSource {
  /** As known before the bytes. */
  readonly headers: UploadHeaders;
  readonly bytes: Readable | AsyncIterable<Buffer>;
  /** How many bytes come, where the caller said so. */
  readonly expected?: number;
  /** As known after the bytes: a form may have fields behind its file. Throws when they are not what was announced. */
  finish(received: Received): Promise<UploadHeaders>;
}

const FALLBACK_TYPE = 'application/octet-stream';
/** A type as HTTP writes it, with its parameters; what else is sent would be sent back as a header. */
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+*-]+(\s*;[\t\x20-\x7e]*)?$/;

/** Reads the head of a request to upload: a form with one file, or the bytes alone. */
export function uploadSource(request: IncomingMessage): Promise<UploadSource> | UploadSource {
  const type = request.headers['content-type'];
  return type && /^multipart\/form-data\b/i.test(type) ? multipartSource(request) : rawSource(request);
}

function rawSource(request: IncomingMessage): UploadSource {
  const { headers: given } = request;
  const length = given['content-length'];
  const headers: UploadHeaders = {
    mimeType: mediaType(given['content-type']),
    cacheControl: headerText(given['cache-control']) ?? 'no-cache',
    contentEncoding: headerText(given['content-encoding']),
    userMetadata: metadataOf(given['x-metadata'], 'base64'),
  };
  return {
    headers,
    bytes: request,
    ...(length !== undefined && { expected: Number(length) }),
    finish: async () => headers,
  };
}

export const mediaType = (text: string | undefined): string => (text && MEDIA_TYPE.test(text) ? text : FALLBACK_TYPE);

/** Only what can be a header again. */
export const headerText = (text: string | string[] | undefined): string | undefined =>
  typeof text === 'string' && text !== '' && /^[\t\x20-\x7e]+$/.test(text) ? text : undefined;

/** Throws InvalidParameter when it is no JSON object. */
export function metadataOf(
  text: string | string[] | undefined,
  encoding: 'base64' | 'utf8',
): Readonly<Record<string, unknown>> | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  try {
    const value: unknown = JSON.parse(encoding === 'base64' ? Buffer.from(text, 'base64').toString('utf8') : text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    throw REFUSED.invalidMetadata({ cause });
  }
  throw REFUSED.invalidMetadata();
}
