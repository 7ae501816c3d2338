import type { Endpoint } from '../../http/endpoint.ts';

export const factorsEndpoints: readonly Endpoint[] = [];
