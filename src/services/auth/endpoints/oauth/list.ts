import type { Endpoint } from '../../http/endpoint.ts';

/** The OAuth 2.1 server: what other applications ask when people sign in with this project's accounts. */
export const oauthEndpoints: readonly Endpoint[] = [];
