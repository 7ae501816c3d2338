import type { AuthContext } from '../context.ts';
import { AuthError, OAuthError } from '../errors.ts';
import { answersChallenge } from '../flows/challenge.ts';
import type { AuthRequest } from '../http/endpoint.ts';
import { issueSession, type SessionBody } from '../sessions/issue-session.ts';
import { refreshSession } from '../sessions/refresh-session.ts';
import { findSession } from '../store/sessions.ts';
import { findUser, isBanned, type UserRow } from '../store/users.ts';
import { type AuthorizationRow, takeAuthorization } from './authorizations.ts';
import { grantTypesOf, type OAuthClientRow } from './client-store.ts';
import { scopesOf } from './consents.ts';
import { userClaims } from './user-claims.ts';

type Asking = Pick<AuthRequest<unknown>, 'ip' | 'userAgent'>;
export type TokenFields = (name: string) => string;
export type TokenAnswer = Readonly<Record<string, unknown>>;

const invalidGrant = (description: string) => new OAuthError(400, 'invalid_grant', description);

/** OAuth 2.1, 4.1.3: a code with the verifier of its challenge. Whatever is wrong with the request, the code is used up. */
export async function exchangeAuthorizationCode(
  context: AuthContext,
  request: Asking,
  client: OAuthClientRow,
  field: TokenFields,
): Promise<TokenAnswer> {
  if (field('code') === '') throw new OAuthError(400, 'invalid_request', 'code is required');
  const taken = await context.transaction((tx) => takeAuthorization(context, tx, field('code')));
  const refusal = taken ? refusalOf(context, client, taken, field) : 'Invalid authorization code';
  if (refusal || !taken?.user_id) throw invalidGrant(refusal ?? 'Invalid authorization code');
  const userId = taken.user_id;
  return context.transaction(async (tx) => {
    const user = await findUser(tx, userId);
    if (!user || isBanned(user, context.now())) throw invalidGrant('The account cannot be used');
    const session = await issueSession(context, tx, {
      user,
      method: 'oauth_provider/authorization_code',
      request,
      oauthClientId: client.id,
      scopes: taken.scope,
    });
    const idToken = await idTokenFor(context, client, user, { scope: taken.scope, nonce: taken.nonce });
    return tokenAnswer(session, taken.scope, idToken);
  });
}

function refusalOf(
  context: AuthContext,
  client: OAuthClientRow,
  taken: AuthorizationRow,
  field: TokenFields,
): string | undefined {
  if (taken.client_id !== client.id) return 'Invalid authorization code';
  if (taken.status !== 'approved' || taken.expires_at.getTime() <= context.now())
    return 'Authorization code has expired';
  if (taken.redirect_uri !== field('redirect_uri')) return 'redirect_uri does not match';
  if (taken.resource && field('resource') !== '' && taken.resource !== field('resource'))
    return 'resource does not match';
  const { code_challenge: challenge, code_challenge_method: method } = taken;
  if (!challenge || !method || !answersChallenge(field('code_verifier'), { challenge, method }))
    return 'code verifier does not match';
  return undefined;
}

/** OAuth 2.1, 4.3: the next tokens, for the application that has the session. */
export async function exchangeRefreshToken(
  context: AuthContext,
  request: Asking,
  client: OAuthClientRow,
  field: TokenFields,
): Promise<TokenAnswer> {
  if (field('refresh_token') === '') throw new OAuthError(400, 'invalid_request', 'refresh_token is required');
  if (!grantTypesOf(client).includes('refresh_token'))
    throw new OAuthError(400, 'unauthorized_client', 'This client may not refresh tokens');
  const session = await refreshSession(context, request, field('refresh_token'), { oauthClientId: client.id }).catch(
    (cause) => {
      // What the session's own rules refuse is an invalid grant; a 5xx stays what it is.
      if (cause instanceof AuthError && cause.status < 500 && cause.status !== 429) throw invalidGrant(cause.message);
      throw cause;
    },
  );
  const claims = await context.keys.verify(session.access_token);
  return context.transaction(
    async (tx) => {
      const row = await findSession(tx, String(claims['session_id']));
      const user = await findUser(tx, session.user.id);
      const scope = row?.scopes ?? '';
      const idToken = user ? await idTokenFor(context, client, user, { scope }) : undefined;
      return tokenAnswer(session, scope, idToken);
    },
    { readOnly: true },
  );
}

function tokenAnswer(session: SessionBody, scope: string, idToken: string | undefined): TokenAnswer {
  return {
    access_token: session.access_token,
    token_type: 'bearer',
    expires_in: session.expires_in,
    expires_at: session.expires_at,
    refresh_token: session.refresh_token,
    scope,
    ...(idToken ? { id_token: idToken } : {}),
  };
}

/** OpenID Connect Core 2, when `openid` was asked for. */
async function idTokenFor(
  context: AuthContext,
  client: OAuthClientRow,
  user: UserRow,
  { scope, nonce }: { scope: string; nonce?: string | null },
): Promise<string | undefined> {
  const scopes = scopesOf(scope);
  if (!scopes.includes('openid')) return undefined;
  const now = Math.floor(context.now() / 1000);
  return context.keys.sign({
    iss: context.settings.jwtIssuer ?? context.settings.externalUrl(),
    aud: client.id,
    iat: now,
    exp: now + context.settings.jwtExpiry,
    auth_time: user.last_sign_in_at ? Math.floor(user.last_sign_in_at.getTime() / 1000) : now,
    ...(nonce ? { nonce } : {}),
    ...userClaims(user, scopes),
  });
}
