import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { AuthError, OAuthError, validationFailed } from '../errors.ts';
import type { ProviderSettings } from '../settings/settings.ts';
import type { ProviderClient } from './client.ts';
import {
  customClient,
  customOAuthVendor,
  customOidcVendor,
  discoveryOf,
  findCustomProvider,
} from './custom-provider.ts';
import { idTokenVendor } from './id-token-vendors.ts';
import { oauth2Provider } from './oauth2-provider.ts';
import { type OidcOptions, oidcProvider } from './oidc-provider.ts';
import type { Provider } from './provider.ts';
import type { OidcVendor } from './vendor.ts';
import { VENDORS } from './vendors/list.ts';

/** Custom providers' names begin so; no name of config.toml can. */
export const CUSTOM_PREFIX = 'custom:';

/** The provider of this name as the project has it. Throws validation_failed (400) for one that is unknown or switched off. */
export async function findProvider(context: AuthContext, tx: Session, name: string): Promise<Provider> {
  const { settings } = context;
  if (name.startsWith(CUSTOM_PREFIX)) {
    const row = await findCustomProvider(tx, name);
    if (!row) throw unknownProvider(name);
    if (!row.enabled) throw disabledProvider();
    const client = customClient(context, row, callbackUrl(context));
    if (row.provider_type === 'oauth2') return oauth2Provider(client, customOAuthVendor(row));
    return oidcProvider(client, customOidcVendor(row), {
      now: context.now,
      discoveryUrl: discoveryOf(row),
      pkce: row.pkce_enabled,
    });
  }
  const vendor = Object.hasOwn(VENDORS, name) ? VENDORS[name] : undefined;
  if (!vendor) throw unknownProvider(name);
  const external = settings.external[name];
  if (!external?.enabled) throw disabledProvider();
  if (external.clientIds.length === 0) throw validationFailed('Unsupported provider: missing OAuth client ID');
  if (external.secret === '') throw validationFailed('Unsupported provider: missing OAuth secret');
  const client = configuredClient(context, name, external);
  if (name === 'keycloak' && !client.url)
    throw validationFailed('Unsupported provider: unable to find URL for the Keycloak provider');
  return vendor.kind === 'oidc' ? oidcProvider(client, vendor, { now: context.now }) : oauth2Provider(client, vendor);
}

const unknownProvider = (name: string) => validationFailed(`Unsupported provider: Provider ${name} could not be found`);
const disabledProvider = () => validationFailed('Unsupported provider: provider is not enabled');

const callbackUrl = (context: AuthContext) => `${context.settings.externalUrl()}/callback`;

function configuredClient(context: AuthContext, name: string, external: ProviderSettings): ProviderClient {
  return {
    name,
    clientIds: external.clientIds,
    secret: external.secret,
    redirectUri: external.redirectUri || callbackUrl(context),
    url: external.url,
    emailOptional: external.emailOptional,
    skipNonceCheck: external.skipNonceCheck,
  };
}

/** Whose ID tokens are taken, and how they are checked. */
export interface IdTokenSource {
  readonly provider: string;
  readonly client: Pick<ProviderClient, 'clientIds' | 'url' | 'skipNonceCheck' | 'emailOptional'>;
  readonly vendor: OidcVendor;
  readonly options: OidcOptions;
}

/** By the provider's name, or by the issuer with a client of ours there. Throws as GoTrue does. */
export async function findIdTokenSource(
  context: AuthContext,
  tx: Session,
  wanted: { readonly provider?: string; readonly issuer?: string; readonly clientId?: string },
): Promise<IdTokenSource> {
  const { provider = '', issuer = '', clientId = '' } = wanted;
  if (provider === '' && (clientId === '' || issuer === ''))
    throw new OAuthError(400, 'invalid request', 'provider or client_id and issuer required');
  if (provider.startsWith(CUSTOM_PREFIX)) {
    const row = await findCustomProvider(tx, provider);
    if (row?.provider_type !== 'oidc') throw notAllowed(provider);
    if (!row.enabled) throw notEnabled(row.issuer ?? '');
    return {
      provider,
      client: customClient(context, row, callbackUrl(context)),
      vendor: customOidcVendor(row),
      options: { now: context.now, discoveryUrl: discoveryOf(row) },
    };
  }
  const found = idTokenVendor(provider, issuer, context.settings.external);
  if (!found) throw notAllowed(provider || issuer);
  const external = context.settings.external[found.name];
  if (!external?.enabled) throw notEnabled(issuer || shownIssuer(found.vendor, external?.url) || found.name);
  return {
    provider: found.name,
    client: configuredClient(context, found.name, external),
    vendor: found.vendor,
    options: { now: context.now, discoveryUrl: found.discoveryUrl },
  };
}

/** Undefined for a server that people host themselves, while nobody says where. */
function shownIssuer(vendor: OidcVendor, url: string | undefined): string | undefined {
  try {
    return vendor.issuer(url);
  } catch {
    return undefined;
  }
}

const notAllowed = (name: string) => validationFailed(`Custom OIDC provider ${JSON.stringify(name)} not allowed`);
const notEnabled = (issuer: string) =>
  new AuthError(400, 'provider_disabled', `Provider (issuer ${JSON.stringify(issuer)}) is not enabled`);
