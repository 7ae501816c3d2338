/** Bearer tokens: who asks and as which role. Texts and codes follow PostgREST's Auth. */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { isSignedBy, keysFor, type VerificationKey, verificationKey } from '#kernel/jws.ts';
import type { DataApiConfig } from '../config.ts';
import { ApiError } from '../respond/api-error.ts';
import { roleOf } from './role-claim.ts';

export type Claims = Readonly<Record<string, unknown>>;
export interface Requester {
  readonly role: string;
  readonly claims: Claims;
  /** The role is not the anonymous one, with or without a token: a refusal by Postgres is then 403 and not 401. */
  readonly authenticated: boolean;
}

/** Clocks may differ by this much. */
const SKEW_SECONDS = 30;
const MAX_TOKENS = 1000;

const challenge = (error: string) =>
  [['WWW-Authenticate', `Bearer error="invalid_token", error_description="${error}"`]] as const;
const refusal = (code: 'PGRST301' | 'PGRST303', message: string, details?: string) =>
  new ApiError(401, code, message, { details, headers: challenge(message) });

export type Authenticate = (authorization: string | undefined, now: number) => Requester;

/** Reads the keys once; verified tokens are kept by hash, while times and audience are looked at every time. */
export function authenticator(config: DataApiConfig): Authenticate {
  const keys = config.jwtSecret === undefined ? undefined : readKeys(config.jwtSecret, config.jwtSecretIsBase64);
  const verified = new LRUCache<string, { claims: Claims; requester: Requester }>({ max: MAX_TOKENS });
  const stranger = config.dbAnonRole ? anonymous(config, {}) : undefined;
  return (authorization, now) => {
    const token = bearer(authorization);
    if (token === undefined) return stranger ?? anonymous(config, {});
    if (!keys) throw new ApiError(500, 'PGRST300', 'Server lacks JWT secret');
    if (token === '') throw refusal('PGRST301', 'Empty JWT is sent in Authorization header');
    const fingerprint = hash('sha256', token, 'base64');
    const known = verified.get(fingerprint);
    const claims = known?.claims ?? verifySignature(token, keys);
    checkTimes(claims, now);
    checkAudience(claims, config.jwtAud);
    if (known) return known.requester;
    const requester = requesterOf(claims, config);
    verified.set(fingerprint, { claims, requester });
    return requester;
  };
}

function requesterOf(claims: Claims, config: DataApiConfig): Requester {
  const role = roleOf(claims, config.jwtRoleClaimKey);
  if (role === undefined) return anonymous(config, claims);
  return { role, claims: sorted({ ...claims, role }), authenticated: role !== config.dbAnonRole };
}

function bearer(authorization: string | undefined): string | undefined {
  const match = /^bearer(?:\s+(.*))?$/i.exec(authorization ?? '');
  return match ? (match[1] ?? '').trim() : undefined;
}

function anonymous(config: DataApiConfig, claims: Claims): Requester {
  const role = config.dbAnonRole;
  if (!role)
    throw new ApiError(401, 'PGRST302', 'Anonymous access is disabled', { headers: [['WWW-Authenticate', 'Bearer']] });
  return { role, claims: sorted({ ...claims, role }), authenticated: false };
}

/** PostgREST's encoder leaves the claims in alphabetical order, and what is in them. Frozen, so that their JSON is made once. */
function sorted(claims: Claims): Claims {
  const entries = Object.entries(claims).map(([name, value]) => [name, sortedValue(value)] as const);
  return Object.freeze(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
}

function sortedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedValue);
  return isRecord(value) ? sorted(value) : value;
}

function readKeys(secret: string, isBase64: boolean): VerificationKey[] {
  const parsed = secret.trimStart().startsWith('{') ? tryJson(secret) : undefined;
  const record = isRecord(parsed) ? parsed : undefined;
  const list =
    record && Array.isArray(record['keys']) ? record['keys'] : record && 'kty' in record ? [record] : undefined;
  if (list) return list.filter(isRecord).map(verificationKey);
  const bytes = isBase64 ? Buffer.from(secret.trim().replaceAll('.', '='), 'base64url') : Buffer.from(secret, 'utf8');
  return [{ kind: 'secret', bytes }];
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function verifySignature(token: string, keys: readonly VerificationKey[]): Claims {
  const parts = token.split('.');
  if (parts.length !== 3) throw refusal('PGRST301', `Expected 3 parts in JWT; got ${parts.length}`);
  const [head = '', body = '', signature = ''] = parts;
  const header = tryJson(Buffer.from(head, 'base64url').toString('utf8'));
  if (!isRecord(header) || typeof header['alg'] !== 'string')
    throw refusal('PGRST301', "JWT couldn't be decoded", undefined);
  if (header['alg'] === 'none')
    throw refusal(
      'PGRST301',
      'Wrong or unsupported encoding algorithm',
      "JWT is unsecured but expected 'alg' was not 'none'",
    );
  const signed = Buffer.from(`${head}.${body}`);
  const proof = Buffer.from(signature, 'base64url');
  const named = keysFor(keys, header);
  if (named.length === 0)
    throw refusal('PGRST301', 'No suitable key or wrong key type', 'No suitable key was found to decode the JWT');
  if (!named.some((key) => isSignedBy(key, header['alg'] as string, signed, proof)))
    throw refusal('PGRST301', 'No suitable key or wrong key type', 'None of the keys was able to decode the JWT');
  const claims = tryJson(Buffer.from(body, 'base64url').toString('utf8'));
  if (!isRecord(claims)) throw refusal('PGRST303', 'Parsing claims failed');
  return claims;
}

function checkTimes(claims: Claims, now: number): void {
  const time = (name: 'exp' | 'nbf' | 'iat') => {
    const value = claims[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'number') throw refusal('PGRST303', `The JWT '${name}' claim must be a number`);
    return value;
  };
  const [expires, notBefore, issued] = [time('exp'), time('nbf'), time('iat')];
  if (expires !== undefined && now > expires + SKEW_SECONDS) throw refusal('PGRST303', 'JWT expired');
  if (notBefore !== undefined && now < notBefore - SKEW_SECONDS) throw refusal('PGRST303', 'JWT not yet valid');
  if (issued !== undefined && now < issued - SKEW_SECONDS) throw refusal('PGRST303', 'JWT issued at future');
}

function checkAudience(claims: Claims, expected: string | undefined): void {
  const audience = claims['aud'];
  if (audience === undefined || audience === null) return;
  const isText = typeof audience === 'string';
  if (!isText && !(Array.isArray(audience) && audience.every((each) => typeof each === 'string')))
    throw refusal('PGRST303', "The JWT 'aud' claim must be a string or an array of strings");
  if (!expected) return;
  const list = isText ? [audience] : (audience as string[]);
  if (list.length > 0 && !list.includes(expected)) throw refusal('PGRST303', 'JWT not in audience');
}
