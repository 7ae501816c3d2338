import { once } from 'node:events';
import { join } from 'node:path';
import { type Config, DEVELOPMENT_JWT_SECRET, postgrestEnvironment } from '#kernel/config.ts';
import { createLog, type Logger } from '#kernel/log.ts';
import { claimFolder } from '#kernel/postgres/cluster.ts';
import type { CommandOutput } from '#kernel/product.ts';
import { functionsOf } from '#services/functions/api.ts';
import { type ProjectFolder, type ProjectKeys, projectKeys, readProjectFolder } from '#services/project-folder/api.ts';
import { type OpenFolder, openFolder } from './folder/open-folder.ts';
import { listenOn } from './listen.ts';
import { openServer } from './open-project.ts';
import { interruption, settle } from './options.ts';
import { createProjectApp } from './project-app.ts';
import { releaseMemory } from './release-memory.ts';
import { quiet, type StartOptions, secondsSince } from './start-options.ts';

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
  releaseMemory();
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
  const { api, table } = folder.config;
  const { root, supabase } = folder.paths;
  const settings = { api, table, folders: [root, supabase], functions: functionsOf(supabase, table) };
  const { app, missing, warnings: told } = await createProjectApp({ config, log, ...open, keys, settings }, running);
  for (const warning of told) note(warning);
  if (missing.length > 0) note(`not served, answered with 501: ${missing.join(', ')}`);
  return { url: await listenOn(app, config), keys, warnings };
}

/** The environment's, then the folder's, then the CLI's published one; in production `readConfig` insists on the first. */
export function secretOf(config: Config, folder: ProjectFolder): string {
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
