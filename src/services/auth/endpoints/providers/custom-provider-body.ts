import { type Static, Type } from 'typebox';
import type { AuthContext } from '../../context.ts';
import { validationFailed } from '../../errors.ts';
import type { CustomProviderRow } from '../../providers/custom-provider.ts';
import type { Discovery } from '../../providers/oidc.ts';

const text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const texts = Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()]));
const flag = Type.Optional(Type.Union([Type.Boolean(), Type.Null()]));
const mapping = Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]));

/** What may be set and changed; `provider_type` and `identifier` only at creation. */
export const CustomProviderBody = Type.Object({
  provider_type: text,
  identifier: text,
  name: text,
  client_id: text,
  client_secret: text,
  acceptable_client_ids: texts,
  scopes: texts,
  custom_claims_allowlist: texts,
  pkce_enabled: flag,
  attribute_mapping: mapping,
  authorization_params: mapping,
  enabled: flag,
  email_optional: flag,
  issuer: text,
  discovery_url: text,
  skip_nonce_check: flag,
  authorization_url: text,
  token_url: text,
  userinfo_url: text,
  jwks_uri: text,
});
export type CustomProviderFields = Static<typeof CustomProviderBody>;

const REQUIRED = {
  oauth2: ['name', 'client_id', 'client_secret', 'authorization_url', 'token_url', 'userinfo_url'],
  oidc: ['name', 'client_id', 'client_secret', 'issuer'],
} as const;
const ADDRESSES = ['issuer', 'discovery_url', 'authorization_url', 'token_url', 'userinfo_url', 'jwks_uri'] as const;
/** Parameters of the authorization request that are ours alone. */
const RESERVED = [
  'client_id',
  'client_secret',
  'redirect_uri',
  'response_type',
  'state',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'nonce',
];

/** Throws validation_failed (400) for a provider that could not work; `fields` are all of it, old and new. */
export function assertCustomProvider(context: AuthContext, fields: CustomProviderFields): void {
  const kind = fields.provider_type;
  if (kind !== 'oauth2' && kind !== 'oidc') throw validationFailed("provider_type must be either 'oauth2' or 'oidc'");
  if (!/^custom:[a-z0-9][a-z0-9:_-]{0,49}$/i.test(fields.identifier ?? ''))
    throw validationFailed(
      "identifier must start with 'custom:', followed by at most 50 letters, digits, hyphens, underscores or colons",
    );
  for (const name of REQUIRED[kind]) if (!fields[name]?.trim()) throw validationFailed(`${name} is required`);
  for (const name of ADDRESSES) if (fields[name]) assertAddress(context, name, fields[name]);
  for (const name of Object.keys(fields.authorization_params ?? {}))
    if (RESERVED.includes(name.toLowerCase())) throw validationFailed(`authorization_params cannot set ${name}`);
}

/** Secrets are sent there: HTTPS, or in development the machine itself. */
function assertAddress(context: AuthContext, name: string, address: string): void {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url) throw validationFailed(`${name} must be a valid URL`);
  const local = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname) && !context.settings.production;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local))
    throw validationFailed(`${name} must use HTTPS`);
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    throw validationFailed(`${name} must be a URL without credentials and fragment`);
}

/** As the admin API shows it: without the secret, what is empty left out. */
export function customProviderJson(row: CustomProviderRow): Readonly<Record<string, unknown>> {
  const { client_secret: _, cached_discovery: cached, ...shown } = row;
  return {
    ...Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== null)),
    ...(row.provider_type === 'oidc' ? { discovery_document: cached } : {}),
  };
}

/** The fields of a discovery document that are kept and shown. */
export function shownDiscovery(found: Discovery): Readonly<Record<string, unknown>> {
  return {
    issuer: found.issuer,
    authorization_endpoint: found.authorization_endpoint,
    token_endpoint: found.token_endpoint,
    jwks_uri: found.jwks_uri,
    userinfo_endpoint: found.userinfo_endpoint,
    revocation_endpoint: found['revocation_endpoint'],
    supported_scopes: found['scopes_supported'],
    supported_response_types: found['response_types_supported'],
    supported_subject_types: found['subject_types_supported'],
    supported_id_token_signing_algs: found['id_token_signing_alg_values_supported'],
  };
}
