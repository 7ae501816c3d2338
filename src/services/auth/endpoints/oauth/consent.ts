import { Type } from 'typebox';
import { validationFailed } from '../../errors.ts';
import { endpoint } from '../../http/endpoint.ts';
import { approveAuthorization, denyAuthorization, pendingAuthorization } from '../../oauth-server/authorizations.ts';
import { grantConsent } from '../../oauth-server/consents.ts';
import { assertOAuthServer, assertOwnSession } from '../../oauth-server/server-state.ts';

const Body = Type.Object({ action: Type.Optional(Type.String()) });

/** POST /oauth/authorizations/:id/consent: the person's decision; the answer says where the browser goes. */
export const consent = endpoint(
  'POST',
  '/oauth/authorizations/:id/consent',
  'user',
  Body,
  async (context, request, caller) => {
    assertOAuthServer(context);
    assertOwnSession(caller);
    const { user } = caller;
    const { action } = request.body;
    if (action !== 'approve' && action !== 'deny') throw validationFailed("action must be 'approve' or 'deny'");
    const redirectUrl = await context.transaction(async (tx) => {
      const row = await pendingAuthorization(context, tx, request.params['id'] ?? '', user);
      if (action === 'deny') return denyAuthorization(tx, row);
      await grantConsent(tx, { userId: user.id, clientId: row.client_id, scope: row.scope });
      return approveAuthorization(context, tx, row);
    });
    return { status: 200, body: { redirect_url: redirectUrl } };
  },
);
