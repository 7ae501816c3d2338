import { authorizationAddress, type ProviderClient } from './client.ts';
import { exchangeCode } from './exchange-code.ts';
import type { Provider } from './provider.ts';
import { askProvider } from './provider-http.ts';
import type { OAuthVendor, VendorApi } from './vendor.ts';

/** A vendor of plain OAuth 2.0, who says by an API of its own who came. */
export function oauth2Provider(client: ProviderClient, vendor: OAuthVendor): Provider {
  const endpoints = vendor.endpoints(client.url?.replace(/\/$/, ''));
  return {
    name: client.name,
    emailOptional: client.emailOptional,
    authorizationUrl: async (request) =>
      authorizationAddress(endpoints.authorization, client, request, {
        scopes: vendor.scopes,
        scopeSeparator: vendor.scopeSeparator,
        fixed: vendor.parameters,
        pkce: vendor.pkce ?? false,
        nonce: false,
      }),
    signIn: async ({ code, codeVerifier }) => {
      const given = { code, codeVerifier: vendor.pkce ? codeVerifier : undefined };
      const tokens = await exchangeCode(endpoints.token, client, given, {
        basic: vendor.clientAuthentication === 'basic',
        json: vendor.jsonTokenRequest,
      });
      return { tokens, profile: await vendor.profile(vendorApi(client, endpoints.api, tokens.accessToken), tokens) };
    },
  };
}

function vendorApi(client: ProviderClient, base: string, accessToken: string): VendorApi {
  return {
    base,
    clientId: client.clientIds[0] ?? '',
    clientSecret: client.secret,
    json: async <T>(url: string, options: { headers?: Record<string, string>; body?: string } = {}) =>
      (await askProvider('profile', url, {
        method: options.body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${accessToken}`, ...options.headers },
        body: options.body,
      })) as T,
  };
}
