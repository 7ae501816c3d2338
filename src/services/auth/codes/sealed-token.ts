/**
 * How a code of six digits and the token of a link are one row. The link's token is an HMAC of the row's id and the code: without the
 * key nobody can compute it, though the code has only a million values. The row stores an HMAC of that token, so that whoever reads
 * the database has neither.
 */
import type { AuthContext } from '../context.ts';

export const PKCE_PREFIX = 'pkce_';
/** As long as GoTrue's, which is hexadecimal SHA-224. */
const LENGTH = 56;

/** The link's token, without prefix. */
export function tokenOfCode(context: AuthContext, rowId: string, code: string): string {
  return context.seal('link-token', `${rowId}:${code}`).slice(0, LENGTH);
}

/** What is stored of the link's token; the prefix stays to be seen. */
export function sealedToken(context: AuthContext, token: string): string {
  return `${token.startsWith(PKCE_PREFIX) ? PKCE_PREFIX : ''}${context.seal('one-time-token', token)}`;
}
