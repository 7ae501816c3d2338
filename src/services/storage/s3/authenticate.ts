import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { callerOfToken } from '../http/caller.ts';
import type { Caller, Parts } from '../parts.ts';
import { canonicalRequest, type SigningScope, signatureOf, signingKey } from './canonical.ts';
import { S3_REFUSED } from './s3-errors.ts';

/** A request whose signature was right. */
export interface SignedRequest {
  readonly caller: Caller;
  /** Hex of the body's SHA-256, `UNSIGNED-PAYLOAD`, or one of the `STREAMING-` words. */
  readonly payloadHash: string;
  readonly key: Buffer;
  readonly signing: SigningScope;
  readonly signature: string;
}

interface Credential extends SigningScope {
  readonly accessKey: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly payloadHash: string;
  readonly sessionToken: string | undefined;
  readonly expiresSeconds?: number;
}

const SKEW_MS = 15 * 60 * 1000;
const MAX_EXPIRES_SECONDS = 604_800;

/**
 * Checks Signature Version 4, in the header or in the address. The key pair of the settings is the service; with a session token, the
 * anon key is the secret and the token says who asks, so that his policies hold. Throws as S3 does.
 */
export async function authenticate(
  parts: Parts,
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<SignedRequest> {
  const credential = query.has('X-Amz-Signature') ? fromQuery(query) : fromHeader(request);
  checkTime(credential);
  const { secret, caller } = await ownerOfKey(parts, credential);
  const key = signingKey(secret, credential);
  const forwarded = request.headers['x-forwarded-host'];
  const hosts = [undefined, typeof forwarded === 'string' ? forwarded : undefined];
  if (!hosts.some((host, i) => (i === 0 || host !== undefined) && isSigned(request, credential, key, host)))
    throw S3_REFUSED.signatureDoesNotMatch();
  const { payloadHash, signature, time, scope } = credential;
  return { caller, payloadHash, key, signature, signing: { time, scope } };
}

function isSigned(request: IncomingMessage, credential: Credential, key: Buffer, host: string | undefined): boolean {
  const { method = 'GET', url = '/', headers } = request;
  const { signedHeaders, payloadHash, signature } = credential;
  const canonical = canonicalRequest({ method, url, headers, signedHeaders, payloadHash, host });
  const expected = Buffer.from(signatureOf(key, credential, canonical));
  const given = Buffer.from(signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function fromHeader({ headers }: IncomingMessage): Credential {
  const { authorization = '' } = headers;
  if (!authorization) throw S3_REFUSED.missingAuthentication();
  const match = /^AWS4-HMAC-SHA256\s+(.*)$/s.exec(authorization);
  const fields = new Map(match?.[1]?.split(',').map((each) => each.trim().split('=', 2) as [string, string]));
  const time = text(headers['x-amz-date']) ?? '';
  const signedHeaders = fields.get('SignedHeaders')?.toLowerCase().split(';') ?? [];
  const [accessKey, scope] = splitCredential(fields.get('Credential') ?? '');
  const signature = fields.get('Signature') ?? '';
  if (!match || !scope || !signedHeaders.includes('host') || !isTime(time) || !scope.startsWith(time.slice(0, 8)))
    throw S3_REFUSED.malformedAuthorization();
  const payloadHash = text(headers['x-amz-content-sha256']) ?? 'UNSIGNED-PAYLOAD';
  return {
    accessKey,
    scope,
    signedHeaders,
    signature,
    time,
    payloadHash,
    sessionToken: text(headers['x-amz-security-token']),
  };
}

function fromQuery(query: URLSearchParams): Credential {
  const [accessKey, scope] = splitCredential(query.get('X-Amz-Credential') ?? '');
  const time = query.get('X-Amz-Date') ?? '';
  const expiresSeconds = Number(query.get('X-Amz-Expires'));
  const signedHeaders = query.get('X-Amz-SignedHeaders')?.toLowerCase().split(';') ?? [];
  const right =
    query.get('X-Amz-Algorithm') === 'AWS4-HMAC-SHA256' &&
    scope &&
    isTime(time) &&
    scope.startsWith(time.slice(0, 8)) &&
    signedHeaders.includes('host') &&
    Number.isInteger(expiresSeconds) &&
    expiresSeconds > 0 &&
    expiresSeconds <= MAX_EXPIRES_SECONDS;
  if (!right) throw S3_REFUSED.badQueryParameters();
  return {
    accessKey,
    scope,
    signedHeaders,
    time,
    expiresSeconds,
    signature: query.get('X-Amz-Signature')!,
    payloadHash: query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
    sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
  };
}

/** `key/20260102/region/s3/aws4_request`; the key itself may hold slashes. */
function splitCredential(credential: string): [accessKey: string, scope: string | undefined] {
  const match = /^(.+)\/(\d{8}\/[^/]*\/s3\/aws4_request)$/.exec(credential);
  return [match?.[1] ?? '', match?.[2]];
}

const isTime = (time: string) => /^\d{8}T\d{6}Z$/.test(time);

function checkTime({ time, expiresSeconds }: Credential): void {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time)!;
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const age = Date.now() - at;
  if (age < -SKEW_MS) throw S3_REFUSED.requestTimeTooSkewed();
  if (expiresSeconds !== undefined ? age > expiresSeconds * 1000 : age > SKEW_MS)
    throw expiresSeconds === undefined ? S3_REFUSED.requestTimeTooSkewed() : S3_REFUSED.expired();
}

async function ownerOfKey(
  parts: Parts,
  { accessKey, sessionToken }: Credential,
): Promise<{ secret: string; caller: Caller }> {
  if (sessionToken !== undefined) {
    if (!parts.anonKey) throw S3_REFUSED.invalidAccessKeyId();
    return { secret: parts.anonKey, caller: await callerOfToken(parts, sessionToken) };
  }
  const { accessKeyId, secretAccessKey } = parts.s3Keys;
  if (accessKey !== accessKeyId) throw S3_REFUSED.invalidAccessKeyId();
  const identity = { role: 'service_role', claims: { role: 'service_role' } };
  return { secret: secretAccessKey, caller: { identity, authenticated: true } };
}

function text(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
