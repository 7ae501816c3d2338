/** What was handed to `openAuth`: signing and verification for one project. */
import { createPrivateKey, createPublicKey, createSecretKey, hash, type JsonWebKey, type KeyObject } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify, type ProtectedHeaderParameters, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { OperatorError } from '#kernel/errors.ts';
import { badJwt } from '../errors.ts';
import type { SigningKeys } from './signing-keys.ts';

type Jwk = Readonly<Record<string, unknown>>;
type Claims = Readonly<Record<string, unknown>>;

interface VerifyingKey {
  readonly algorithm: string;
  readonly id?: string;
  readonly key: KeyObject;
}

const CACHED_TOKENS = 20_000;

/** `now` in milliseconds. Throws OperatorError for a key that is none. */
export function openSigningKeys(
  given: { readonly jwtSecret: string; readonly signingKeys: readonly Jwk[]; readonly verificationKeys: string },
  now: () => number,
): SigningKeys {
  // A KeyObject is imported once; bytes would be at every token.
  const secret = createSecretKey(given.jwtSecret, 'utf8');
  const listed = (JSON.parse(given.verificationKeys) as { keys: Jwk[] }).keys;
  const shown = listed.filter((key) => key['kty'] !== 'oct');
  const secrets = listed.filter((key) => key['kty'] === 'oct' && key['k']).map(secretKey);
  const keys: VerifyingKey[] = [...shown.map(verifyingKey), { algorithm: 'HS256', key: secret }, ...secrets];
  const cache = new LRUCache<string, Claims>({ max: CACHED_TOKENS });
  return {
    sign: signer(given.signingKeys[0], secret),
    verify: async (token) => {
      const digest = hash('sha256', token, 'base64');
      const known = cache.get(digest);
      if (known) return checkTimes(known, now());
      const claims = await verified(token, keys, now());
      cache.set(digest, claims);
      return claims;
    },
    jwks: { keys: shown },
  };
}

/** JWS algorithm (RFC 7518, RFC 8037) of a key: its `alg`, or the one of its kind. */
function algorithmOf(key: Jwk): string {
  if (typeof key['alg'] === 'string') return key['alg'];
  if (key['kty'] === 'RSA') return 'RS256';
  if (key['kty'] === 'OKP') return 'EdDSA';
  return ({ 'P-384': 'ES384', 'P-521': 'ES512' } as Record<string, string>)[String(key['crv'])] ?? 'ES256';
}

const idOf = (key: Jwk) => (typeof key['kid'] === 'string' ? key['kid'] : undefined);

/** Beside the project's own secret: one that it had before. HS256 whatever it names, so that it can only be what it is. */
function secretKey(key: Jwk): VerifyingKey {
  return { algorithm: 'HS256', key: createSecretKey(String(key['k']), 'base64url') };
}

function verifyingKey(key: Jwk): VerifyingKey {
  try {
    return {
      algorithm: algorithmOf(key),
      id: idOf(key),
      key: createPublicKey({ key: key as JsonWebKey, format: 'jwk' }),
    };
  } catch (cause) {
    throw new OperatorError(`the key ${idOf(key) ?? ''} cannot verify tokens: ${(cause as Error).message}`, { cause });
  }
}

function signer(first: Jwk | undefined, secret: KeyObject): SigningKeys['sign'] {
  const header = first
    ? { alg: algorithmOf(first), kid: idOf(first), typ: 'JWT' }
    : { alg: 'HS256', kid: undefined, typ: 'JWT' };
  const key = first ? createPrivateKey({ key: first as JsonWebKey, format: 'jwk' }) : secret;
  return (claims) => new SignJWT({ ...claims }).setProtectedHeader(header).sign(key);
}

/** A key is tried with the one algorithm that it is for: a public key never becomes the secret of an HMAC. */
async function verified(token: string, keys: readonly VerifyingKey[], now: number): Promise<Claims> {
  if (token.split('.').length !== 3) throw badJwt('token is malformed: token contains an invalid number of segments');
  const candidates: VerifyingKey[] = [];
  const choose = (header: ProtectedHeaderParameters): KeyObject => {
    candidates.push(...keys.filter((key) => key.algorithm === header.alg && fits(key.id, header.kid)));
    if (!candidates[0]) throw badJwt(`token is unverifiable: no key for algorithm ${header.alg}`);
    return candidates[0].key;
  };
  const options = { currentDate: new Date(now), algorithms: [...new Set(keys.map((key) => key.algorithm))] };
  try {
    return (await jwtVerify(token, choose, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw refusal(error);
    for (const { key } of candidates.slice(1)) {
      const payload = await jwtVerify(token, key, options).then(
        (result): JWTPayload => result.payload,
        () => undefined,
      );
      if (payload) return payload;
    }
    throw refusal(error);
  }
}

const fits = (id: string | undefined, wanted: string | undefined) =>
  id === undefined || wanted === undefined || id === wanted;

/** The reasons as golang-jwt words them: clients of GoTrue have seen them. */
function refusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return badJwt('token has invalid claims: token is expired');
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return badJwt('token signature is invalid: signature is invalid');
  if (error instanceof errors.JOSEAlgNotAllowed) return badJwt('token signature is invalid: signing method is invalid');
  if (error instanceof errors.JWTClaimValidationFailed) return badJwt(`token has invalid claims: ${error.message}`);
  if (error instanceof errors.JOSEError) return badJwt(`token is malformed: ${error.message}`);
  return error;
}

/** A token that was verified once: its signature stays good, its times do not. */
function checkTimes(claims: Claims, now: number): Claims {
  const { exp, nbf } = claims as { exp?: number; nbf?: number };
  if (exp !== undefined && exp <= Math.floor(now / 1000)) throw badJwt('token has invalid claims: token is expired');
  if (nbf !== undefined && nbf > Math.floor(now / 1000))
    throw badJwt('token has invalid claims: token is not valid yet');
  return claims;
}
