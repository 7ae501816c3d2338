import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { type Config, DEVELOPMENT_JWT_SECRET, postgrestEnvironment } from '#kernel/config.ts';
import { createServer, stopServer } from '#kernel/http/server.ts';
import { createLog, type Logger } from '#kernel/log.ts';
import { claimFolder } from '#kernel/postgres/cluster.ts';
import type { CommandOutput } from '#kernel/product.ts';
import { createTokens } from '#kernel/tokens.ts';
import { mountOperations } from '#services/operations/api.ts';
import {
  mountGateway,
  type ProjectFolder,
  type ProjectKeys,
  projectKeys,
  readProjectFolder,
} from '#services/project-folder/api.ts';
import { type OpenFolder, openFolder } from './folder/open-folder.ts';
import { openRestService } from './folder/rest-service.ts';
import { listenOn } from './listen.ts';
import { openServer } from './open-project.ts';
import { interruption, settle } from './options.ts';
import { quiet, type StartOptions, secondsSince } from './start.ts';

/** `freehold start FOLDER`: runs until a signal says stop. */
export async function runFolder(path: string, options: StartOptions): Promise<void> {
  const folder = readProjectFolder(path, postgrestEnvironment());
  const { config, output } = settle({ ...options, port: portOf(options, folder) });
  const log = createLog(quiet(config.logLevel) ? 'warn' : config.logLevel);
  const began = performance.now();
  await using running = new AsyncDisposableStack();
  const stop = interruption();
  const reset = options.reset === true;
  const started = await startFolder({ folder, config, log, output, stop, reset }, running).catch((error) => {
    if (!stop.aborted) throw error;
    log.debug({ err: error }, 'stopped while starting');
  });
  if (!started) {
    output.note('Stopped before it was ready.');
    return;
  }
  const { url, keys, warnings } = started;
  const { anonKey, serviceRoleKey, publishableKey, secretKey } = keys;
  output.result(
    { url, pid: process.pid, anonKey, serviceRoleKey, publishableKey, secretKey, warnings },
    () => `\n  Freehold is ready after ${secondsSince(began)} s.\n${described(started, config)}\n  Ctrl-C stops it.\n`,
  );
  if (!stop.aborted) await once(stop, 'abort');
  output.note('Stopping ...');
}

/** The port of config.toml counts when neither the command line nor the environment names one. */
function portOf(options: StartOptions, { config }: ProjectFolder): string | undefined {
  if (options.port !== undefined || postgrestEnvironment().lookup('PORT')) return options.port;
  return config.api.port === undefined ? undefined : String(config.api.port);
}

interface FolderStart {
  readonly folder: ProjectFolder;
  readonly config: Config;
  readonly log: Logger;
  readonly output: CommandOutput;
  readonly stop: AbortSignal;
  readonly reset: boolean;
}

interface StartedFolder {
  readonly url: string;
  readonly keys: ProjectKeys;
  readonly warnings: readonly string[];
}

/** Everything in the order it depends on each other; `running` undoes it in reverse. */
async function startFolder(options: FolderStart, running: AsyncDisposableStack): Promise<StartedFolder> {
  const { folder, config, log, output, stop, reset } = options;
  const warnings: string[] = [];
  const note = (text: string) => {
    warnings.push(text);
    output.note(`warning: ${text}`);
  };
  // Several projects may run on one data folder at a time, each in a process of its own; the same one twice may not.
  running.adopt(await claimFolder(join(config.dataFolder, folder.databaseName)), (claim) => claim.release());
  for (const warning of folder.warnings) note(warning);
  const keys = projectKeys(folder.config, folder.paths.supabase, secretOf(config, folder));
  const starting = performance.now();
  const server = running.adopt(await openServer(config, log, stop), (it) => it.stop());
  const where = server.embedded ? `running in ${config.dataFolder}` : `connected to ${server.owner.host}`;
  output.note(`Postgres: ${where} (${secondsSince(starting)} s)`);
  const opening = performance.now();
  const open = running.adopt(await openFolder({ config, log, server, folder, reset, note }), (it) => it.close());
  output.note(`Database: "${open.owner.database}" ${whatRan(open)} (${secondsSince(opening)} s)`);
  const { app, missing } = await createApp(options, open, keys, running);
  if (missing.length > 0) note(`not served yet, answered with 501: ${missing.join(', ')}`);
  return { url: await listenOn(app, config), keys, warnings };
}

async function createApp(
  { folder, config, log }: FolderStart,
  { project, login, events }: OpenFolder,
  keys: ProjectKeys,
  running: AsyncDisposableStack,
): Promise<{ app: FastifyInstance; missing: readonly string[] }> {
  const { api } = folder.config;
  const app = createServer({ config, log, events });
  const listening = () => ({
    host: config.host,
    port: (app.server.address() as AddressInfo | null)?.port ?? config.port,
  });
  const rest = api.enabled
    ? await openRestService({ config: api, keys, database: project.database, login, log: project.log, listening })
    : undefined;
  if (rest) running.adopt(rest, (it) => it.close());
  running.adopt(app, async (it) => {
    await stopServer(it);
  });
  mountOperations(app, { project, events, tokens: await createTokens({ jwtSecret: keys.jwtSecret }) });
  const services = { ...(rest && { '/rest/v1': rest.listener }) };
  const missing = mountGateway(app, { keys, production: config.mode === 'production', services });
  return { app, missing };
}

/** The environment's, then the folder's, then the CLI's published one; in production `readConfig` insists on the first. */
function secretOf(config: Config, folder: ProjectFolder): string {
  return config.jwtSecret ?? folder.config.jwtSecret ?? DEVELOPMENT_JWT_SECRET;
}

function whatRan({ applied: { migrations, seeds } }: OpenFolder): string {
  if (migrations.length === 0 && seeds.length === 0) return 'up to date';
  const ran = migrations.length === 0 ? [] : [`${migrations.length} migrations run`];
  return [...ran, ...seeds.map((label) => `${label} read`)].join(', ');
}

/** What a person needs to point a client at the project. Secret keys are shown in development only. */
function described({ url, keys }: StartedFolder, { mode }: Config): string {
  const shown = [
    ['API URL', url],
    ['anon key', keys.anonKey],
    ['publishable key', keys.publishableKey],
    ...(mode === 'production'
      ? []
      : [
          ['service_role key', keys.serviceRoleKey],
          ['secret key', keys.secretKey],
        ]),
  ];
  return shown.map(([name, value]) => `  ${name!.padEnd(17)} ${value}`).join('\n');
}
