import type { Endpoint } from '../../http/endpoint.ts';

/** Sign-up, token, user, logout and what clients read before they sign in. */
export const accountEndpoints: readonly Endpoint[] = [];
