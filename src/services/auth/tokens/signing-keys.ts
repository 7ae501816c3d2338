/** Keys of the project: the first private one signs, all of them verify, and the secret too. */
export interface SigningKeys {
  /** Compact JWS of the claims; ES256, RS256, EdDSA by the first signing key, HS256 by the secret when there is none. */
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>;
  /** Claims of a token that one of the keys signed and that has not expired. Throws AuthError bad_jwt (403). */
  verify(token: string): Promise<Readonly<Record<string, unknown>>>;
  /** `{keys:[...]}` without private parts and without the secret. */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
}
