/** Tokens of subscribers, by the same keys as the data API's; the texts of refusals are those that clients know. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { isSignedBy, keysFor, type VerificationKey, verificationKey } from '#kernel/jws.ts';
import type { Claims, VerifyToken } from '../contract.ts';

/** What the project's keys are, as far as realtime needs them. */
export interface TokenKeys {
  /** JWK set: what verifies tokens. */
  readonly verificationKeys: string;
  readonly publishableKey: string;
  readonly secretKey: string;
}

/** Why a token is not taken; `message` is what the client is told. */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';
}

const NEVER = 253_402_300_799;
const CACHED_TOKENS = 10_000;

/** Reads the keys once. Takes HS, RS, PS and ES tokens and the two opaque keys; `now` in epoch milliseconds. */
export function tokenVerifier(keys: TokenKeys, now: () => number = Date.now): VerifyToken {
  const set = JSON.parse(keys.verificationKeys) as { keys: Record<string, unknown>[] };
  const known = set.keys.map(verificationKey);
  // Thousands of sockets bring the same key: it is verified once, and its claims are kept once.
  const cache = new LRUCache<string, Claims>({ max: CACHED_TOKENS });
  return (token) => {
    if (token.startsWith('sb_')) return opaque(token, keys);
    const hash = createHash('sha256').update(token).digest('base64');
    const claims = cache.get(hash) ?? usable(verified(token, known));
    const late = Math.floor(now() / 1000) - claims.exp;
    if (late >= 0) throw new TokenRefusal(`InvalidJWTToken: Token has expired ${late} seconds ago`);
    cache.set(hash, claims);
    return claims;
  };
}

function usable(claims: Record<string, unknown>): Claims {
  const { role, exp } = claims;
  if (typeof role !== 'string' || role === '' || typeof exp !== 'number')
    throw new TokenRefusal('InvalidJWTToken: Fields `role` and `exp` are required in JWT');
  return Object.freeze(claims) as Claims;
}

function opaque(token: string, keys: TokenKeys): Claims {
  if (same(token, keys.secretKey)) return { role: 'service_role', exp: NEVER };
  if (same(token, keys.publishableKey)) return { role: 'anon', exp: NEVER };
  throw new TokenRefusal('InvalidAPIKey: The key is not one of the project');
}

function same(given: string, known: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(known)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function verified(token: string, keys: readonly VerificationKey[]): Record<string, unknown> {
  const [head = '', body = '', signature = '', ...more] = token.split('.');
  const header = parsed(head);
  const claims = parsed(body);
  if (!header || !claims || more.length > 0)
    throw new TokenRefusal('MalformedJWT: The token provided is not a valid JWT');
  const algorithm = String(header['alg']);
  const signed = Buffer.from(`${head}.${body}`);
  const proof = Buffer.from(signature, 'base64url');
  const candidates = keysFor(keys, header);
  if (!candidates.some((key) => isSignedBy(key, algorithm, signed, proof)))
    throw new TokenRefusal('JwtSignatureError: Failed to validate JWT signature');
  return claims;
}

function parsed(segment: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
