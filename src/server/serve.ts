import type { FastifyInstance } from 'fastify';
import type { Config } from '#kernel/config.ts';
import { mountProject, mountWeb } from '#kernel/http/server.ts';
import type { Logger } from '#kernel/log.ts';
import { openSecrets } from '#kernel/secrets.ts';
import { type ProjectKeys, projectKeys } from '#services/project-folder/api.ts';
import { listenOn } from './listen.ts';
import type { OpenProject } from './open-project.ts';
import { createProjectApp } from './project-app.ts';

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
  const { project, services, login, events } = open;
  const { app, tokens } = await createProjectApp(
    { config, log, project, events, login, keys, api: PRODUCT_API },
    running,
  );
  mountProject(app, { project, services, product: open.product, tokens });
  if (open.product.web) mountWeb(app, web);
  await listenOn(app, config);
  return app;
}
