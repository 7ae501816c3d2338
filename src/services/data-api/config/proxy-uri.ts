import { ConfigError } from './config-file.ts';

/** Where clients find the API, as OpenAPI's `schemes`, `host` and `basePath` say it. */
export interface PublicAddress {
  readonly scheme: 'http' | 'https';
  /** With brackets for IPv6. */
  readonly host: string;
  readonly port: number;
  readonly basePath: string;
}

/** `openapi-server-proxy-uri`. Throws `ConfigError` with PostgREST's words. */
export function parseProxyUri(text: string): PublicAddress {
  const found = /^(https?):\/\/(\[[\da-f:.]+\]|[^\s/?#:@[\]]+)(?::(\d{1,5}))?(\/[^\s?#]*)?$/i.exec(text);
  if (!found) throw new ConfigError('Malformed proxy uri, a correct example: https://example.com:8443/basePath');
  const scheme = found[1]!.toLowerCase() === 'http' ? 'http' : 'https';
  const port = found[3] === undefined ? (scheme === 'http' ? 80 : 443) : Number(found[3]);
  return { scheme, host: found[2]!, port, basePath: found[4] ?? '/' };
}
