import type { Endpoint } from '../../http/endpoint.ts';
import type { Grants } from '../../http/grant.ts';
import { authorize } from './authorize.ts';
import { authorizeIdentity } from './authorize-identity.ts';
import { callback, postedCallback } from './callback.ts';
import { customProviderEndpoints } from './custom-providers.ts';
import { deleteOwnIdentity } from './delete-identity.ts';
import { idTokenGrant } from './grant-id-token.ts';
import { web3Grant } from './grant-web3.ts';
import { ssoEndpoints } from './sso.ts';

/** Signing in through somebody else: OAuth and OIDC providers, identities, SSO, custom providers. */
export const providerEndpoints: readonly Endpoint[] = [
  authorize,
  callback,
  postedCallback,
  authorizeIdentity,
  deleteOwnIdentity,
  ...customProviderEndpoints,
  ...ssoEndpoints,
];

export const grants: Grants = { id_token: idTokenGrant, web3: web3Grant };
