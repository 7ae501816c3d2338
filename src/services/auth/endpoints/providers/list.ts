import type { Endpoint } from '../../http/endpoint.ts';

/** Signing in through somebody else: OAuth and OIDC providers, identities, SSO, custom providers. */
export const providerEndpoints: readonly Endpoint[] = [];
