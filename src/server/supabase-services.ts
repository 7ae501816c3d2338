import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '#kernel/config.ts';
import type { ConnectionTarget, Database } from '#kernel/postgres/database.ts';
import type { Project } from '#kernel/product.ts';
import type { Tokens } from '#kernel/tokens.ts';
import { type FunctionHandler, type FunctionSettings, openFunctions } from '#services/functions/api.ts';
import type { ConfigTable, FolderConfig, GatewayService, ProjectKeys } from '#services/project-folder/api.ts';
import { openStorage, storageSettings } from '#services/storage/api.ts';
import { openRestService } from './folder/rest-service.ts';

/** What a project, product or folder, brings to the services. */
export interface ServiceSettings {
  readonly api: FolderConfig['api'];
  /** config.toml, or an empty table. */
  readonly table: ConfigTable;
  readonly functions: readonly FunctionSettings[];
  readonly handlers?: Readonly<Record<string, FunctionHandler>>;
}

export interface ServicesOptions {
  readonly config: Config;
  readonly project: Project;
  readonly keys: ProjectKeys;
  readonly tokens: Tokens;
  /** What sessions log in as. */
  readonly login: ConnectionTarget;
  readonly owner: ConnectionTarget;
  readonly serviceSessions: Database;
  readonly settings: ServiceSettings;
  /** Where the server listens; read when needed. */
  listening(): { host: string; port: number };
}

export interface OpenServices {
  readonly byPrefix: Readonly<Record<string, GatewayService>>;
  /** One sentence each. */
  readonly warnings: readonly string[];
}

/** Opens those of Supabase's services that the project has not switched off; `running` closes them. */
export async function openServices(options: ServicesOptions, running: AsyncDisposableStack): Promise<OpenServices> {
  const { config, project, keys, tokens, login, owner, serviceSessions, settings, listening } = options;
  const { database, log, dataFolder, name } = project;
  const { api, table, functions, handlers } = settings;
  const publicUrl = () => config.publicUrl ?? table.text('api.external_url') ?? addressAt(listening());
  const byPrefix: Record<string, GatewayService> = {};
  const serve = (prefix: string, service: GatewayService & { close(): Promise<void> }) => {
    byPrefix[prefix] = running.adopt(service, (it) => it.close());
  };

  if (api.enabled) serve('/rest/v1', await openRestService({ config: api, keys, database, login, log, listening }));
  if (table.flag('storage.enabled', true)) {
    const signingSecret = createHmac('sha256', keys.jwtSecret).update('storage').digest('hex');
    const folder = join(dataFolder, name, 'storage');
    const storage = await openStorage({
      services: serviceSessions,
      verify: tokens.verify,
      folder,
      settings: storageSettings(table),
      signingSecret,
      publicUrl,
      anonKey: keys.anonKey,
      log,
    });
    serve('/storage/v1', storage);
  }
  const environment = () => functionEnvironment(publicUrl(), keys, owner);
  const scripts = openFunctions({
    functions,
    handlers,
    environment,
    verify: tokens.verify,
    log,
    watch: config.mode === 'development',
  });
  if (functions.length > 0 || handlers) serve('/functions/v1', scripts);
  return { byPrefix, warnings: scripts.warnings };
}

function addressAt({ host, port }: { host: string; port: number }): string {
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}

/** What Supabase gives every function. */
function functionEnvironment(url: string, keys: ProjectKeys, owner: ConnectionTarget): Record<string, string> {
  const { user, password, host, port, database } = owner;
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const at = host.startsWith('/')
    ? `/${database}?host=${encodeURIComponent(host)}&port=${port}`
    : `${host}:${port}/${database}`;
  return {
    SUPABASE_URL: url,
    SUPABASE_ANON_KEY: keys.anonKey,
    SUPABASE_SERVICE_ROLE_KEY: keys.serviceRoleKey,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secretKey }),
    SUPABASE_DB_URL: `postgresql://${login}@${at}`,
    SB_REGION: 'local',
  };
}
