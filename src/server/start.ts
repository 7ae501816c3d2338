import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
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
    .action(async (options: CommonOptions) => {
      const { config, output } = settle(options);
      // A person at a terminal wants the few lines below; a log file wants every line.
      const log = createLog(process.stderr.isTTY && config.logLevel === 'info' ? 'warn' : config.logLevel);
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
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      output.result(
        { url, pid: process.pid },
        () => `\n  Freehold is ready after ${seconds} s: ${url}\n  Ctrl-C stops it.\n`,
      );
      if (!stop.aborted) await once(stop, 'abort');
      output.note('Stopping ...');
    });
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
  output.note(config.databaseUrl ? 'Postgres: connecting' : `Postgres: starting in ${config.dataFolder}`);
  const server = running.adopt(await openServer(config, log, stop), (it) => it.stop());
  const product = PRODUCTS[0]!;
  let files = 0;
  const onMigration = () => {
    files += 1;
  };
  const open = running.adopt(await openProject({ config, log, server, product, onMigration }), (it) => it.close());
  output.note(`Database "${product.name}": ${files === 0 ? 'up to date' : `${files} migrations run`}`);
  const app = running.adopt(await serve(config, log, open, await web), async (it) => {
    await stopServer(it);
  });
  await product.start?.(open.project, open.services, (text) => output.note(text), stop);
  const { owner, project, services, events } = open;
  running.adopt(await startJobs({ owner, project, product, services, events, log }), (it) => it.stop());
  return addressOf(app);
}

async function serve(config: Config, log: Logger, open: OpenProject<unknown>, web: string): Promise<FastifyInstance> {
  const secret = config.jwtSecret ?? openSecrets(config.dataFolder, config.mode).obtain('jwtSecret');
  const tokens = await createTokens({ jwtSecret: secret });
  const app = createServer({ config, log, events: open.events });
  const { project, services } = open;
  mountOperations(app, { project, events: open.events, tokens });
  mountProject(app, { project, services, product: open.product as Product<unknown>, tokens });
  if (open.product.web) mountWeb(app, web);
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    throw portError(error as NodeJS.ErrnoException, config);
  }
  return app;
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
