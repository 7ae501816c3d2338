import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.ts';

const NOTHING = Type.Object({});
/** Long enough to spare a request for each token, short enough for a rotation of keys. */
const CACHED = { 'cache-control': 'public, max-age=600' };

/** GET /.well-known/jwks.json: the public keys that tokens of this project are verified with. */
export const jwks = endpoint('GET', '/.well-known/jwks.json', 'public', NOTHING, async ({ keys }) => ({
  status: 200,
  body: keys.jwks,
  headers: CACHED,
}));

/** GET /.well-known/openid-configuration (OpenID Connect Discovery 1.0). */
export const openidConfiguration = endpoint(
  'GET',
  '/.well-known/openid-configuration',
  'public',
  NOTHING,
  async ({ keys, settings }) => {
    const issuer = settings.jwtIssuer ?? settings.externalUrl();
    const base = settings.externalUrl();
    const algorithms = keys.jwks.keys.map((key) => String(key['alg'] ?? (key['kty'] === 'RSA' ? 'RS256' : 'ES256')));
    return {
      status: 200,
      headers: CACHED,
      body: {
        issuer,
        authorization_endpoint: `${base}/oauth/authorize`,
        token_endpoint: `${base}/oauth/token`,
        userinfo_endpoint: `${base}/oauth/userinfo`,
        jwks_uri: `${base}/.well-known/jwks.json`,
        ...(settings.oauthServer.allowDynamicRegistration
          ? { registration_endpoint: `${base}/oauth/clients/register` }
          : {}),
        scopes_supported: ['openid', 'profile', 'email', 'phone'],
        response_types_supported: ['code'],
        response_modes_supported: ['query'],
        grant_types_supported: ['authorization_code', 'refresh_token'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: algorithms.length > 0 ? [...new Set(algorithms)] : ['HS256'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
        claims_supported: [
          'sub',
          'aud',
          'iss',
          'exp',
          'iat',
          'auth_time',
          'nonce',
          'email',
          'email_verified',
          'phone_number',
          'phone_number_verified',
          'name',
          'picture',
          'preferred_username',
          'updated_at',
        ],
        code_challenge_methods_supported: ['S256', 'plain'],
      },
    };
  },
);
