import type { Endpoint } from '../../http/endpoint.ts';

export const passkeysEndpoints: readonly Endpoint[] = [];
