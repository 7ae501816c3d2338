import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A secret that fits into a URL: 32 bytes of chance as 43 characters. */
export const secureToken = (bytes = 32): string => randomBytes(bytes).toString('base64url');

/** What is stored in place of a token that has enough chance in it. */
export const tokenHash = (token: string): string => hash('sha256', token, 'hex');

/** Compares in a time that does not depend on where the texts differ. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer')];
  return timingSafeEqual(left, right);
}
