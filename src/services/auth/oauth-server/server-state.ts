import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import type { SignedIn } from '../http/endpoint.ts';

/** Throws feature_disabled (404) where the project has not switched the server on. */
export function assertOAuthServer(context: AuthContext): void {
  if (!context.settings.oauthServer.enabled) throw new AuthError(404, 'feature_disabled', 'OAuth server is disabled');
}

export const SCOPES = ['openid', 'profile', 'email', 'phone'] as const;

/** An application must not consent for the person it acts for. Throws 403 for a session that was given to one. */
export function assertOwnSession({ session }: SignedIn): void {
  if (session?.oauth_client_id)
    throw new AuthError(403, 'insufficient_scope', 'An OAuth client cannot decide about grants of its user');
}
