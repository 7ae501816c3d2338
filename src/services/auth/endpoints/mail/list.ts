import type { Endpoint } from '../../http/endpoint.ts';
import type { Grants } from '../../http/grant.ts';

/** Links and codes by mail and SMS, and the codes of PKCE. */
export const mailEndpoints: readonly Endpoint[] = [];

export const grants: Grants = {};
