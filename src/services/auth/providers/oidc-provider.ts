import { authorizationAddress, type ProviderClient } from './client.ts';
import { exchangeCode } from './exchange-code.ts';
import { type Discovery, discover, isForUs, verifyIdToken } from './oidc.ts';
import { type Provider, ProviderError } from './provider.ts';
import { askProvider } from './provider-http.ts';
import type { OidcClaims, OidcVendor } from './vendor.ts';

export interface OidcOptions {
  /** Milliseconds. */
  readonly now: () => number;
  /** Where the discovery document is when not below the issuer. */
  readonly discoveryUrl?: string;
  /** Always or never; as the document says when absent. */
  readonly pkce?: boolean;
}

/** A server of OpenID Connect; its endpoints and keys come by discovery at the first use. */
export function oidcProvider(client: ProviderClient, vendor: OidcVendor, options: OidcOptions): Provider {
  const issuer = vendor.issuer(client.url);
  const document = () => discover(issuer, { url: options.discoveryUrl });
  const signInPage = issuer === ownIssuer(vendor) ? vendor.signInPage : undefined;
  const usesPkce = (found: Listed) => options.pkce ?? lists(found, 'code_challenge_methods_supported', 'S256');
  return {
    name: client.name,
    emailOptional: client.emailOptional,
    authorizationUrl: async (request) => {
      const found = signInPage ?? (await document());
      return authorizationAddress(found.authorization_endpoint, client, request, {
        scopes: vendor.scopes,
        fixed: vendor.parameters,
        pkce: usesPkce(found),
        nonce: !client.skipNonceCheck,
      });
    },
    signIn: async ({ code, codeVerifier, nonce, fields }) => {
      const found = await document();
      const given = { code, codeVerifier: usesPkce(found) ? codeVerifier : undefined };
      const basic = !lists(found, 'token_endpoint_auth_methods_supported', 'client_secret_post');
      const tokens = await exchangeCode(found.token_endpoint, client, given, { basic });
      if (!tokens.idToken) throw new ProviderError('profile', 'the provider gave no ID token');
      const claims = await oidcClaims(tokens.idToken, client, vendor, options);
      if (!client.skipNonceCheck && claims['nonce'] !== undefined && claims['nonce'] !== nonce)
        throw new ProviderError('profile', 'Bad ID token');
      const all = await withUserinfo(claims, found, tokens.accessToken);
      return { tokens, profile: vendor.profile(all, fields) };
    },
  };
}

/** Verified claims of a token that was made for one of the project's clients at this provider. Throws ProviderError. */
export async function oidcClaims(
  idToken: string,
  client: Pick<ProviderClient, 'clientIds' | 'url'>,
  vendor: OidcVendor,
  options: OidcOptions & { readonly anyAudience?: boolean },
): Promise<OidcClaims> {
  const issuer = vendor.issuer(client.url);
  const { jwks_uri: jwksUri } = await discover(issuer, { url: options.discoveryUrl });
  const claims = await verifyIdToken(idToken, {
    jwksUri,
    acceptsIssuer: (given) => given === issuer || (vendor.acceptsIssuer?.(given, issuer) ?? false),
    now: options.now(),
  });
  if (!options.anyAudience && !isForUs(claims, client.clientIds)) throw new ProviderError('profile', 'Bad ID token');
  return claims;
}

/** Undefined for one that people host themselves. */
function ownIssuer(vendor: OidcVendor): string | undefined {
  return vendor.signInPage && vendor.issuer(undefined);
}

/** Some servers keep the address out of the ID token and give it at the userinfo endpoint only. */
async function withUserinfo(claims: OidcClaims, found: Discovery, accessToken: string): Promise<OidcClaims> {
  if (claims['email'] !== undefined || !found.userinfo_endpoint) return claims;
  const more = (await askProvider('profile', found.userinfo_endpoint, {
    headers: { authorization: `Bearer ${accessToken}` },
  })) as Record<string, unknown>;
  // OIDC Core 5.3.2: without the same subject it may be somebody else's.
  return more['sub'] === claims.sub ? { ...more, ...claims } : claims;
}

type Listed = object & { readonly [field: string]: unknown };

function lists(found: Listed, field: string, value: string): boolean {
  const values = found[field];
  return Array.isArray(values) && values.includes(value);
}
