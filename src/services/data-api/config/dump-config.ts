import type { DataApiSettings } from './settings.ts';

type Value = string | number | boolean | readonly string[] | undefined;

/** The settings in effect as a configuration file, secrets included: what `--dump-config` and the admin server's `/config` print. */
export function dumpConfig(settings: DataApiSettings): string {
  const named = Object.entries(values(settings)).map(([name, value]) => `${name} = ${shown(value)}\n`);
  const app = Object.entries(settings.api.appSettings).map(
    ([name, value]) => `app.settings.${name} = ${quoted(value)}\n`,
  );
  return [...named, ...app].join('');
}

function values({ api, server, database, jwtCacheMaxEntries, logQuery }: DataApiSettings): Record<string, Value> {
  return {
    'db-aggregates-enabled': api.dbAggregatesEnabled,
    'db-anon-role': api.dbAnonRole,
    'db-channel': api.dbChannel ?? 'pgrst',
    'db-channel-enabled': api.dbChannel !== undefined,
    'db-extra-search-path': api.dbExtraSearchPath,
    'db-hoisted-tx-settings': api.dbHoistedTxSettings,
    'db-max-rows': api.dbMaxRows,
    'db-plan-enabled': api.dbPlanEnabled,
    'db-pool': api.dbPool,
    'db-pool-acquisition-timeout': database.poolAcquisitionTimeout,
    'db-pool-max-lifetime': database.poolMaxLifetime,
    'db-pool-max-idletime': database.poolMaxIdletime,
    'db-pool-automatic-recovery': database.poolAutomaticRecovery,
    'db-pre-request': api.dbPreRequest,
    'db-prepared-statements': api.dbPreparedStatements,
    'db-root-spec': api.dbRootSpec,
    'db-schemas': api.dbSchemas,
    'db-config': database.dbConfig,
    'db-pre-config': database.dbPreConfig,
    'db-tx-end': api.dbTxEnd,
    'db-uri': database.uri,
    'jwt-aud': api.jwtAud,
    'jwt-role-claim-key': api.jwtRoleClaimKey,
    'jwt-secret': api.jwtSecret,
    'jwt-secret-is-base64': api.jwtSecretIsBase64,
    'jwt-cache-max-entries': jwtCacheMaxEntries,
    'log-level': api.logLevel,
    'log-query': logQuery,
    'openapi-mode': api.openapiMode,
    'openapi-security-active': api.openapiSecurityActive,
    'openapi-server-proxy-uri': api.openapiServerProxyUri,
    'server-cors-allowed-origins': api.serverCorsAllowedOrigins,
    'server-host': server.host,
    'server-port': server.port,
    'server-trace-header': api.serverTraceHeader,
    'server-timing-enabled': api.serverTimingEnabled,
    'server-unix-socket': server.unixSocket,
    'server-unix-socket-mode': server.unixSocketMode,
    'admin-server-host': server.adminHost,
    'admin-server-port': server.adminPort,
  };
}

function shown(value: Value): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return quoted(typeof value === 'string' ? value : (value ?? []).join(','));
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
