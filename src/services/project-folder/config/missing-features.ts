import type { ConfigTable } from './table.ts';

interface Feature {
  readonly key: string;
  readonly instead: string;
}

/** What config.toml can switch on and this server does not do, each with what happens instead. */
const FEATURES: readonly Feature[] = [
  { key: 'api.tls.enabled', instead: 'the API is served over plain http; put a TLS proxy before it' },
  { key: 'db.pooler.enabled', instead: 'there is no pooler; sessions are pooled inside the server' },
  { key: 'analytics.enabled', instead: 'there is no log store; the log goes to stderr' },
  { key: 'storage.analytics.enabled', instead: 'analytics buckets are not served' },
  { key: 'storage.vector.enabled', instead: 'vector buckets are not served' },
  { key: 'db.network_restrictions.enabled', instead: 'Postgres listens on no outside address at all' },
  { key: 'db.ssl_enforcement.enabled', instead: 'Postgres is reached through a local socket' },
];

/** One sentence for each feature that the file asks for in vain. */
export function missingFeatures(table: ConfigTable): string[] {
  return FEATURES.filter(({ key }) => table.flag(key, false)).map(
    ({ key, instead }) => `config.toml: ${key} asks for what this server does not have: ${instead}`,
  );
}
