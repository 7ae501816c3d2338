import type { AuthContext } from '../context.ts';
import type { AuthRequest } from '../http/endpoint.ts';
import type { SessionBody } from './issue-session.ts';

/**
 * Takes a refresh token and gives the session its next tokens. A token that was used up may come again within the reuse interval
 * and gets the one that is good now (two tabs, a lost answer); later the whole session ends. Throws AuthError 400:
 * refresh_token_not_found, refresh_token_already_used, session_expired, user_banned.
 */
export async function refreshSession(
  context: AuthContext,
  request: Pick<AuthRequest<unknown>, 'ip' | 'userAgent'>,
  refreshToken: string,
  options: { readonly oauthClientId?: string } = {},
): Promise<SessionBody> {
  throw new Error('not yet');
}
