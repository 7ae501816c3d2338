import { Type } from 'typebox';
import { OAuthError } from '../../errors.ts';
import { endpoint } from '../../http/endpoint.ts';
import { authenticateClient } from '../../oauth-server/authenticate-client.ts';
import { exchangeAuthorizationCode, exchangeRefreshToken } from '../../oauth-server/grants.ts';
import { assertOAuthServer } from '../../oauth-server/server-state.ts';

const GRANTS = { authorization_code: exchangeAuthorizationCode, refresh_token: exchangeRefreshToken } as const;

/** POST /oauth/token: RFC 6749's token endpoint, for applications. */
export const oauthToken = endpoint(
  'POST',
  '/oauth/token',
  'public',
  Type.Object({}),
  async (context, request) => {
    assertOAuthServer(context);
    const body = request.body as Readonly<Record<string, unknown>>;
    const field = (name: string) => (typeof body[name] === 'string' ? (body[name] as string) : '');
    const type = field('grant_type');
    if (type === '') throw new OAuthError(400, 'invalid_request', 'grant_type is required');
    if (type !== 'authorization_code' && type !== 'refresh_token')
      throw new OAuthError(400, 'unsupported_grant_type', `unsupported grant_type: ${type.slice(0, 100)}`);
    const client = await authenticateClient(context, request);
    const answer = await GRANTS[type](context, request, client, field);
    return { status: 200, body: answer, headers: { 'cache-control': 'no-store', pragma: 'no-cache' } };
  },
  { limit: 'token_refresh', oauthErrors: true },
);
