import { Type } from 'typebox';
import type { AuthContext } from '../../context.ts';
import { type Answer, endpoint, type SignedIn } from '../../http/endpoint.ts';
import { scopesOf } from '../../oauth-server/consents.ts';
import { assertOAuthServer } from '../../oauth-server/server-state.ts';
import { userClaims } from '../../oauth-server/user-claims.ts';

/** A session of the project's own front end sees everything; an application what its scopes open. */
async function answer(context: AuthContext, _request: unknown, { user, session }: SignedIn): Promise<Answer> {
  assertOAuthServer(context);
  const scopes = session?.oauth_client_id ? scopesOf(session.scopes ?? '') : ['profile', 'email', 'phone'];
  return { status: 200, body: userClaims(user, scopes) };
}

/** GET and POST /oauth/userinfo (OpenID Connect Core 5.3). */
export const userinfo = endpoint('GET', '/oauth/userinfo', 'user', Type.Object({}), answer);
export const postedUserinfo = endpoint('POST', '/oauth/userinfo', 'user', Type.Object({}), answer);
