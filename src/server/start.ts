import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Command } from 'commander';
import type { FastifyInstance } from 'fastify';
import type { Config } from '#kernel/config.ts';
import { OperatorError } from '#kernel/errors.ts';
import { createServer, mountProject, mountWeb, stopServer } from '#kernel/http/server.ts';
import { startJobs } from '#kernel/jobs/runner.ts';
import { createLog, type Logger } from '#kernel/log.ts';
import { claimFolder } from '#kernel/postgres/cluster.ts';
import type { CommandOutput, Product } from '#kernel/product.ts';
import { openSecrets } from '#kernel/secrets.ts';
import { createTokens } from '#kernel/tokens.ts';
import { mountOperations } from '#services/operations/api.ts';
import { builtWeb } from './build-web.ts';
import { type OpenProject, openProject, openServer } from './open-project.ts';
import { type CommonOptions, interruption, settle, withCommonOptions } from './options.ts';
import { PRODUCTS } from './products.ts';

/** `freehold start`: runs until a signal says stop. */
export function startCommand(): Command {
  return withCommonOptions(new Command('start'))
    .description('start the server: Postgres, migrations, market data, first scan, pages; Ctrl-C stops it')
    .argument(
      '[folder]',
      'run the Supabase project in this folder (config.toml, migrations, seed.sql) instead of a product',
    )
    .option('--reset', 'with a folder: drop its database and make it anew')
    .action(async (path: string | undefined, options: StartOptions) => {
      if (path !== undefined) return (await import('./start-folder.ts')).runFolder(path, options);
      if (options.reset) throw new OperatorError('--reset needs a folder', { remedy: 'freehold start FOLDER --reset' });
      const { config, output } = settle(options);
      const log = createLog(quiet(config.logLevel) ? 'warn' : config.logLevel);
      const began = performance.now();
      await using running = new AsyncDisposableStack();
      const stop = interruption();
      const url = await start({ config, log, output, stop }, running).catch((error) => {
        if (!stop.aborted) throw error;
        log.debug({ err: error }, 'stopped while starting');
      });
      if (url === undefined) {
        output.note('Stopped before it was ready.');
        return;
      }
      output.result(
        { url, pid: process.pid },
        () =>
          `\n  Freehold is ready after ${secondsSince(began)} s: ${url}\n  ${whereLogsGo(config)}\n  Ctrl-C stops it.\n`,
      );
      if (!stop.aborted) await once(stop, 'abort');
      output.note('Stopping ...');
    });
}

export interface StartOptions extends CommonOptions {
  readonly reset?: boolean;
}

interface Surroundings {
  readonly config: Config;
  readonly log: Logger;
  readonly output: CommandOutput;
  readonly stop: AbortSignal;
}

/** Everything in the order it depends on each other; `running` undoes it in reverse. Returns the address of the first project. */
async function start({ config, log, output, stop }: Surroundings, running: AsyncDisposableStack): Promise<string> {
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
  const app = running.adopt(await serve(config, log, open, await web), async (it) => {
    await stopServer(it);
  });
  await product.start?.(open.project, open.services, output, stop);
  const { owner, project, services, events } = open;
  running.adopt(await startJobs({ owner, project, product, services, events, log }), (it) => it.stop());
  return addressOf(app);
}

export const secondsSince = (began: number) => ((performance.now() - began) / 1000).toFixed(1);

/** One sentence for whoever looks for what went on before they came. */
function whereLogsGo({ databaseUrl, dataFolder, logLevel }: Config): string {
  const own = `Log lines go to stderr${quiet(logLevel) ? ' (warnings only on a terminal; LOG_LEVEL=debug shows all)' : ''}`;
  return databaseUrl ? `${own}.` : `${own}, those of Postgres to ${join(dataFolder, 'postgres', 'log')}.`;
}

/** A person at a terminal wants the few lines of a start; a log file wants every line. */
export const quiet = (logLevel: string) => process.stderr.isTTY && logLevel === 'info';

async function serve(config: Config, log: Logger, open: OpenProject<unknown>, web: string): Promise<FastifyInstance> {
  const secret = config.jwtSecret ?? openSecrets(config.dataFolder, config.mode).obtain('jwtSecret');
  const tokens = await createTokens({ jwtSecret: secret });
  const app = createServer({ config, log, events: open.events });
  const { project, services } = open;
  mountOperations(app, { project, events: open.events, tokens });
  mountProject(app, { project, services, product: open.product as Product<unknown>, tokens });
  if (open.product.web) mountWeb(app, web);
  await listenOn(app, config);
  return app;
}

/** Returns the address. Throws OperatorError when it cannot be had. */
export async function listenOn(app: FastifyInstance, config: Config): Promise<string> {
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    throw portError(error as NodeJS.ErrnoException, config);
  }
  return addressOf(app);
}

function portError(error: NodeJS.ErrnoException, config: Config): Error {
  const where = `${config.host}:${config.port}`;
  if (error.code === 'EADDRINUSE')
    return new OperatorError(`port ${config.port} is taken by another program`, {
      remedy: `Stop it, or start with --port ${config.port + 1} (0 takes a free one).`,
      cause: error,
    });
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL')
    return new OperatorError(`cannot listen on ${where}: ${error.message}`, {
      remedy: 'Set HOST to an address of this machine, and --port to one above 1023.',
      cause: error,
    });
  return error;
}

function addressOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo;
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
