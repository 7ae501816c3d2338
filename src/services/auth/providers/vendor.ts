import type { ProviderProfile, ProviderTokens } from './provider.ts';

/** Where a vendor of OAuth 2.0 is, and how to read its profile. */
export interface OAuthVendor {
  readonly kind: 'oauth2';
  readonly scopes: readonly string[];
  readonly scopeSeparator?: ',';
  /** How the client proves itself at the token endpoint; in the body when absent. */
  readonly clientAuthentication?: 'basic';
  /** The token request as JSON instead of a form. */
  readonly jsonTokenRequest?: true;
  readonly pkce?: true;
  readonly parameters?: Readonly<Record<string, string>>;
  /** From the address in config.toml (absent: the vendor's own). */
  endpoints(url: string | undefined): { readonly authorization: string; readonly token: string; readonly api: string };
  profile(api: VendorApi, tokens: ProviderTokens): Promise<ProviderProfile>;
}

/** A vendor of OpenID Connect: endpoints come by discovery, the profile from the ID token. */
export interface OidcVendor {
  readonly kind: 'oidc';
  readonly scopes: readonly string[];
  readonly parameters?: Readonly<Record<string, string>>;
  issuer(url: string | undefined): string;
  /** Where people sign in at the vendor's own issuer, so that nobody waits for its discovery document to be sent there. */
  readonly signInPage?: {
    readonly authorization_endpoint: string;
    readonly code_challenge_methods_supported?: readonly string[];
  };
  /** Other values of `iss` that its tokens may carry, e.g. one for each tenant. */
  acceptsIssuer?(issuer: string, expected: string): boolean;
  profile(claims: OidcClaims, fields: Readonly<Record<string, unknown>>): ProviderProfile;
}

export type Vendor = OAuthVendor | OidcVendor;

export interface VendorApi {
  /** The vendor's API address, e.g. https://api.github.com. */
  readonly base: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** GET (or POST with a body) with the access token; parsed JSON. Throws ProviderError. */
  json<T>(url: string, options?: { headers?: Record<string, string>; body?: string }): Promise<T>;
}

/** Claims of a verified ID token. */
export type OidcClaims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string };
