import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Config } from '#kernel/config.ts';
import type { Events } from '#kernel/events.ts';
import { createServer, stopServer } from '#kernel/http/server.ts';
import type { Logger } from '#kernel/log.ts';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import type { Project } from '#kernel/product.ts';
import { createTokens, type Tokens } from '#kernel/tokens.ts';
import { mountOperations } from '#services/operations/api.ts';
import { type FolderConfig, mountGateway, type ProjectKeys } from '#services/project-folder/api.ts';
import { openRestService } from './folder/rest-service.ts';

export interface ProjectAppOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly project: Project;
  readonly events: Events;
  /** What sessions log in as. */
  readonly login: ConnectionTarget;
  readonly keys: ProjectKeys;
  readonly api: FolderConfig['api'];
}

export interface ProjectApp {
  readonly app: FastifyInstance;
  readonly tokens: Tokens;
  /** Prefixes of Supabase's services that nobody serves. */
  readonly missing: readonly string[];
}

/** The server of a project, product or folder: what operators look at, and Supabase's services behind the gateway. Not listening yet. */
export async function createProjectApp(options: ProjectAppOptions, running: AsyncDisposableStack): Promise<ProjectApp> {
  const { config, log, project, events, login, keys, api } = options;
  const { database } = project;
  const app = createServer({ config, log, events });
  const listening = () => ({
    host: config.host,
    port: (app.server.address() as AddressInfo | null)?.port ?? config.port,
  });
  const rest = api.enabled
    ? await openRestService({ config: api, keys, database, login, log: project.log, listening })
    : undefined;
  if (rest) running.adopt(rest, (it) => it.close());
  running.adopt(app, async (it) => {
    await stopServer(it);
  });
  const tokens = await createTokens(keys);
  mountOperations(app, { project, events, tokens });
  const services = { ...(rest && { '/rest/v1': rest }) };
  const missing = mountGateway(app, { keys, production: config.mode === 'production', services });
  return { app, tokens, missing };
}
