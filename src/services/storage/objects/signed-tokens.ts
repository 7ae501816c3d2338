import { jwtVerify, SignJWT } from 'jose';
import { REFUSED } from '../errors.ts';

/** What a signed address allows: one object, read (perhaps as a rendered image) or written. */
export type SignedClaims =
  | { readonly kind: 'read'; readonly url: string; readonly transformations?: string; readonly exp: number }
  | { readonly kind: 'write'; readonly url: string; readonly owner?: string; readonly upsert: boolean };

export interface SignedTokens {
  /** `seconds` from now. */
  sign(claims: Readonly<Record<string, unknown>> & { readonly url: string }, seconds: number): Promise<string>;
  /** Throws StorageError: the token is no token of ours, is over, or allows something else. */
  verify<K extends SignedClaims['kind']>(token: string | null, kind: K): Promise<Extract<SignedClaims, { kind: K }>>;
}

/** Tokens of signed addresses. One that allows reading does not allow writing, nor the other way round. */
export function signedTokens(secret: string): SignedTokens {
  const key = Buffer.from(secret);
  return {
    sign: (claims, seconds) => {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuedAt(now)
        .setExpirationTime(now + seconds)
        .sign(key);
    },
    verify: async (token, kind) => {
      if (!token) throw REFUSED.invalidJwt({ message: "querystring must have required property 'token'" });
      const claims = await jwtVerify(token, key, { algorithms: ['HS256'] })
        .then(({ payload }) => payload)
        .catch((cause: Error) => {
          throw REFUSED.invalidJwt({ message: cause.message, cause });
        });
      const isWrite = 'upsert' in claims;
      if (typeof claims['url'] !== 'string' || isWrite !== (kind === 'write')) throw REFUSED.invalidSignature();
      return { ...claims, kind } as never;
    },
  };
}
