import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.ts';
import { assertOAuthServer, SCOPES } from '../../oauth-server/server-state.ts';

/** GET /.well-known/oauth-authorization-server (RFC 8414). */
export const serverMetadata = endpoint(
  'GET',
  '/.well-known/oauth-authorization-server',
  'public',
  Type.Object({}),
  async (context) => {
    assertOAuthServer(context);
    const { settings } = context;
    const base = settings.externalUrl();
    return {
      status: 200,
      headers: { 'cache-control': 'public, max-age=600' },
      body: {
        issuer: settings.jwtIssuer ?? base,
        authorization_endpoint: `${base}/oauth/authorize`,
        token_endpoint: `${base}/oauth/token`,
        userinfo_endpoint: `${base}/oauth/userinfo`,
        jwks_uri: `${base}/.well-known/jwks.json`,
        ...(settings.oauthServer.allowDynamicRegistration && {
          registration_endpoint: `${base}/oauth/clients/register`,
        }),
        scopes_supported: SCOPES,
        response_types_supported: ['code'],
        response_modes_supported: ['query'],
        grant_types_supported: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
        code_challenge_methods_supported: ['S256', 'plain'],
      },
    };
  },
);
