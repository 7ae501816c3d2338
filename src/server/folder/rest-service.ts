import type { RequestListener } from 'node:http';
import { postgrestEnvironment } from '#kernel/config.ts';
import type { Logger } from '#kernel/log.ts';
import type { ConnectionTarget, Database } from '#kernel/postgres/database.ts';
import { createNodeListener, readDataApiSettings } from '#services/data-api/api.ts';
import type { FolderConfig, ProjectKeys } from '#services/project-folder/api.ts';
import { RunningApi, startError } from '../data-api/running-api.ts';

export interface RestOptions {
  readonly config: FolderConfig['api'];
  readonly keys: ProjectKeys;
  readonly database: Database;
  readonly login: ConnectionTarget;
  readonly log: Logger;
  /** Where the server is found, for OpenAPI. */
  listening(): { host: string; port: number };
}

export interface RestService {
  readonly listener: RequestListener;
  close(): Promise<void>;
}

/** The data API of a folder, under /rest/v1: PostgREST's settings as the Supabase CLI sets them, and those in the database. */
export async function openRestService(options: RestOptions): Promise<RestService> {
  const { database, login, log, listening } = options;
  const environment = { variables: variablesOf(options), lookup: postgrestEnvironment().lookup };
  const settings = readDataApiSettings(environment, undefined);
  const api = new RunningApi({ environment, database, target: login, log, listening }, settings);
  await api.open().catch((error: unknown) => {
    throw startError(error);
  });
  return { listener: createNodeListener(api, { prefix: '/rest/v1' }), close: () => api.close() };
}

function variablesOf({ config, keys }: RestOptions): Record<string, string> {
  return {
    PGRST_DB_SCHEMAS: config.schemas.join(','),
    PGRST_DB_EXTRA_SEARCH_PATH: config.extraSearchPath.join(','),
    PGRST_DB_MAX_ROWS: String(config.maxRows),
    PGRST_DB_ANON_ROLE: 'anon',
    PGRST_JWT_SECRET: keys.verificationKeys,
    PGRST_APP_SETTINGS_JWT_SECRET: keys.jwtSecret,
  };
}
