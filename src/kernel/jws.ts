/** Signatures of compact tokens (RFC 7515) by keys of a JWK set. What a refusal is called is the caller's business. */
import { createHmac, createPublicKey, type JsonWebKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto';

export type VerificationKey =
  | { readonly kind: 'secret'; readonly bytes: Buffer; readonly id?: string }
  | { readonly kind: 'public'; readonly key: KeyObject; readonly type: string; readonly id?: string };

/** A key of a JWK set (RFC 7517). Throws what node:crypto throws for a key that is none. */
export function verificationKey(jwk: Readonly<Record<string, unknown>>): VerificationKey {
  const id = typeof jwk['kid'] === 'string' ? jwk['kid'] : undefined;
  if (jwk['kty'] === 'oct') return { kind: 'secret', bytes: Buffer.from(String(jwk['k']), 'base64url'), id };
  const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  return { kind: 'public', key, type: String(jwk['kty']), id };
}

/** The keys that may have signed a token with this header: of the kind its algorithm takes, and of its name if both have one. */
export function keysFor(
  keys: readonly VerificationKey[],
  header: Readonly<Record<string, unknown>>,
): readonly VerificationKey[] {
  const { alg, kid } = header;
  return keys.filter((key) => fits(key, String(alg)) && (key.id === undefined || kid === undefined || key.id === kid));
}

/** A secret only serves HMAC and a public key never does, so that no public key passes for a secret. */
function fits(key: VerificationKey, algorithm: string): boolean {
  if (key.kind === 'secret') return /^HS(256|384|512)$/.test(algorithm);
  if (key.type === 'RSA') return /^[RP]S(256|384|512)$/.test(algorithm);
  return key.type === 'EC' ? /^ES(256|384|512)$/.test(algorithm) : algorithm === 'EdDSA';
}

/** Whether the key signed these bytes; `key` must fit the algorithm. Secrets are compared in constant time. */
export function isSignedBy(key: VerificationKey, algorithm: string, signed: Buffer, proof: Buffer): boolean {
  const digest = `sha${algorithm.slice(2)}`;
  if (key.kind === 'secret') {
    const expected = createHmac(digest, key.bytes).update(signed).digest();
    return expected.length === proof.length && timingSafeEqual(expected, proof);
  }
  if (algorithm === 'EdDSA') return verify(null, signed, key.key, proof);
  if (algorithm.startsWith('PS')) return verify(digest, signed, { key: key.key, padding: 6, saltLength: -1 }, proof);
  return verify(digest, signed, { key: key.key, dsaEncoding: 'ieee-p1363' }, proof);
}
