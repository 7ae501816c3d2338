/** Providers that the admin API adds while the project runs: rows of auth.custom_oauth_providers, named `custom:<something>`. */
import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import type { ProviderClient } from './client.ts';
import { openClientSecret } from './client-secret.ts';
import { isTrue, textOf } from './profile.ts';
import type { ProviderProfile } from './provider.ts';
import type { OAuthVendor, OidcVendor } from './vendor.ts';
import { standardProfile } from './vendors/oidc-standard.ts';

export interface CustomProviderRow {
  readonly id: string;
  readonly provider_type: 'oauth2' | 'oidc';
  readonly identifier: string;
  readonly name: string;
  readonly client_id: string;
  readonly client_secret: string;
  readonly acceptable_client_ids: string[];
  readonly scopes: string[];
  readonly custom_claims_allowlist: string[];
  readonly pkce_enabled: boolean;
  readonly attribute_mapping: Record<string, unknown>;
  readonly authorization_params: Record<string, unknown>;
  readonly enabled: boolean;
  readonly email_optional: boolean;
  readonly issuer: string | null;
  readonly discovery_url: string | null;
  readonly skip_nonce_check: boolean;
  readonly cached_discovery: Readonly<Record<string, unknown>> | null;
  readonly authorization_url: string | null;
  readonly token_url: string | null;
  readonly userinfo_url: string | null;
  readonly jwks_uri: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const CUSTOM_PROVIDER_COLUMNS = [
  'id, provider_type, identifier, name, client_id, client_secret, acceptable_client_ids, scopes, custom_claims_allowlist',
  'pkce_enabled, attribute_mapping, authorization_params, enabled, email_optional, issuer, discovery_url, skip_nonce_check',
  'cached_discovery, authorization_url, token_url, userinfo_url, jwks_uri, created_at, updated_at',
].join(', ');

export function findCustomProvider(tx: Session, identifier: string): Promise<CustomProviderRow | undefined> {
  return tx.maybeOne(`select ${CUSTOM_PROVIDER_COLUMNS} from auth.custom_oauth_providers where identifier = $1`, [
    identifier,
  ]);
}

export function customClient(context: AuthContext, row: CustomProviderRow, redirectUri: string): ProviderClient {
  return {
    name: row.identifier,
    clientIds: [row.client_id, ...row.acceptable_client_ids],
    secret: openClientSecret(context, row.identifier, row.client_secret),
    redirectUri,
    emailOptional: row.email_optional,
    skipNonceCheck: row.skip_nonce_check,
  };
}

export function customOidcVendor(row: CustomProviderRow): OidcVendor {
  return {
    kind: 'oidc',
    scopes: [...new Set(['openid', ...row.scopes])],
    parameters: textParameters(row),
    issuer: () => row.issuer ?? '',
    profile: (claims) => mappedProfile(row, claims.iss, claims),
  };
}

export function customOAuthVendor(row: CustomProviderRow): OAuthVendor {
  return {
    kind: 'oauth2',
    scopes: row.scopes,
    parameters: textParameters(row),
    ...(row.pkce_enabled && { pkce: true as const }),
    endpoints: () => ({
      authorization: row.authorization_url ?? '',
      token: row.token_url ?? '',
      api: row.userinfo_url ?? '',
    }),
    profile: async (api) => mappedProfile(row, new URL(api.base).origin, await api.json(api.base)),
  };
}

const textParameters = (row: CustomProviderRow) =>
  Object.fromEntries(Object.entries(row.authorization_params).map(([name, value]) => [name, String(value)]));

/** `attribute_mapping` names for each of our claims the provider's: `{"email": "mail"}`. Plain OAuth servers often call the subject `id`. */
function mappedProfile(
  row: CustomProviderRow,
  issuer: string,
  claims: Readonly<Record<string, unknown>>,
): ProviderProfile {
  const mapped: Record<string, unknown> = { ...claims, sub: claims['sub'] ?? claims['id'] };
  for (const [ours, theirs] of Object.entries(row.attribute_mapping))
    if (typeof theirs === 'string') mapped[ours] = valueAt(claims, theirs);
  // A mail address that a plain OAuth server names is as good as nobody's word, unless it says otherwise.
  const profile = standardProfile(issuer, { ...mapped, email_verified: isTrue(mapped['email_verified']) });
  const kept = row.custom_claims_allowlist.filter((name) => claims[name] !== undefined);
  if (kept.length === 0) return profile;
  const custom = Object.fromEntries(kept.map((name) => [name, claims[name]]));
  return { ...profile, claims: { ...profile.claims, custom_claims: custom } };
}

/** `a.b.c` reaches into objects; a claim whose name holds dots comes first. */
function valueAt(claims: Readonly<Record<string, unknown>>, path: string): unknown {
  if (path in claims) return claims[path];
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], claims);
}

/** The issuer and where its document is, for a custom OIDC provider. */
export const discoveryOf = (row: Pick<CustomProviderRow, 'discovery_url'>): string | undefined =>
  textOf(row.discovery_url);
