import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Config } from '#kernel/config.ts';
import { createServer, mountProject, mountWeb, stopServer } from '#kernel/http/server.ts';
import type { Logger } from '#kernel/log.ts';
import { openSecrets } from '#kernel/secrets.ts';
import { createTokens } from '#kernel/tokens.ts';
import { mountOperations } from '#services/operations/api.ts';
import { mountGateway, type ProjectKeys, projectKeys } from '#services/project-folder/api.ts';
import { openRestService } from './folder/rest-service.ts';
import { listenOn } from './listen.ts';
import type { OpenProject } from './open-project.ts';

/** What a product's /rest/v1 shows, with the limits that Supabase sets. */
const PRODUCT_API = { enabled: true, schemas: ['public'], extraSearchPath: ['public', 'extensions'], maxRows: 1000 };

/** Keys of a product's project, from the secret of the environment or of the data folder. */
export function keysOf(config: Config): ProjectKeys {
  const secret = config.jwtSecret ?? openSecrets(config.dataFolder, config.mode).obtain('jwtSecret');
  return projectKeys({}, '', secret);
}

export interface Serving {
  readonly config: Config;
  readonly log: Logger;
  readonly open: OpenProject<unknown>;
  readonly keys: ProjectKeys;
  /** Folder of the built pages. */
  readonly web: string;
}

/** The product's address: its API, its pages, the data API and what operators look at. Listening when it resolves; `running` undoes it. */
export async function serve(serving: Serving, running: AsyncDisposableStack): Promise<FastifyInstance> {
  const { config, log, open, keys, web } = serving;
  const { project, services, login } = open;
  const app = createServer({ config, log, events: open.events });
  const listening = () => ({
    host: config.host,
    port: (app.server.address() as AddressInfo | null)?.port ?? config.port,
  });
  const { database } = project;
  const rest = await openRestService({ config: PRODUCT_API, keys, database, login, log: project.log, listening });
  running.adopt(rest, (it) => it.close());
  running.adopt(app, async (it) => {
    await stopServer(it);
  });
  const tokens = await createTokens({ jwtSecret: keys.jwtSecret });
  mountOperations(app, { project, events: open.events, tokens });
  mountGateway(app, { keys, production: config.mode === 'production', services: { '/rest/v1': rest.listener } });
  mountProject(app, { project, services, product: open.product, tokens });
  if (open.product.web) mountWeb(app, web);
  await listenOn(app, config);
  return app;
}
