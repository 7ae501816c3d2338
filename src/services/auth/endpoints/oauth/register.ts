import { AuthError } from '../../errors.ts';
import { endpoint } from '../../http/endpoint.ts';
import { ClientBody } from '../../oauth-server/client-rules.ts';
import { registerClient } from '../../oauth-server/register-client.ts';
import { assertOAuthServer } from '../../oauth-server/server-state.ts';

/** POST /oauth/clients/register: an application registers itself (RFC 7591), where the project allows it. */
export const registerDynamically = endpoint(
  'POST',
  '/oauth/clients/register',
  'public',
  ClientBody,
  async (context, request) => {
    assertOAuthServer(context);
    if (!context.settings.oauthServer.allowDynamicRegistration)
      throw new AuthError(
        403,
        'oauth_dynamic_client_registration_disabled',
        'Dynamic client registration is not enabled',
      );
    return { status: 201, body: await registerClient(context, request.body, 'dynamic') };
  },
  { limit: 'oauth_clients' },
);
