import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '#kernel/config.ts';
import type { Events } from '#kernel/events.ts';
import { createServer, stopServer } from '#kernel/http/server.ts';
import type { Logger } from '#kernel/log.ts';
import type { ConnectionTarget, Database } from '#kernel/postgres/database.ts';
import type { Platform, Project } from '#kernel/product.ts';
import { createTokens, type Tokens } from '#kernel/tokens.ts';
import { mountOperations } from '#services/operations/api.ts';
import { mountGateway, type ProjectKeys } from '#services/project-folder/api.ts';
import { registerRealtime } from './realtime-metrics.ts';
import { openServices, type ServiceSettings } from './supabase-services.ts';

export interface ProjectAppOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly project: Project;
  readonly events: Events;
  /** What sessions log in as. */
  readonly login: ConnectionTarget;
  readonly owner: ConnectionTarget;
  readonly serviceSessions: Database;
  readonly keys: ProjectKeys;
  readonly settings: ServiceSettings;
}

export interface ProjectApp {
  readonly app: FastifyInstance;
  readonly tokens: Tokens;
  readonly platform: Partial<Platform>;
  /** Prefixes of Supabase's services that nobody serves. */
  readonly missing: readonly string[];
  /** What the services had to say, one sentence each. */
  readonly warnings: readonly string[];
}

/** The server of a project, product or folder: what operators look at, and Supabase's services behind the gateway. Not listening yet. */
export async function createProjectApp(options: ProjectAppOptions, running: AsyncDisposableStack): Promise<ProjectApp> {
  const { config, log, project, events, keys } = options;
  const app = createServer({ config, log, events });
  const listening = () => ({
    host: config.host,
    port: (app.server.address() as AddressInfo | null)?.port ?? config.port,
  });
  const tokens = await createTokens(keys);
  const services = await openServices({ ...options, tokens, listening }, running);
  running.adopt(app, async (it) => {
    await stopServer(it);
  });
  const { registry } = mountOperations(app, { project, events, tokens });
  if (services.realtimeMetrics) registerRealtime(registry, services.realtimeMetrics);
  const production = config.mode === 'production';
  const missing = mountGateway(app, { keys, production, services: services.byPrefix });
  if (services.inbox) mountInbox(app, services.inbox);
  return { app, tokens, platform: { ...services.platform, events }, missing, warnings: services.warnings };
}

/** `/inbox` of development. Pages of other origins may not read it: links in mails let whoever has them in. */
function mountInbox(app: FastifyInstance, inbox: RequestListener): void {
  const handler = (request: FastifyRequest, reply: FastifyReply) => {
    reply.hijack();
    inbox(request.raw, reply.raw);
  };
  app.register(async (scope) => {
    for (const url of ['/inbox', '/inbox/*'])
      scope.route({ method: ['GET', 'DELETE'], url, schema: { hide: true }, handler });
  });
}
