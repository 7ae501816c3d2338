import { Type } from 'typebox';
import type { AuthContext } from '../../context.ts';
import { AuthError, validationFailed } from '../../errors.ts';
import { type Challenge, readChallenge } from '../../flows/challenge.ts';
import { endpoint } from '../../http/endpoint.ts';
import { answerAddress, insertAuthorization } from '../../oauth-server/authorizations.ts';
import { findClient, grantTypesOf, redirectUrisOf } from '../../oauth-server/client-store.ts';
import { scopesOf } from '../../oauth-server/consents.ts';
import { assertOAuthServer, SCOPES } from '../../oauth-server/server-state.ts';
import { isUuid } from '../../store/users.ts';

const DEFAULT_SCOPE = 'email';

/**
 * GET /oauth/authorize: an application sends a person here; the person goes on to the consent page of the project's own front end.
 * Without a client and an address that belong together nobody is sent anywhere; every later refusal goes to the application.
 */
export const authorizeClient = endpoint(
  'GET',
  '/oauth/authorize',
  'public',
  Type.Object({}),
  async (context, request) => {
    assertOAuthServer(context);
    const field = (name: string) => request.query.get(name) ?? '';
    const { clientId, redirectUri } = await knownClient(context, field);
    const state = field('state') || undefined;
    try {
      const challenge = readRequest(field);
      const authorizationId = await context.transaction((tx) =>
        insertAuthorization(context, tx, {
          clientId,
          redirectUri,
          scope: readScope(field('scope')),
          state,
          resource: field('resource') || undefined,
          challenge,
          nonce: field('nonce') || undefined,
        }),
      );
      return { redirect: consentPage(context, authorizationId), status: 302 };
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      const fields = {
        error: error.code === 'validation_failed' ? 'invalid_request' : error.code,
        error_description: error.message,
      };
      return { redirect: answerAddress({ redirect_uri: redirectUri, state: state ?? null }, fields), status: 302 };
    }
  },
);

async function knownClient(context: AuthContext, field: (name: string) => string) {
  const clientId = field('client_id');
  const redirectUri = field('redirect_uri');
  if (clientId === '') throw validationFailed('client_id is required');
  if (redirectUri === '') throw validationFailed('redirect_uri is required');
  if (!isUuid(clientId)) throw validationFailed('invalid client_id format');
  const client = await context.transaction((tx) => findClient(tx, clientId), { readOnly: true });
  if (!client || !grantTypesOf(client).includes('authorization_code'))
    throw new AuthError(400, 'oauth_client_not_found', 'invalid client_id');
  if (!redirectUrisOf(client).includes(redirectUri)) throw validationFailed('invalid redirect_uri');
  return { clientId, redirectUri };
}

function readRequest(field: (name: string) => string): Challenge {
  const type = field('response_type') || 'code';
  if (type !== 'code') throw new AuthError(400, 'unsupported_response_type', 'only response_type code is supported');
  for (const name of ['state', 'resource', 'nonce'])
    if (field(name).length > (name === 'nonce' ? 255 : 2048)) throw validationFailed(`${name} is too long`);
  const challenge = readChallenge({
    code_challenge: field('code_challenge'),
    code_challenge_method: field('code_challenge_method'),
  });
  if (!challenge) throw validationFailed('PKCE flow requires code_challenge_method and code_challenge');
  return challenge;
}

function readScope(text: string): string {
  const scopes = scopesOf(text || DEFAULT_SCOPE);
  const unknown = scopes.find((scope) => !SCOPES.some((known) => known === scope));
  if (unknown) throw new AuthError(400, 'invalid_scope', `unsupported scope: ${unknown.slice(0, 100)}`);
  return [...new Set(scopes)].join(' ');
}

function consentPage(context: AuthContext, authorizationId: string): string {
  const { siteUrl, oauthServer } = context.settings;
  const url = new URL(`${siteUrl.replace(/\/$/, '')}/${oauthServer.authorizationPath.replace(/^\//, '')}`);
  url.searchParams.set('authorization_id', authorizationId);
  return url.href;
}
