/** Settings of one data API under PostgREST's own names, in camel case. Read from environment, file and database in config/. */
export interface DataApiConfig {
  /** Schemas exposed, the first one being the default. At least one. */
  readonly dbSchemas: readonly string[];
  /** Role of requests without a token; absent: such requests are refused with PGRST302. */
  readonly dbAnonRole?: string;
  /** Function run before every request, as written: `name` or `schema.name`. */
  readonly dbPreRequest?: string;
  readonly dbTxEnd: 'commit' | 'commit-allow-override' | 'rollback' | 'rollback-allow-override';
  /** Most rows a read returns; absent: no limit. */
  readonly dbMaxRows?: number;
  /** Schemas behind the exposed one on the search_path. */
  readonly dbExtraSearchPath: readonly string[];
  readonly dbAggregatesEnabled: boolean;
  readonly dbPlanEnabled: boolean;
  /** Function that answers the root path instead of OpenAPI. */
  readonly dbRootSpec?: string;
  /** Settings of functions that become settings of the transaction. */
  readonly dbHoistedTxSettings: readonly string[];
  /** The secret, a JWK or a JWK set, as text. */
  readonly jwtSecret?: string;
  readonly jwtSecretIsBase64: boolean;
  readonly jwtAud?: string;
  /** Path into the claims, e.g. `.role` or `."https://x.com/roles"[0]`. */
  readonly jwtRoleClaimKey: string;
  readonly openapiMode: 'follow-privileges' | 'ignore-privileges' | 'disabled';
  readonly openapiServerProxyUri?: string;
  readonly openapiSecurityActive: boolean;
  /** Absent: any origin. */
  readonly serverCorsAllowedOrigins?: readonly string[];
  readonly serverTimingEnabled: boolean;
  /** Header copied from request to response. */
  readonly serverTraceHeader?: string;
  /** `app.settings.*`, set for every transaction; the keys without the prefix. */
  readonly appSettings: Readonly<Record<string, string>>;
  readonly logLevel: 'crit' | 'error' | 'warn' | 'info' | 'debug';
  /** Channel for `reload schema` and `reload config`; absent: none is listened to. */
  readonly dbChannel?: string;
  readonly dbPool: number;
  readonly dbPreparedStatements: boolean;
}

/** PostgREST's own defaults, of which `dbSchemas` is `public`. */
export const DEFAULT_CONFIG: DataApiConfig = Object.freeze({
  dbSchemas: ['public'],
  dbTxEnd: 'commit',
  dbExtraSearchPath: ['public'],
  dbAggregatesEnabled: false,
  dbPlanEnabled: false,
  dbHoistedTxSettings: ['statement_timeout', 'plan_filter.statement_cost_limit', 'default_transaction_isolation'],
  jwtSecretIsBase64: false,
  jwtRoleClaimKey: '.role',
  openapiMode: 'follow-privileges',
  openapiSecurityActive: false,
  serverTimingEnabled: false,
  appSettings: {},
  logLevel: 'error',
  dbChannel: 'pgrst',
  dbPool: 10,
  dbPreparedStatements: true,
} as const);
