/** The settings by PostgREST's names, in the order `--dump-config` prints them, and where each may come from. */

export type OptionKind = 'text' | 'list' | 'boolean' | 'integer';

export interface Option {
  readonly name: string;
  readonly kind: OptionKind;
  /** An older name that means the same; of `admin-server-host` the setting it follows. */
  readonly alias?: string;
  /** May be set in the database as `pgrst.<name with underscores>`, and follows a reload. */
  readonly inDatabase: boolean;
}

const of = (kind: OptionKind, inDatabase: boolean) => (name: string, alias?: string) => ({
  name,
  kind,
  alias,
  inDatabase,
});
const fixed = { text: of('text', false), boolean: of('boolean', false), integer: of('integer', false) };
const live = {
  text: of('text', true),
  list: of('list', true),
  boolean: of('boolean', true),
  integer: of('integer', true),
};

export const OPTIONS: readonly Option[] = [
  live.boolean('db-aggregates-enabled'),
  live.text('db-anon-role'),
  fixed.text('db-channel'),
  fixed.boolean('db-channel-enabled'),
  live.list('db-extra-search-path'),
  live.list('db-hoisted-tx-settings'),
  live.integer('db-max-rows', 'max-rows'),
  live.boolean('db-plan-enabled'),
  fixed.integer('db-pool'),
  fixed.integer('db-pool-acquisition-timeout'),
  fixed.integer('db-pool-max-lifetime'),
  fixed.integer('db-pool-max-idletime', 'db-pool-timeout'),
  fixed.boolean('db-pool-automatic-recovery'),
  live.text('db-pre-request', 'pre-request'),
  live.boolean('db-prepared-statements'),
  live.text('db-root-spec', 'root-spec'),
  live.list('db-schemas', 'db-schema'),
  fixed.boolean('db-config'),
  live.text('db-pre-config'),
  live.text('db-tx-end'),
  fixed.text('db-uri'),
  live.text('jwt-aud'),
  live.text('jwt-role-claim-key', 'role-claim-key'),
  live.text('jwt-secret'),
  live.boolean('jwt-secret-is-base64', 'secret-is-base64'),
  live.integer('jwt-cache-max-entries'),
  fixed.text('log-level'),
  live.boolean('log-query'),
  live.text('openapi-mode'),
  live.boolean('openapi-security-active'),
  live.text('openapi-server-proxy-uri', 'server-proxy-uri'),
  live.list('server-cors-allowed-origins'),
  fixed.text('server-host'),
  fixed.integer('server-port'),
  live.text('server-trace-header'),
  live.boolean('server-timing-enabled'),
  fixed.text('server-unix-socket'),
  fixed.text('server-unix-socket-mode'),
  fixed.text('admin-server-host', 'server-host'),
  fixed.integer('admin-server-port'),
];

/** `db-max-rows` as the environment and the database write it: `PGRST_` or `pgrst.` and `DB_MAX_ROWS` in either case. */
export function underscored(name: string): string {
  return name.replaceAll('-', '_');
}
