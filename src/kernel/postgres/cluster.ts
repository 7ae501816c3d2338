/**
 * The embedded Postgres. Any number of processes use one cluster at a time: the first starts it, the others adopt it, and
 * the last to leave stops it, so that a short command never stops the server under a running one, and what a killed process
 * left behind is stopped by whoever uses it next.
 *
 * Two locks say who is there, both held by the kernel and so gone with their holder: `users` is shared by every process
 * that uses the cluster, `lifecycle` is exclusive to the one that is starting or stopping it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { openSecrets } from '../secrets.ts';
import { accountFor } from './cluster/account.ts';
import { findServer, provePassword, targetOf } from './cluster/adopt.ts';
import { type Binaries, findBinaries } from './cluster/binaries.ts';
import { type DataFolder, folderError, openDataFolder } from './cluster/data-folder.ts';
import { type FileLock, tryLock, waitForLock } from './cluster/file-lock.ts';
import { recordHost, startedElsewhere } from './cluster/host.ts';
import { clusterExists, initialise } from './cluster/initialise.ts';
import { keepLogsBounded } from './cluster/log-files.ts';
import { isPostgresOf, readPidFile } from './cluster/pid-file.ts';
import { launch, stopServer } from './cluster/server-process.ts';
import { setPassword } from './cluster/set-password.ts';
import { watchOver } from './cluster/watch.ts';
import type { ConnectionTarget } from './database.ts';

export { type Claim, claimFolder } from './cluster/claim.ts';

export interface Cluster {
  /** The superuser, in database `postgres`. */
  readonly target: ConnectionTarget;
  /** Of the postmaster; another one after a crash. */
  readonly pid: number;
  /** Whether the server ran already when this process came. */
  readonly adopted: boolean;
  /** Leaves the cluster, and stops it within 5 s when no other process uses it. Idempotent. */
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** The data folder; the cluster lies in `postgres` below it. */
  readonly folder: string;
  readonly log: Logger;
  /** Server settings that win over everything else, e.g. `fsync: 'off'` in tests. Without effect on an adopted server. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Starting may mean recovering from the log, which takes as long as it takes. */
const LIFECYCLE_WAIT_MS = 120_000;

/** Starts the cluster in the data folder, making it when there is none, or adopts the server that runs on it. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const folder = openDataFolder(options.folder);
  const { server, users } = await enter(folder, options);
  return use(folder, server, users, options);
}

/** Makes sure that a server runs and that this process counts among its users. */
async function enter(folder: DataFolder, options: ClusterOptions): Promise<{ server: Server; users: FileLock }> {
  const lifecycle = await waitForLock(folder.locks.lifecycle, 'exclusive', {
    timeoutMs: LIFECYCLE_WAIT_MS,
    signal: options.signal,
  });
  try {
    const server = await startOrAdopt(folder, options);
    const users = await waitForLock(folder.locks.users, 'shared', { timeoutMs: LIFECYCLE_WAIT_MS });
    return { server, users };
  } catch (error) {
    throw folderError(folder.root, error);
  } finally {
    lifecycle.release();
  }
}

interface Server {
  readonly target: ConnectionTarget;
  readonly pid: number;
  readonly adopted: boolean;
  readonly binaries: Binaries;
}

/** Under the lifecycle lock. */
async function startOrAdopt(folder: DataFolder, options: ClusterOptions): Promise<Server> {
  const { log, signal } = options;
  const account = accountFor(folder);
  const binaries = findBinaries(folder.root, account);
  const secrets = openSecrets(folder.root, 'production');
  const passwordLost = secrets.peek('postgresPassword') === undefined;
  const password = secrets.obtain('postgresPassword');
  if (startedElsewhere(folder) && usedElsewhere(folder)) throw inUseElsewhere(folder);
  if (clusterExists(folder)) {
    const found = await findServer(folder, password, signal);
    if (found.kind === 'alive') {
      log.info({ pid: found.pid }, 'adopted the Postgres that runs already');
      return { ...found, adopted: true, binaries };
    }
    if (found.kind === 'unusable') await clearAway(folder, found, binaries, log);
    if (passwordLost) await setPassword(folder, binaries, account, password);
  } else {
    log.info({ folder: folder.cluster }, 'making a new Postgres cluster');
    await initialise(folder, binaries, account, password, signal);
  }
  const started = performance.now();
  recordHost(folder);
  const child = await launch({ folder, binaries, account, settings: options.settings ?? {}, signal });
  child.unref();
  const file = readPidFile(folder.cluster);
  if (!file)
    throw new OperatorError('Postgres ended right after its start', { remedy: `See ${join(folder.cluster, 'log')}.` });
  const target = targetOf(folder.cluster, file, password);
  await provePassword(folder, target);
  log.info({ pid: file.pid, ms: Math.round(performance.now() - started) }, 'Postgres is ready');
  return { target, pid: file.pid, adopted: false, binaries };
}

/** Stops a server that hangs or that we cannot log in to, unless somebody works with it. */
async function clearAway(
  folder: DataFolder,
  found: { pid: number; reason: string },
  binaries: Binaries,
  log: Logger,
): Promise<void> {
  if (usedElsewhere(folder))
    throw new OperatorError(`the Postgres on ${folder.cluster} (pid ${found.pid}) cannot be used: ${found.reason}`, {
      remedy: 'Another freehold uses it; stop that one first.',
    });
  log.warn({ pid: found.pid }, `stopping the Postgres that runs already: ${found.reason}`);
  await stopServer(folder.cluster, found.pid, binaries);
}

/** Whether another process holds the cluster; ours does not count before `use`. */
function usedElsewhere(folder: DataFolder): boolean {
  const lock = tryLock(folder.locks.users, 'exclusive');
  lock?.release();
  return lock === undefined;
}

function inUseElsewhere(folder: DataFolder): OperatorError {
  return new OperatorError(`${folder.root} is in use by a freehold whose Postgres cannot be seen from here`, {
    remedy: 'It runs in another container or on another machine that shares the folder; stop it first.',
  });
}

function use(folder: DataFolder, first: Server, firstUse: FileLock, options: ClusterOptions): Cluster {
  let server = first;
  let users = firstUse;
  let stopping: Promise<void> | undefined;
  const stopPruning = keepLogsBounded(folder.cluster);
  const stopWatching = watchOver({
    cluster: folder.cluster,
    log: options.log,
    pid: () => server.pid,
    restart: async () => {
      const { target } = server;
      const port = target.host === folder.cluster ? undefined : { port: String(target.port) };
      const settings = { ...options.settings, ...port };
      users.release();
      ({ server, users } = await enter(folder, { ...options, settings, signal: undefined }));
    },
  });
  // An uncaught error or process.exit leaves time for no more than this; kill -9 for nothing, and then the next one adopts.
  const atExit = () => {
    users.release();
    if (existsSync(folder.root) && usedElsewhere(folder)) return;
    if (isPostgresOf(folder.cluster, server.pid)) process.kill(server.pid, 'SIGINT');
  };
  process.once('exit', atExit);
  const leave = async () => {
    stopPruning();
    await stopWatching();
    // Somebody removed the folder: nobody else can be using it.
    if (!existsSync(folder.root)) return stopServer(folder.cluster, server.pid, server.binaries);
    const lifecycle = await waitForLock(folder.locks.lifecycle, 'exclusive', { timeoutMs: LIFECYCLE_WAIT_MS });
    try {
      users.release();
      if (usedElsewhere(folder)) options.log.info('left Postgres running: another process uses it');
      else await stopServer(folder.cluster, server.pid, server.binaries);
    } finally {
      process.off('exit', atExit);
      lifecycle.release();
    }
  };
  return {
    target: first.target,
    get pid() {
      return server.pid;
    },
    adopted: first.adopted,
    stop: () => {
      stopping ??= leave();
      return stopping;
    },
  };
}
