import { type DataApiConfig, DEFAULT_CONFIG } from '../config.ts';
import { ConfigError } from './config-file.ts';
import { requireSecret } from './jwt-secret.ts';
import { parseProxyUri } from './proxy-uri.ts';
import { appSettings, createReader, type Reader, type Sources } from './sources.ts';

/** Everything that is configured: what the data API is given, and what its server and its connections need. */
export interface DataApiSettings {
  readonly api: DataApiConfig;
  readonly server: ServerSettings;
  readonly database: DatabaseSettings;
  readonly jwtCacheMaxEntries: number;
  readonly logQuery: boolean;
  /** Values that were none, one sentence each. */
  readonly warnings: readonly string[];
}

export interface ServerSettings {
  /** An address, or `*`, `*4`, `!4`, `*6`, `!6`. */
  readonly host: string;
  readonly port: number;
  readonly unixSocket?: string;
  /** Octal, e.g. `660`. */
  readonly unixSocketMode: string;
  readonly adminHost: string;
  /** Absent: there is no admin server. */
  readonly adminPort?: number;
}

/** Read at the start only. */
export interface DatabaseSettings {
  /** As configured: an address, libpq's `key=value` pairs, or `@file`. */
  readonly uri: string;
  /** Whether settings in the database count. */
  readonly dbConfig: boolean;
  /** Function that is run before the settings in the database are read. */
  readonly dbPreConfig?: string;
  /** Seconds. */
  readonly poolAcquisitionTimeout: number;
  readonly poolMaxLifetime: number;
  readonly poolMaxIdletime: number;
  readonly poolAutomaticRecovery: boolean;
}

const TX_ENDS = ['commit', 'commit-allow-override', 'rollback', 'rollback-allow-override'] as const;
const OPENAPI_MODES = ['follow-privileges', 'ignore-privileges', 'disabled'] as const;
const LOG_LEVELS = ['crit', 'error', 'warn', 'info', 'debug'] as const;
const STEP = String.raw`\.(?:"[^"]*"|[\w$@-]+)(?:\[\d+\])*`;
const FILTER = String.raw`\[\?\(\s*@\s*(?:==|!=|\^==|==\^|\*==)\s*"[^"]*"\s*\)\]`;
const ROLE_CLAIM_KEY = new RegExp(`^(?:${STEP})+(?:${FILTER})?$`);

/** Throws `ConfigError` with PostgREST's words. `readFile` serves `jwt-secret = "@path"`. */
export function readSettings(sources: Sources, readFile: (path: string) => string): DataApiSettings {
  const from = createReader(sources);
  const server = serverSettings(from);
  return Object.freeze({
    api: apiConfig(from, sources, readFile),
    server,
    database: databaseSettings(from),
    jwtCacheMaxEntries: from.integer('jwt-cache-max-entries') ?? 1000,
    logQuery: from.boolean('log-query') ?? false,
    warnings: from.warnings,
  });
}

function apiConfig(from: Reader, sources: Sources, readFile: (path: string) => string): DataApiConfig {
  const d = DEFAULT_CONFIG;
  const jwtSecretIsBase64 = from.boolean('jwt-secret-is-base64') ?? d.jwtSecretIsBase64;
  const proxyUri = from.text('openapi-server-proxy-uri');
  if (proxyUri !== undefined) parseProxyUri(proxyUri);
  return Object.freeze({
    dbSchemas: schemas(from) ?? d.dbSchemas,
    dbAnonRole: from.text('db-anon-role'),
    dbPreRequest: from.text('db-pre-request'),
    dbTxEnd: choice(from, 'db-tx-end', TX_ENDS, 'transaction termination') ?? d.dbTxEnd,
    dbMaxRows: from.integer('db-max-rows'),
    dbExtraSearchPath: from.list('db-extra-search-path')?.filter(Boolean) ?? d.dbExtraSearchPath,
    dbAggregatesEnabled: from.boolean('db-aggregates-enabled') ?? d.dbAggregatesEnabled,
    dbPlanEnabled: from.boolean('db-plan-enabled') ?? d.dbPlanEnabled,
    dbRootSpec: from.text('db-root-spec'),
    dbHoistedTxSettings: from.list('db-hoisted-tx-settings')?.filter(Boolean) ?? d.dbHoistedTxSettings,
    jwtSecret: requireSecret(from.text('jwt-secret'), jwtSecretIsBase64, readFile),
    jwtSecretIsBase64,
    jwtAud: audience(from.text('jwt-aud')),
    jwtRoleClaimKey: roleClaimKey(from.text('jwt-role-claim-key')) ?? d.jwtRoleClaimKey,
    openapiMode: openapiMode(from.text('openapi-mode')) ?? d.openapiMode,
    openapiServerProxyUri: proxyUri,
    openapiSecurityActive: from.boolean('openapi-security-active') ?? d.openapiSecurityActive,
    serverCorsAllowedOrigins: origins(from),
    serverTimingEnabled: from.boolean('server-timing-enabled') ?? d.serverTimingEnabled,
    serverTraceHeader: from.text('server-trace-header'),
    appSettings: appSettings(sources),
    logLevel: choice(from, 'log-level', LOG_LEVELS, 'logging level') ?? d.logLevel,
    dbChannel: (from.boolean('db-channel-enabled') ?? true) ? (from.text('db-channel') ?? d.dbChannel) : undefined,
    dbPool: Math.max(1, from.integer('db-pool') ?? d.dbPool),
    dbPreparedStatements: from.boolean('db-prepared-statements') ?? d.dbPreparedStatements,
  });
}

function serverSettings(from: Reader): ServerSettings {
  const port = from.integer('server-port') ?? 3000;
  const adminPort = from.integer('admin-server-port');
  if (adminPort === port && port !== 0) throw new ConfigError('admin-server-port cannot be the same as server-port');
  return {
    host: from.text('server-host') ?? '!4',
    port,
    unixSocket: from.text('server-unix-socket'),
    unixSocketMode: socketMode(from.text('server-unix-socket-mode')),
    adminHost: from.text('admin-server-host') ?? '!4',
    adminPort,
  };
}

function databaseSettings(from: Reader): DatabaseSettings {
  return {
    uri: from.text('db-uri') ?? 'postgresql://',
    dbConfig: from.boolean('db-config') ?? true,
    dbPreConfig: from.text('db-pre-config'),
    poolAcquisitionTimeout: from.integer('db-pool-acquisition-timeout') ?? 10,
    poolMaxLifetime: from.integer('db-pool-max-lifetime') ?? 1800,
    poolMaxIdletime: from.integer('db-pool-max-idletime') ?? 30,
    poolAutomaticRecovery: from.boolean('db-pool-automatic-recovery') ?? true,
  };
}

function schemas(from: Reader): readonly string[] | undefined {
  const named = from.list('db-schemas');
  if (named === undefined) return undefined;
  const filled = named.filter(Boolean);
  return filled.length > 0 ? filled : undefined;
}

function origins(from: Reader): readonly string[] | undefined {
  const named = from.list('server-cors-allowed-origins')?.filter(Boolean);
  return named && named.length > 0 ? named : undefined;
}

function choice<T extends string>(from: Reader, name: string, right: readonly T[], what: string): T | undefined {
  const text = from.text(name);
  if (text === undefined || right.includes(text as T)) return text as T | undefined;
  throw new ConfigError(`Invalid ${what}. Check your configuration.`);
}

function openapiMode(text: string | undefined): DataApiConfig['openapiMode'] | undefined {
  if (text === undefined || OPENAPI_MODES.includes(text as DataApiConfig['openapiMode']))
    return text as DataApiConfig['openapiMode'] | undefined;
  throw new ConfigError('Invalid openapi-mode. Check your configuration.');
}

/** RFC 7519's StringOrURI: what has a colon is a URI. */
function audience(text: string | undefined): string | undefined {
  if (text === undefined || !text.includes(':') || URL.canParse(text)) return text;
  throw new ConfigError('Invalid Jwt audience. Check your configuration.');
}

function roleClaimKey(text: string | undefined): string | undefined {
  if (text === undefined || ROLE_CLAIM_KEY.test(text)) return text;
  throw new ConfigError(`failed to parse role-claim-key value (${JSON.stringify(text)})`);
}

function socketMode(text = '660'): string {
  if (!/^[0-7]+$/.test(text)) throw new ConfigError('Invalid server-unix-socket-mode: not an octal');
  const mode = Number.parseInt(text, 8);
  if (mode < 0o600 || mode > 0o777)
    throw new ConfigError('Invalid server-unix-socket-mode: needs to be between 600 and 777');
  return text;
}
