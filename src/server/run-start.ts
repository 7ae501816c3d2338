import { once } from 'node:events';
import { join } from 'node:path';
import type { Config } from '#kernel/config.ts';
import { startJobs } from '#kernel/jobs/runner.ts';
import { createLog, type Logger } from '#kernel/log.ts';
import { claimFolder } from '#kernel/postgres/cluster.ts';
import type { CommandOutput } from '#kernel/product.ts';
import type { ProjectKeys } from '#services/project-folder/api.ts';
import { builtWeb } from './build-web.ts';
import { addressOf, withPort } from './listen.ts';
import { openProject, openServer } from './open-project.ts';
import { interruption, settle } from './options.ts';
import { PRODUCTS } from './products.ts';
import { releaseMemory } from './release-memory.ts';
import { keysOf, serve } from './serve.ts';
import { quiet, type StartOptions, secondsSince } from './start-options.ts';

/** The first product, until a signal says stop. */
export async function runStart(options: StartOptions): Promise<void> {
  const { config: asked, output } = settle(options);
  const config = await withPort(asked);
  const log = createLog(quiet(config.logLevel) ? 'warn' : config.logLevel);
  const began = performance.now();
  await using running = new AsyncDisposableStack();
  const stop = interruption();
  const started = await start({ config, log, output, stop }, running).catch((error) => {
    if (!stop.aborted) throw error;
    log.debug({ err: error }, 'stopped while starting');
  });
  if (!started) {
    output.note('Stopped before it was ready.');
    return;
  }
  const { url, keys } = started;
  const { anonKey, serviceRoleKey, publishableKey, secretKey } = keys;
  releaseMemory();
  output.result(
    { url, pid: process.pid, anonKey, serviceRoleKey, publishableKey, secretKey },
    () =>
      `\n  Freehold is ready after ${secondsSince(began)} s: ${url}\n  publishable key: ${publishableKey}\n  ${whereLogsGo(config)}\n  Ctrl-C stops it.\n`,
  );
  if (!stop.aborted) await once(stop, 'abort');
  output.note('Stopping ...');
}

interface Started {
  readonly url: string;
  readonly keys: ProjectKeys;
}

interface Surroundings {
  readonly config: Config;
  readonly log: Logger;
  readonly output: CommandOutput;
  readonly stop: AbortSignal;
}

/** Everything in the order it depends on each other; `running` undoes it in reverse. Returns the address and keys of the first project. */
async function start({ config, log, output, stop }: Surroundings, running: AsyncDisposableStack): Promise<Started> {
  running.adopt(await claimFolder(config.dataFolder), (claim) => claim.release());
  const web = builtWeb(log);
  const starting = performance.now();
  const server = running.adopt(await openServer(config, log, stop), (it) => it.stop());
  const where = server.embedded ? `running in ${config.dataFolder}` : `connected to ${server.owner.host}`;
  output.note(`Postgres: ${where} (${secondsSince(starting)} s)`);
  const product = PRODUCTS[0]!;
  let files = 0;
  const onMigration = () => {
    files += 1;
  };
  const opening = performance.now();
  const open = running.adopt(await openProject({ config, log, server, product, onMigration }), (it) => it.close());
  const migrated = files === 0 ? 'up to date' : `${files} migrations run`;
  output.note(`Database: "${product.name}" ${migrated} (${secondsSince(opening)} s)`);
  const keys = keysOf(config);
  const app = await serve({ config, log, open, keys, web: await web }, running);
  await product.start?.(open.project, open.services, output, stop);
  const { owner, project, services, events } = open;
  running.adopt(await startJobs({ owner, project, product, services, events, log }), (it) => it.stop());
  return { url: addressOf(app), keys };
}

/** One sentence for whoever looks for what went on before they came. */
function whereLogsGo({ databaseUrl, dataFolder, logLevel }: Config): string {
  const own = `Log lines go to stderr${quiet(logLevel) ? ' (warnings only on a terminal; LOG_LEVEL=debug shows all)' : ''}`;
  return databaseUrl ? `${own}.` : `${own}, those of Postgres to ${join(dataFolder, 'postgres', 'log')}.`;
}
