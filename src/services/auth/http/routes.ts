import { accountEndpoints, grants as accountGrants } from '../endpoints/account/list.ts';
import { tokenEndpoint } from '../endpoints/account/token.ts';
import { adminEndpoints } from '../endpoints/admin/list.ts';
import { factorsEndpoints } from '../endpoints/factors/list.ts';
import { mailEndpoints, grants as mailGrants } from '../endpoints/mail/list.ts';
import { oauthEndpoints } from '../endpoints/oauth/list.ts';
import { passkeysEndpoints } from '../endpoints/passkeys/list.ts';
import { idTokenGrant } from '../endpoints/providers/grant-id-token.ts';
import { web3Grant } from '../endpoints/providers/grant-web3.ts';
import { providerEndpoints } from '../endpoints/providers/list.ts';
import type { Endpoint } from './endpoint.ts';
import type { Grants } from './grant.ts';

const grants: Grants = { ...accountGrants, ...mailGrants, id_token: idTokenGrant, web3: web3Grant };

/** Everything under /auth/v1. */
export const endpoints: readonly Endpoint[] = [
  tokenEndpoint(grants),
  ...accountEndpoints,
  ...mailEndpoints,
  ...providerEndpoints,
  ...oauthEndpoints,
  ...factorsEndpoints,
  ...passkeysEndpoints,
  ...adminEndpoints,
];
