import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Command } from 'commander';
import { type Environment, postgrestEnvironment } from '#kernel/config.ts';
import { createLog, type Logger } from '#kernel/log.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import type { CommandOutput } from '#kernel/product.ts';
import {
  createNodeListener,
  type DataApiSettings,
  databaseTarget,
  dumpConfig,
  readDataApiSettings,
  readDatabaseSettings,
} from '#services/data-api/api.ts';
import { adminListener } from './data-api/admin-server.ts';
import { listen, stopListening, whereIs } from './data-api/listen.ts';
import { checkReady } from './data-api/ready.ts';
import { RunningApi, startError } from './data-api/running-api.ts';
import { interruption } from './options.ts';
import { createOutput } from './output.ts';

interface Options {
  readonly dumpConfig?: boolean;
  readonly ready?: boolean;
  readonly json?: boolean;
}

/** `freehold data-api [CONFIG_FILE]`: the data API alone, at `/`, on any Postgres, with PostgREST's settings. */
export function dataApiCommand(): Command {
  return new Command('data-api')
    .description("serve a database over HTTP as PostgREST does, configured by PostgREST's variables and files")
    .argument('[config-file]', "a configuration file in PostgREST's format; PGRST_* variables win over it")
    .option('--dump-config', 'print the settings in effect, secrets included, and leave')
    .option('--ready', 'ask the admin server of a running instance whether it is ready, and leave')
    .option('--json', 'one JSON value on stdout instead of text')
    .exitOverride()
    .action(async (file: string | undefined, options: Options) => {
      const environment = postgrestEnvironment();
      const settings = orExplain(() => readDataApiSettings(environment, file));
      const output = createOutput(options.json === true);
      if (options.ready) await checkReady(settings.server, output);
      else if (options.dumpConfig) await dump(environment, file, settings);
      else await serve({ environment, file, settings, output });
    });
}

interface Given {
  readonly environment: Environment;
  readonly file?: string;
  readonly settings: DataApiSettings;
  readonly output: CommandOutput;
}

/** Runs until a signal says stop; SIGUSR1 reloads the schema cache, SIGUSR2 the settings. */
async function serve({ environment, file, settings, output }: Given): Promise<void> {
  const log = createLog(pinoLevel(settings.api.logLevel));
  const stop = interruption();
  for (const warning of settings.warnings) output.note(warning);
  const target = orExplain(() => databaseTarget(settings, environment));
  await using running = new AsyncDisposableStack();
  const database = running.adopt(openFrom(settings, environment, log), (it) => it.close());
  let place = { host: settings.server.host, port: settings.server.port };
  const listening = () => place;
  const api = running.adopt(new RunningApi({ environment, file, database, target, log, listening }, settings), (it) =>
    it.close(),
  );
  const onAnswer = (request: IncomingMessage, status: number, err?: unknown) => logAnswer(log, request, status, err);
  const server = running.adopt(await listen(createNodeListener(api, { onAnswer }), settings.server), stopListening);
  if (!settings.server.unixSocket) place = { ...place, port: (server.address() as AddressInfo).port };
  const admin = await listenAdmin(api, settings);
  if (admin) running.adopt(admin, stopListening);
  await api.open().catch((error: unknown) => {
    throw startError(error);
  });
  onSignal(running, 'SIGUSR1', () => api.reloadSchema());
  onSignal(running, 'SIGUSR2', () => api.reloadConfig());
  const url = whereIs(server);
  const adminUrl = admin && whereIs(admin);
  output.result(
    { url, adminUrl, pid: process.pid },
    () => `Listening on ${url}${adminUrl ? `, admin on ${adminUrl}` : ''}`,
  );
  if (!stop.aborted) await once(stop, 'abort');

  function listenAdmin(api: RunningApi, { server: { adminHost: host, adminPort: port } }: DataApiSettings) {
    return port === undefined ? undefined : listen(adminListener(api, database), { host, port });
  }
}

async function dump(environment: Environment, file: string | undefined, settings: DataApiSettings): Promise<void> {
  if (!settings.database.dbConfig) {
    process.stdout.write(dumpConfig(settings));
    return;
  }
  const target = orExplain(() => databaseTarget(settings, environment));
  const database = openFrom(settings, environment, createLog('fatal'));
  try {
    const inDatabase = await readDatabaseSettings(database, target.user, settings.database.dbPreConfig);
    process.stdout.write(dumpConfig(readDataApiSettings(environment, file, inDatabase)));
  } catch (error) {
    throw startError(error);
  } finally {
    await database.close();
  }
}

function openFrom(settings: DataApiSettings, environment: Environment, log: Logger) {
  return openDatabase({
    target: databaseTarget(settings, environment),
    poolSize: settings.api.dbPool,
    statementTimeoutMs: environment.statementTimeoutMs,
    queueTimeoutMs: settings.database.poolAcquisitionTimeout * 1000,
    log,
  });
}

function orExplain<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw startError(error);
  }
}

function onSignal(running: AsyncDisposableStack, signal: 'SIGUSR1' | 'SIGUSR2', work: () => Promise<void>): void {
  const listener = () => void work();
  process.on(signal, listener);
  running.defer(() => void process.off(signal, listener));
}

function pinoLevel(level: DataApiSettings['api']['logLevel']): string {
  return level === 'crit' ? 'fatal' : level;
}

/** As PostgREST: failures of ours from `error` on, of the client from `warn` on, everything from `info` on. */
function logAnswer(log: Logger, { method, url }: IncomingMessage, status: number, err: unknown): void {
  const level = status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info';
  log[level]({ method, url, status, err }, 'answered');
}
