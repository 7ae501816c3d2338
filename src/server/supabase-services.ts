import type { RequestListener } from 'node:http';
import { type Config, DEVELOPMENT_JWT_SECRET } from '#kernel/config.ts';
import type { ConnectionTarget, Database } from '#kernel/postgres/database.ts';
import type { AccountRules, Platform, Project } from '#kernel/product.ts';
import type { Tokens } from '#kernel/tokens.ts';
import { type Auth, type AuthSettings, authSettings, openAuth } from '#services/auth/api.ts';
import { type FunctionHandler, type FunctionSettings, type Functions, openFunctions } from '#services/functions/api.ts';
import type { ConfigTable, FolderConfig, GatewayService, ProjectKeys } from '#services/project-folder/api.ts';
import { openRealtime, type Realtime, type RealtimeMetrics, tokenVerifier } from '#services/realtime/api.ts';
import { openStorage, type Storage, storageSettings } from '#services/storage/api.ts';
import { configuredBlobs, storageFolder, storageSecret } from './blob-location.ts';
import { openRestService } from './folder/rest-service.ts';

/** What a project, product or folder, brings to the services. */
export interface ServiceSettings {
  readonly api: FolderConfig['api'];
  /** config.toml, or an empty table. */
  readonly table: ConfigTable;
  /** Where paths in it start: the project's folder and its `supabase/`. */
  readonly folders?: readonly string[];
  readonly functions: readonly FunctionSettings[];
  readonly handlers?: Readonly<Record<string, FunctionHandler>>;
  /** A person's newest sessions that are kept; all when absent. */
  readonly keptSessions?: number;
  /** Sign-ups that answer without a session, by their data. */
  readonly signUpWithoutSession?: (data: Readonly<Record<string, unknown>>) => boolean;
  readonly roleBeforeSecondFactor?: string;
  /** Over what the table says, and live. */
  readonly accountRules?: AccountRules;
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
  /** Development's page with mails and texts, when auth runs and nothing is sent out. */
  readonly inbox?: RequestListener;
  readonly realtimeMetrics?: () => RealtimeMetrics;
  /** For the product. */
  readonly platform: Partial<Platform>;
  /** One sentence each. */
  readonly warnings: readonly string[];
}

type Closing = GatewayService & { close(): Promise<void> };

/** Opens those of Supabase's services that the project has not switched off; `running` closes them. */
export async function openServices(options: ServicesOptions, running: AsyncDisposableStack): Promise<OpenServices> {
  const { config, project, keys, login, settings, listening } = options;
  const { database, log } = project;
  const { api, table } = settings;
  const publicUrl = () => config.publicUrl ?? table.text('api.external_url') ?? addressAt(listening());
  const byPrefix: Record<string, GatewayService> = {};
  const serve = (prefix: string, service: Closing) => {
    byPrefix[prefix] = running.adopt(service, (it) => it.close());
  };
  if (api.enabled) serve('/rest/v1', await openRestService({ config: api, keys, database, login, log, listening }));
  const auth = table.flag('auth.enabled', true) ? authOf(options, publicUrl) : undefined;
  if (auth) serve('/auth/v1', auth);
  const realtime = table.flag('realtime.enabled', true) ? await realtimeOf(options) : undefined;
  if (realtime) serve('/realtime/v1', realtime);
  const storage = table.flag('storage.enabled', true) ? await storageOf(options, publicUrl) : undefined;
  if (storage) serve('/storage/v1', storage);
  const functions = await functionsService(options, publicUrl);
  if (settings.functions.length > 0 || settings.handlers) serve('/functions/v1', functions);
  return {
    byPrefix,
    inbox: auth?.inbox?.listener,
    realtimeMetrics: realtime?.metrics,
    platform: {
      accounts: auth?.accounts,
      adminToken: keys.serviceRoleKey,
      files: storage?.files,
      realtime: realtime?.metrics,
    },
    warnings: functions.warnings,
  };
}

type Address = () => string;

function authOf({ config, project, keys, serviceSessions, settings }: ServicesOptions, publicUrl: Address): Auth {
  const production = config.mode === 'production';
  const external = { externalUrl: () => `${publicUrl()}/auth/v1`, production, folders: settings.folders };
  const said = authSettings(settings.table, external);
  const sessions = { ...said.sessions, maximum: settings.keptSessions };
  return openAuth({
    services: serviceSessions,
    settings: ruled(
      {
        ...said,
        sessions,
        signUpWithoutSession: settings.signUpWithoutSession,
        roleBeforeSecondFactor: settings.roleBeforeSecondFactor,
      },
      settings.accountRules,
    ),
    keys,
    log: project.log,
  });
}

/** Settings whose rules are asked for at every reading, so that a change holds from the next request on. */
function ruled(settings: AuthSettings, rules: AccountRules | undefined): AuthSettings {
  if (!rules) return settings;
  const { email, sessions, enableSignup } = settings;
  return {
    ...settings,
    get enableSignup() {
      return enableSignup && rules.signUps;
    },
    email: {
      ...email,
      get enableConfirmations() {
        return email.enableConfirmations || rules.confirmEmail;
      },
    },
    sessions: {
      ...sessions,
      get inactivityTimeout() {
        return rules.idleMinutes === null ? sessions.inactivityTimeout : rules.idleMinutes * 60;
      },
    },
  };
}

async function realtimeOf({ config, project, keys, owner, serviceSessions }: ServicesOptions) {
  const { database, log } = project;
  const verify = tokenVerifier(keys);
  const realtime = await openRealtime({ services: serviceSessions, database, owner, verify, busUrl: config.bus, log });
  return {
    listener: realtime.listener,
    metrics: () => realtime.metrics(),
    upgrade: (...socket: Parameters<Realtime['upgrade']>) => realtime.upgrade(...socket),
    disconnect: () => realtime.disconnect(),
    close: () => realtime.close(),
  };
}

function storageOf(options: ServicesOptions, publicUrl: Address): Promise<Storage> {
  const { config, project, keys, tokens, serviceSessions, settings } = options;
  return openStorage({
    services: serviceSessions,
    verify: tokens.verify,
    folder: storageFolder(project.dataFolder, project.name),
    blobs: configuredBlobs(config, project.name),
    settings: storageSettings(settings.table),
    signingSecret: storageSecret(keys.jwtSecret),
    seedFolder: settings.folders?.[1],
    publicUrl,
    anonKey: keys.anonKey,
    publishedKeys: keys.jwtSecret === DEVELOPMENT_JWT_SECRET,
    log: project.log,
  });
}

function functionsService(options: ServicesOptions, publicUrl: Address): Promise<Functions> {
  const { config, project, keys, tokens, owner, settings } = options;
  return openFunctions({
    functions: settings.functions,
    handlers: settings.handlers,
    environment: () => functionEnvironment(publicUrl(), keys, owner),
    verify: tokens.verify,
    log: project.log,
    watch: config.mode === 'development',
  });
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
