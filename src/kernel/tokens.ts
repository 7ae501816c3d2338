import { hash } from 'node:crypto';
import { createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { Refusal } from './errors.ts';
import { ANON, type Identity } from './postgres/database.ts';

/** What a request may bring to say who it is. */
export interface Credentials {
  /** Raw `Authorization` header. */
  readonly authorization?: string;
  /** Raw `apikey` header: the anon or the service key. */
  readonly apikey?: string;
}

export interface Tokens {
  /** Long-lived keys of the project, the same at every start with the same secret; `serviceKey` passes every policy. */
  readonly anonKey: string;
  readonly serviceKey: string;
  /** Who this is. A bearer token wins over the key; neither means anon. Throws `Refusal` TOKEN_EXPIRED or TOKEN_INVALID (401). */
  identify(credentials: Credentials): Promise<Identity>;
  /** Verifies one token: HS256 by the secret or ES256, RS256, EdDSA by a public key; not expired, role a plain identifier. Throws like `identify`. */
  verify(token: string): Promise<Identity>;
  /** Signs an access token for these claims; `seconds` to live. */
  sign(claims: Readonly<Record<string, unknown>>, seconds: number): Promise<string>;
}

interface Verified {
  readonly identity: Identity;
  /** Epoch milliseconds. */
  readonly expires: number;
}

const ALGORITHM = 'HS256';
/** What a public key may verify; HS256 is not among them, so that no public key serves as a secret. */
const ASYMMETRIC = ['ES256', 'RS256', 'EdDSA'];
/** Fixed, so that a key that was copied into a front end stays the one the server prints: 2026-01-01 to 2036-01-01 UTC. */
const KEY_ISSUED = 1_767_225_600;
const KEY_EXPIRES = 2_082_758_400;
const CACHED_TOKENS = 20_000;
/** A role becomes part of `set role`; nothing but a plain identifier is one. */
const ROLE = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * Keys and access tokens of one project. A verified token is remembered by its SHA-256 until it expires, so the signature is
 * checked once: a look-up costs about a hundredth of a verification. Revocation is the session store's business, not this.
 */
export async function createTokens(options: {
  jwtSecret: string;
  /** JWK set as JSON; its public keys verify too. */
  verificationKeys?: string;
  now?: () => number;
}): Promise<Tokens> {
  const { now = Date.now } = options;
  const secret = new TextEncoder().encode(options.jwtSecret);
  const verifySignature = signatureVerifier(secret, options.verificationKeys);
  const cache = new LRUCache<string, Verified>({ max: CACHED_TOKENS });

  const verify = async (token: string): Promise<Identity> => {
    const key = hash('sha256', token, 'base64');
    const known = cache.get(key);
    if (known && known.expires > now()) return known.identity;
    const verified = await verifySignature(token, now());
    cache.set(key, verified);
    return verified.identity;
  };
  const sign = (claims: Readonly<Record<string, unknown>>, issued: number, expires: number) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setIssuedAt(issued)
      .setExpirationTime(expires)
      .sign(secret);

  return {
    anonKey: await sign({ iss: 'freehold', role: 'anon' }, KEY_ISSUED, KEY_EXPIRES),
    serviceKey: await sign({ iss: 'freehold', role: 'service_role' }, KEY_ISSUED, KEY_EXPIRES),
    verify,
    identify: async (credentials) => {
      const token = bearer(credentials.authorization) ?? credentials.apikey;
      return token ? verify(token) : ANON;
    },
    sign: (claims, seconds) => {
      const issued = Math.floor(now() / 1000);
      return sign(claims, issued, issued + seconds);
    },
  };
}

function bearer(header: string | undefined): string | undefined {
  if (!header) return undefined;
  const match = /^bearer +(\S+)$/i.exec(header);
  if (!match) throw new Refusal('TOKEN_INVALID', 'The Authorization header must be "Bearer <token>"');
  return match[1];
}

type VerifySignature = (token: string, now: number) => Promise<Verified>;

function signatureVerifier(secret: Uint8Array, verificationKeys: string | undefined): VerifySignature {
  const all = verificationKeys ? (JSON.parse(verificationKeys) as JSONWebKeySet).keys : [];
  const publicKeys = createLocalJWKSet({ keys: all.filter(({ kty }) => kty !== 'oct') });
  return async (token, now) => {
    const options = { currentDate: new Date(now), requiredClaims: ['exp'] };
    try {
      const { payload } =
        decodeProtectedHeader(token).alg === ALGORITHM
          ? await jwtVerify(token, secret, { ...options, algorithms: [ALGORITHM] })
          : await jwtVerify(token, publicKeys, { ...options, algorithms: ASYMMETRIC });
      const role = payload['role'] ?? 'anon';
      if (typeof role !== 'string' || !ROLE.test(role))
        throw new Refusal('TOKEN_INVALID', 'The token names no usable role');
      return { identity: Object.freeze({ role, claims: Object.freeze(payload) }), expires: payload.exp! * 1000 };
    } catch (error) {
      if (error instanceof errors.JWTExpired)
        throw new Refusal('TOKEN_EXPIRED', 'The token has expired', { cause: error });
      if (error instanceof errors.JOSEError || error instanceof TypeError)
        throw new Refusal('TOKEN_INVALID', 'The token is not valid', { cause: error });
      throw error;
    }
  };
}
