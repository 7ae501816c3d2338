/** /user/oauth/grants: to which applications a person has agreed. */
import { Type } from 'typebox';
import { AuthError, validationFailed } from '../../errors.ts';
import { type Endpoint, endpoint } from '../../http/endpoint.ts';
import { clientShown, type OAuthClientRow } from '../../oauth-server/client-store.ts';
import { revokeConsent, scopesOf } from '../../oauth-server/consents.ts';
import { assertOAuthServer, assertOwnSession } from '../../oauth-server/server-state.ts';
import { isUuid } from '../../store/users.ts';

const PATH = '/user/oauth/grants';

const list = endpoint('GET', PATH, 'user', Type.Object({}), async (context, _request, caller) => {
  assertOAuthServer(context);
  assertOwnSession(caller);
  const { user } = caller;
  const rows = await context.transaction(
    (tx) =>
      tx.query<
        Pick<OAuthClientRow, 'id' | 'client_name' | 'client_uri' | 'logo_uri'> & { scopes: string; granted_at: Date }
      >(
        `select c.id, client_name, client_uri, logo_uri, o.scopes, o.granted_at
         from auth.oauth_consents as o join auth.oauth_clients as c on c.id = o.client_id
         where o.user_id = $1 and o.revoked_at is null and c.deleted_at is null order by o.granted_at desc`,
        [user.id],
      ),
    { readOnly: true },
  );
  const body = rows.map((row) => ({
    client: clientShown(row),
    scopes: scopesOf(row.scopes),
    granted_at: row.granted_at,
  }));
  return { status: 200, body };
});

const revoke = endpoint('DELETE', PATH, 'user', Type.Object({}), async (context, request, caller) => {
  assertOAuthServer(context);
  assertOwnSession(caller);
  const { user } = caller;
  const clientId = request.query.get('client_id') ?? '';
  if (clientId === '') throw validationFailed('client_id query parameter is required');
  if (!isUuid(clientId)) throw validationFailed('invalid client_id format');
  if (!(await context.transaction((tx) => revokeConsent(tx, user.id, clientId))))
    throw new AuthError(404, 'oauth_consent_not_found', 'No active grant found for this client');
  return { status: 204 };
});

export const ownGrantEndpoints: readonly Endpoint[] = [list, revoke];
