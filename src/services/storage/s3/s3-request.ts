import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { isBlobName } from '../blobs/blob-store.ts';
import { readText } from '../http/json-body.ts';
import type { ObjectAddress } from '../objects/object-row.ts';
import type { Scope } from '../parts.ts';
import type { SignedRequest } from './authenticate.ts';
import { sha256 } from './canonical.ts';
import { chunkedBody } from './chunked-body.ts';
import { S3_REFUSED } from './s3-errors.ts';
import { toXml, type XmlNode } from './xml.ts';

/** One signed request to S3, as operations see it. */
export interface S3Request {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly scope: Scope;
  readonly signed: SignedRequest;
  readonly query: URLSearchParams;
  /** Empty for the service itself. */
  readonly bucket: string;
  /** Empty for a bucket itself. */
  readonly key: string;
}

export type S3Operation = (request: S3Request) => Promise<void>;

const MAX_XML_BYTES = 4 * 1024 * 1024;

export const addressOf = ({ bucket, key }: S3Request): ObjectAddress => ({ bucket, name: key });

export function sendXml({ response }: S3Request, root: string, value: XmlNode): void {
  const body = Buffer.from(toXml(root, value));
  response.writeHead(200, { 'content-type': 'application/xml', 'content-length': body.length }).end(body);
}

export function sendEmpty({ response }: S3Request, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...headers, ...(status !== 204 && { 'content-length': '0' }) }).end();
}

/** The text of a small body, checked against the hash that was signed. */
export async function signedText({ request, signed }: S3Request): Promise<string> {
  const body = await readText(request, MAX_XML_BYTES);
  if (isBlobName(signed.payloadHash) && sha256(body) !== signed.payloadHash) throw S3_REFUSED.contentHashMismatch();
  return body;
}

/** The bytes of an object in the body, without S3's frames; `trailers` fills as they end. */
export interface S3Body {
  readonly bytes: Readable | AsyncIterable<Buffer>;
  readonly expected?: number;
  readonly trailers: ReadonlyMap<string, string>;
}

export function bodyOf({ request, signed }: S3Request): S3Body {
  const trailers = new Map<string, string>();
  const isChunked = signed.payloadHash.startsWith('STREAMING-');
  const length = header(request, isChunked ? 'x-amz-decoded-content-length' : 'content-length');
  const expected = length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
  return {
    bytes: isChunked ? chunkedBody(request, signed, trailers) : request,
    ...(expected !== undefined && { expected }),
    trailers,
  };
}

export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
