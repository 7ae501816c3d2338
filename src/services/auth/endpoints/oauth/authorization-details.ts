import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.ts';
import { approveAuthorization, pendingAuthorization } from '../../oauth-server/authorizations.ts';
import { clientShown, findClient } from '../../oauth-server/client-store.ts';
import { consentedScopes, scopesOf } from '../../oauth-server/consents.ts';
import { assertOAuthServer, assertOwnSession } from '../../oauth-server/server-state.ts';

/** GET /oauth/authorizations/:id: what the consent page shows; whoever has agreed to all of it before is sent straight back. */
export const authorizationDetails = endpoint(
  'GET',
  '/oauth/authorizations/:id',
  'user',
  Type.Object({}),
  async (context, request, caller) => {
    assertOAuthServer(context);
    assertOwnSession(caller);
    const { user } = caller;
    const body = await context.transaction(async (tx) => {
      const row = await pendingAuthorization(context, tx, request.params['id'] ?? '', user);
      const agreed = await consentedScopes(tx, user.id, row.client_id);
      if (scopesOf(row.scope).every((scope) => agreed.includes(scope)))
        return { redirect_url: await approveAuthorization(context, tx, row) };
      const client = await findClient(tx, row.client_id);
      return {
        authorization_id: row.authorization_id,
        redirect_uri: row.redirect_uri,
        client: client && clientShown(client),
        user: { id: user.id, email: user.email ?? '' },
        scope: row.scope,
      };
    });
    return { status: 200, body };
  },
);
