import type { Endpoint } from '../../http/endpoint.ts';
import { adminClientEndpoints } from './admin-clients.ts';
import { authorizationDetails } from './authorization-details.ts';
import { authorizeClient } from './authorize.ts';
import { consent } from './consent.ts';
import { ownGrantEndpoints } from './own-grants.ts';
import { registerDynamically } from './register.ts';
import { serverMetadata } from './server-metadata.ts';
import { oauthToken } from './token.ts';
import { postedUserinfo, userinfo } from './userinfo.ts';

/** The OAuth 2.1 server: what other applications ask when people sign in with this project's accounts. */
export const oauthEndpoints: readonly Endpoint[] = [
  authorizeClient,
  authorizationDetails,
  consent,
  oauthToken,
  userinfo,
  postedUserinfo,
  registerDynamically,
  serverMetadata,
  ...adminClientEndpoints,
  ...ownGrantEndpoints,
];
