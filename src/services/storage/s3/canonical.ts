/** The canonical request of Signature Version 4 (AWS, "Create a signed AWS API request"), for S3: the path is encoded once. */
import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

export interface CanonicalParts {
  readonly method: string;
  /** As it came in the request line. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Lower case, as the caller listed them. */
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
  /** Instead of the header of that name, where a proxy changed it. */
  readonly host?: string;
}

export function canonicalRequest({ method, url, headers, signedHeaders, payloadHash, host }: CanonicalParts): string {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const lines = signedHeaders.map((name) => {
    const value = name === 'host' && host !== undefined ? host : headers[name];
    return `${name}:${headerValue(value)}\n`;
  });
  return [
    method,
    path.split('/').map(encodedOnce).join('/'),
    canonicalQuery(mark < 0 ? '' : url.slice(mark + 1)),
    lines.join(''),
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

/** Node reads headers as Latin-1; they were signed as the bytes that they are. */
function headerValue(value: string | string[] | undefined): string {
  const text = Array.isArray(value) ? value.join(',') : (value ?? '');
  return Buffer.from(text, 'latin1').toString('utf8').trim().replace(/ +/g, ' ');
}

function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((each) => each !== '' && !each.startsWith('X-Amz-Signature='))
    .map((each) => {
      const [name = '', ...value] = each.split('=');
      return [encodedOnce(name), encodedOnce(value.join('='))] as const;
    })
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function encodedOnce(text: string): string {
  let plain = text;
  try {
    plain = decodeURIComponent(text);
  } catch {
    // It is no encoding, so it means itself.
  }
  return encodeAws(plain);
}

/** RFC 3986: only the unreserved characters stand for themselves. */
export const encodeAws = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);

export interface SigningScope {
  /** `20260102T030405Z` */
  readonly time: string;
  /** `20260102/eu-central-1/s3/aws4_request` */
  readonly scope: string;
}

export function signingKey(secret: string, { scope }: SigningScope): Buffer {
  return scope.split('/').reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${secret}`) as Buffer;
}

export function signatureOf(key: Buffer, { time, scope }: SigningScope, canonical: string): string {
  return hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex');
}

const EMPTY = sha256('');

/** Of one chunk of a streamed body; `previous` is the signature before it, the request's own for the first. */
export function chunkSignature(
  key: Buffer,
  { time, scope }: SigningScope,
  previous: string,
  chunkHash: string,
): string {
  return hmac(key, ['AWS4-HMAC-SHA256-PAYLOAD', time, scope, previous, EMPTY, chunkHash].join('\n')).toString('hex');
}
