/** One run of Postgres: start it, wait until it is ready, stop it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Account, ENVIRONMENT, folderArgument } from './account.ts';
import type { Binaries } from './binaries.ts';
import { type DataFolder, handOver } from './data-folder.ts';
import { classify, startFailure, startText } from './failures.ts';
import { disarmStalePidFile, isPostgresOf, readPidFile, SOCKET_PORT } from './pid-file.ts';
import { writeSettings } from './settings.ts';

const POLL_MS = 15;
/** Shares of the five seconds that a stop may take. */
const SMART_MS = 500;
const FAST_MS = 3000;
const IMMEDIATE_MS = 1000;
/** How long backends of a killed server get to notice it before they are killed. */
const ORPHANS_MS = 2000;
const PORT_ATTEMPTS = 5;

export type Listening = { readonly kind: 'socket' } | { readonly kind: 'loopback'; readonly port: number };

export interface LaunchOptions {
  readonly folder: DataFolder;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  /** Server settings of the caller; they win over everything. `port` moves the server to that port of loopback. */
  readonly settings: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Starts Postgres and waits until it accepts connections, recovery included. Throws `OperatorError` saying what is wrong. */
export async function launch(options: LaunchOptions): Promise<ChildProcess> {
  const { folder, settings } = options;
  let listening: Listening = settings['port']
    ? { kind: 'loopback', port: Number(settings['port']) }
    : await whereToListen(folder);
  const orphansUntil = Date.now() + ORPHANS_MS;
  for (let attempt = 1; ; attempt++) {
    const since = Date.now() - 1000;
    const child = await attemptLaunch(options, listening);
    if (child) return child;
    const text = await startText(folder, since);
    const kind = classify(text);
    if (kind === 'orphans' && attempt < 1000) {
      if (Date.now() > orphansUntil) killOrphans(folder.cluster);
      await delay(100);
    } else if (kind === 'no-socket' && listening.kind === 'socket') {
      listening = { kind: 'loopback', port: await freePort() };
    } else if (kind === 'port-taken' && !settings['port'] && attempt < PORT_ATTEMPTS) {
      listening = { kind: 'loopback', port: await freePort() };
    } else throw startFailure(folder, text);
  }
}

/** The child once it is ready; undefined when it ended before that. */
async function attemptLaunch(options: LaunchOptions, listening: Listening): Promise<ChildProcess | undefined> {
  const { folder, binaries, account, signal } = options;
  disarmStalePidFile(folder.cluster);
  writeSettings(folder.cluster, binaries, account);
  const log = openSync(folder.startLog, 'w', 0o600);
  handOver(folder.root, folder.startLog);
  // Detached: Ctrl-C in the terminal reaches this process only, which then stops Postgres in good order.
  const child = spawn(binaries.postgres, serverArguments(options, listening), {
    ...account,
    cwd: folder.cluster,
    env: ENVIRONMENT,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const spawned = await new Promise((resolve) => child.once('spawn', () => resolve(true)).once('error', resolve));
  if (spawned !== true) throw spawned;
  while (child.exitCode === null && child.signalCode === null) {
    const file = readPidFile(folder.cluster);
    if (file?.pid === child.pid && file?.ready) return child;
    if (signal?.aborted) {
      await stopServer(folder.cluster, child.pid ?? 0, binaries);
      signal.throwIfAborted();
    }
    await delay(POLL_MS);
  }
  return undefined;
}

function serverArguments({ folder, account, settings }: LaunchOptions, listening: Listening): string[] {
  const { port: _, ...rest } = settings;
  const all: Record<string, string> = {
    cluster_name: 'freehold',
    ...rest,
    // Here and not in a file, so that nothing else ever decides where the server listens. "." is the cluster's folder.
    listen_addresses: listening.kind === 'socket' ? '' : '127.0.0.1',
    unix_socket_directories: listening.kind === 'socket' ? '.' : '',
    unix_socket_permissions: '0700',
    port: String(listening.kind === 'socket' ? SOCKET_PORT : listening.port),
  };
  return [
    '-D',
    folderArgument(account, folder.cluster),
    ...Object.entries(all).flatMap(([k, v]) => ['-c', `${k}=${v}`]),
  ];
}

/** Clients name the socket by its whole path, which must fit in the 107 bytes of sockaddr_un. */
async function whereToListen(folder: DataFolder): Promise<Listening> {
  const fits = Buffer.byteLength(`${folder.cluster}/.s.PGSQL.${SOCKET_PORT}`) <= 107;
  return fits && process.platform !== 'win32' ? { kind: 'socket' } : { kind: 'loopback', port: await freePort() };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/**
 * Stops the server within five seconds: lets connections finish, then breaks them off, then gives up the final checkpoint
 * (the next start recovers from the log; nothing committed is lost).
 */
export async function stopServer(cluster: string, pid: number, binaries: Binaries): Promise<void> {
  if (process.platform === 'win32') {
    spawnSync(binaries.pgCtl, ['stop', '-D', cluster, '-m', 'fast', '-t', '5']);
    return;
  }
  const steps = [
    ['SIGTERM', SMART_MS],
    ['SIGINT', FAST_MS],
    ['SIGQUIT', IMMEDIATE_MS],
    ['SIGKILL', IMMEDIATE_MS],
  ] as const;
  for (const [signal, patience] of steps) {
    if (!isPostgresOf(cluster, pid)) return;
    process.kill(pid, signal);
    const deadline = Date.now() + patience;
    while (isPostgresOf(cluster, pid) && Date.now() < deadline) await delay(POLL_MS);
  }
  killOrphans(cluster);
}

/** Kills what a dead server left running; with the server gone, the next one recovers from the log. */
function killOrphans(cluster: string): void {
  if (process.platform !== 'linux') return;
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (Number.isInteger(pid) && isPostgresOf(cluster, pid)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    }
  }
}
