import { createHash } from 'node:crypto';
import type { AuthorizationRequest } from './provider.ts';

/** What the project is at a provider. */
export interface ProviderClient {
  /** As users' identities name it: google, custom:acme. */
  readonly name: string;
  /** The first one asks; tokens for the others are good as well (an app's own client on a phone). */
  readonly clientIds: readonly string[];
  readonly secret: string;
  /** Where the provider sends people back to. */
  readonly redirectUri: string;
  readonly url?: string;
  readonly emailOptional: boolean;
  readonly skipNonceCheck: boolean;
}

/** What a request to /authorize cannot set: who asks, where the answer goes, and what ties the answer to the question. */
const OURS = new Set([
  'client_id',
  'client_secret',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
]);

/** The address that a person is sent to. `fixed` is the vendor's: parameters that the app may overwrite. */
export function authorizationAddress(
  endpoint: string,
  client: ProviderClient,
  request: AuthorizationRequest,
  options: {
    scopes: readonly string[];
    scopeSeparator?: string;
    fixed?: Readonly<Record<string, string>>;
    pkce: boolean;
    nonce: boolean;
  },
): string {
  const url = new URL(endpoint);
  const set = (name: string, value: string) => url.searchParams.set(name, value);
  for (const [name, value] of Object.entries(options.fixed ?? {})) set(name, value);
  for (const [name, value] of request.parameters)
    if (!OURS.has(name)) set(name === 'workos_provider' ? 'provider' : name, value);
  const scopes = [...new Set([...options.scopes, ...request.scopes])];
  set('client_id', client.clientIds[0] ?? '');
  set('redirect_uri', client.redirectUri);
  set('response_type', 'code');
  if (scopes.length > 0) set('scope', scopes.join(options.scopeSeparator ?? ' '));
  set('state', request.state);
  if (options.nonce) set('nonce', request.nonce);
  if (options.pkce) {
    set('code_challenge', createHash('sha256').update(request.codeVerifier).digest('base64url'));
    set('code_challenge_method', 'S256');
  }
  return url.href;
}
