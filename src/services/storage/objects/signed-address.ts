import { REFUSED } from '../errors.ts';
import type { Exchange } from '../http/exchange.ts';
import type { ObjectAddress } from './object-row.ts';
import type { SignedClaims } from './signed-tokens.ts';

/**
 * The object that a signed address names, by its token. The path must say the same; the official client encodes it once more than it
 * is signed, so it counts decoded too. Throws InvalidJWT, InvalidSignature.
 */
export async function signedAddress<K extends SignedClaims['kind'] = 'read'>(
  { parts, query, params }: Exchange,
  kind: K = 'read' as K,
): Promise<{ at: ObjectAddress; claims: Extract<SignedClaims, { kind: K }> }> {
  const claims = await parts.tokens.verify(query.get('token'), kind);
  const given = `${params['bucket']}/${params['name']}`;
  if (given !== claims.url && decodedAgain(given) !== claims.url) throw REFUSED.invalidSignature();
  const slash = claims.url.indexOf('/');
  return { at: { bucket: claims.url.slice(0, slash), name: claims.url.slice(slash + 1) }, claims };
}

/** Undefined where it is not encoded as an address is. */
export function decodedAgain(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** `bucket/name` for an address, with what would end or change a path taken out of its meaning. */
export const asPath = (url: string): string => url.replace(/[%?#]/g, encodeURIComponent);
