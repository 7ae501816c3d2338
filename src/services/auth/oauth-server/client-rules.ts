/** What an application may be registered with. Source: supabase/auth's oauthserver, RFC 7591, OAuth 2.1. */
import { type Static, Type } from 'typebox';
import { validationFailed } from '../errors.ts';

const text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const texts = Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()]));

export const ClientBody = Type.Object({
  client_name: text,
  client_uri: text,
  logo_uri: text,
  redirect_uris: texts,
  grant_types: texts,
  response_types: texts,
  scope: text,
  client_type: text,
  token_endpoint_auth_method: text,
});
export type ClientFields = Static<typeof ClientBody>;

const GRANT_TYPES = ['authorization_code', 'refresh_token'];
const AUTH_METHODS = ['none', 'client_secret_basic', 'client_secret_post'];
const MOST_REDIRECTS = 10;

/** Throws validation_failed (400) naming the first field that is wrong. */
export function assertClientFields(fields: ClientFields, options: { readonly complete: boolean }): void {
  const { redirect_uris: uris } = fields;
  if (options.complete && !uris?.length) throw validationFailed('redirect_uris is required');
  if (uris) {
    if (uris.length === 0) throw validationFailed('redirect_uris is required');
    if (uris.length > MOST_REDIRECTS) throw validationFailed(`redirect_uris cannot exceed ${MOST_REDIRECTS} items`);
    for (const uri of uris) assertRedirectUri(uri);
  }
  if (fields.grant_types?.some((type) => !GRANT_TYPES.includes(type)))
    throw validationFailed("grant_types must only contain 'authorization_code' and/or 'refresh_token'");
  if (fields.response_types?.some((type) => type !== 'code'))
    throw validationFailed("response_types must only contain 'code'");
  if ((fields.client_name?.length ?? 0) > 1024) throw validationFailed('client_name cannot exceed 1024 characters');
  for (const name of ['client_uri', 'logo_uri'] as const) assertWebAddress(name, fields[name]);
  assertAuthentication(fields);
}

/** HTTPS, loopback, or a scheme of an app's own; what runs scripts or names nobody is refused. */
function assertRedirectUri(uri: string): void {
  const refuse = (reason: string) => validationFailed(`invalid redirect_uri '${uri}': ${reason}`);
  if (uri === '') throw refuse('redirect URI cannot be empty');
  if (uri.length > 2048 || /[\s,\\]/.test(uri) || !URL.canParse(uri)) throw refuse('invalid URL format');
  const url = new URL(uri);
  if (uri.includes('#')) throw refuse('redirect URI must not contain fragment');
  if (url.username !== '' || url.password !== '') throw refuse('redirect URI must not contain credentials');
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && !loopback) throw refuse('redirect URI must use HTTPS unless the host is localhost');
  if (/^(javascript|data|vbscript|file|blob|about|ftp|ws|wss):$/.test(url.protocol)) throw refuse('invalid scheme');
}

function assertWebAddress(name: string, address: string | null | undefined): void {
  if (!address) return;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (address.length > 2048 || !url || !/^https?:$/.test(url.protocol))
    throw validationFailed(`${name} must be a valid URL`);
}

function assertAuthentication({ client_type: type, token_endpoint_auth_method: method }: ClientFields): void {
  if (type && type !== 'public' && type !== 'confidential')
    throw validationFailed("client_type must be 'public' or 'confidential'");
  if (method && !AUTH_METHODS.includes(method))
    throw validationFailed("token_endpoint_auth_method must be 'none', 'client_secret_basic' or 'client_secret_post'");
  if (type === 'public' && method && method !== 'none')
    throw validationFailed("public clients must use token_endpoint_auth_method 'none'");
  if (type === 'confidential' && method === 'none')
    throw validationFailed("confidential clients cannot use token_endpoint_auth_method 'none'");
}

/** Who says nothing keeps a secret. */
export function clientTypeOf({ client_type: type, token_endpoint_auth_method: method }: ClientFields) {
  if (type === 'public' || type === 'confidential') return type;
  return method === 'none' ? 'public' : 'confidential';
}
