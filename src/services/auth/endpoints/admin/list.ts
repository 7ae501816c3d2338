import type { Endpoint } from '../../http/endpoint.ts';

export const adminEndpoints: readonly Endpoint[] = [];
