/** An extension of Supabase that plain Postgres comes without. */
export interface AbsentExtension {
  readonly name: string;
  /** What calling on it looks like in SQL without comments and strings. Absent: nothing visible uses it. */
  readonly uses?: RegExp;
  /** Whether Supabase installs it unasked, so that migrations use it without CREATE EXTENSION. */
  readonly preinstalled?: boolean;
  /** Schema that exists with it, made empty so that GRANTs on it pass. */
  readonly schema?: string;
  /** What the person can do without it. */
  readonly wayOut: string;
}

/** `schema.name`, quoted as dumps write it or not. */
const memberOf = (schema: string) => new RegExp(`\\b${schema}"?\\."?\\w+`, 'i');
const FUNCTION = 'call it from the application or a function instead';

export const ABSENT_EXTENSIONS: readonly AbsentExtension[] = [
  { name: 'pg_graphql', uses: memberOf('graphql'), preinstalled: true, schema: 'graphql', wayOut: 'use /rest/v1' },
  {
    name: 'supabase_vault',
    uses: memberOf('vault'),
    preinstalled: true,
    schema: 'vault',
    wayOut: 'keep secrets in the environment of the server',
  },
  {
    name: 'supabase_functions (database webhooks)',
    uses: memberOf('supabase_functions'),
    preinstalled: true,
    wayOut: 'call the webhook from the application',
  },
  {
    name: 'pgsodium',
    uses: memberOf('pgsodium'),
    schema: 'pgsodium',
    wayOut: 'encrypt with pgcrypto or in the application',
  },
  { name: 'pg_net', uses: /\bnet"?\."?http_\w+/i, schema: 'net', wayOut: FUNCTION },
  { name: 'http', uses: /\bhttp(_get|_post|_put|_patch|_delete|_head)?\s*\(/i, wayOut: FUNCTION },
  { name: 'pg_cron', uses: memberOf('cron'), schema: 'cron', wayOut: 'run the job from the scheduler of the machine' },
  {
    name: 'pgmq',
    uses: memberOf('pgmq'),
    schema: 'pgmq',
    wayOut: 'keep the queue in a table of your own (for update skip locked)',
  },
  {
    name: 'vector',
    uses: /\b(half|sparse)?vec(tor)?"?\s*\(\s*\d+\s*\)|\b(vector|halfvec)_\w+_ops\b|\busing\s+(hnsw|ivfflat)\b|(?<=[\s.])"?vector"?(?=\s*(,|\)|;|$|not\b|default\b))/i,
    wayOut: 'there is no stand-in for vectors',
  },
  {
    name: 'pg_jsonschema',
    uses: /\b(json|jsonb)_matches_schema\b|\bjsonschema_\w+/i,
    wayOut: 'check in the application',
  },
  { name: 'pg_hashids', uses: /\bid_(en|de)code\w*\s*\(/i, wayOut: 'encode in the application' },
  {
    name: 'wrappers',
    uses: /\bcreate\s+(server|foreign\s+data\s+wrapper)\b/i,
    wayOut: 'use postgres_fdw or the application',
  },
  { name: 'timescaledb', uses: /\b(create_hypertable|time_bucket)\s*\(/i, wayOut: 'use declarative partitions' },
  { name: 'pgroonga', uses: /\busing\s+pgroonga\b|&@/i, wayOut: 'use full text search (tsvector) or pg_trgm' },
  { name: 'rum', uses: /\busing\s+rum\b/i, wayOut: 'use a GIN index' },
  { name: 'plv8', uses: /\blanguage\s+'?plv8'?/i, wayOut: 'write the function in PL/pgSQL' },
  { name: 'pgrouting', uses: /\bpgr_\w+\s*\(/i, wayOut: 'there is no stand-in for routing' },
  { name: 'pgtap', uses: /\b(plan|has_table|finish|results_eq|throws_ok|lives_ok)\s*\(/i, wayOut: 'test from outside' },
  {
    name: 'pg_partman',
    uses: /\bpartman"?\."?\w+|\bcreate_parent"?\s*\(/i,
    schema: 'partman',
    wayOut: 'make the partitions in a migration',
  },
  { name: 'hypopg', uses: /\bhypopg_\w+/i, wayOut: 'leave it out' },
  { name: 'index_advisor', uses: /\bindex_advisor\s*\(/i, wayOut: 'leave it out' },
  { name: 'pgaudit', wayOut: 'leave it out' },
  { name: 'pg_stat_monitor', wayOut: 'pg_stat_statements is there' },
  { name: 'plpgsql_check', uses: /\bplpgsql_check_\w+/i, wayOut: 'leave it out' },
  { name: 'pg_repack', wayOut: 'use VACUUM FULL or REPACK' },
  { name: 'pg_tle', uses: memberOf('pgtle'), wayOut: 'write the objects into a migration' },
  { name: 'supabase-dbdev', uses: memberOf('dbdev'), wayOut: 'write the objects into a migration' },
  { name: 'address_standardizer', uses: /\bstandardize_address\s*\(/i, wayOut: 'standardise in the application' },
  {
    name: 'postgis_topology',
    uses: memberOf('topology'),
    schema: 'topology',
    wayOut: 'there is no stand-in for topologies',
  },
  { name: 'postgis_tiger_geocoder', uses: memberOf('tiger'), schema: 'tiger', wayOut: 'geocode in the application' },
  { name: 'postgis_raster', uses: /\braster\b/i, wayOut: 'there is no stand-in for rasters' },
  { name: 'postgis_sfcgal', uses: /\bcg_\w+\s*\(/i, wayOut: 'there is no stand-in for solids' },
];

/** What replaces a small part of an extension, so that projects that need no more than that start. */
export interface StandIn {
  readonly name: string;
  readonly file: string;
  /** What it can and cannot do, for the warning. */
  readonly does: string;
}

export const STAND_INS: readonly StandIn[] = [
  {
    name: 'postgis',
    file: 'postgis.sql',
    does:
      'geometries are stored as text (points, lines, polygons and their collections, as WKT, EWKT or GeoJSON) and read as GeoJSON; ' +
      'there are no spatial operators, indexes or measurements',
  },
  { name: 'pgjwt', file: 'pgjwt.sql', does: 'sign() and verify() for HS256, HS384 and HS512, made with pgcrypto' },
];
