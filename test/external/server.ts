/**
 * A Postgres server that is not ours: initialised by the machine's own packages (Debian's /usr/lib/postgresql/<major>/bin), in a
 * temporary folder, on a free port of 127.0.0.1, with the logins of an administrator who has never heard of Freehold.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import { withOwner } from '#kernel/postgres/owner.ts';

/** The oldest version that we take: what works there and on the embedded 18 works between. */
const BINARIES = '/usr/lib/postgresql/15/bin';
const PASSWORD = 'of the administrator';

/** The reason why tests with such a server are skipped; false when they can run. */
export const skipExternal: string | false = existsSync(join(BINARIES, 'postgres'))
  ? false
  : `Postgres 15 is not installed (${BINARIES}; on Debian: apt-get install postgresql-15)`;

export interface ExternalServer extends AsyncDisposable {
  readonly folder: string;
  /** Superuser, on the database `postgres`, over TCP. */
  readonly admin: ConnectionTarget;
  sql(text: string, database?: string): Promise<Record<string, unknown>[]>;
  /** `settings` win over those of the server for this run. */
  start(settings?: Readonly<Record<string, string>>): Promise<void>;
  /** `SIGTERM` smart, `SIGINT` fast, `SIGQUIT` immediate; `SIGKILL` is an accident. Resolves when it has gone. */
  stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void>;
}

/** Debian's account when we are root, which Postgres refuses to run as. */
const account = ((): { uid?: number; gid?: number } => {
  if (process.getuid?.() !== 0) return {};
  const [, , uid, gid] = (readFileSync('/etc/passwd', 'utf8').match(/^postgres:.*$/m)?.[0] ?? '').split(':');
  return { uid: Number(uid), gid: Number(gid) };
})();

/** Gives a file to the account that the server runs as. */
export function give(path: string, mode: number): void {
  if (account.uid !== undefined) chownSync(path, account.uid, account.gid as number);
  chmodSync(path, mode);
}

export async function externalServer(
  settings: Readonly<Record<string, string>> = {},
  prepare: (server: ExternalServer) => Promise<void> = async () => {},
): Promise<ExternalServer> {
  const folder = mkdtempSync(join(tmpdir(), 'freehold-external-'));
  give(folder, 0o700);
  const data = join(folder, 'data');
  const made = spawnSync(
    join(BINARIES, 'initdb'),
    ['-D', data, '-U', 'admin', '--auth=trust', '-E', 'UTF8', '--no-sync', '--locale=C.UTF-8'],
    {
      ...account,
      cwd: folder,
    },
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const server = new Scratch(folder, await freePort(), settings);
  process.once('exit', () => server.abandon());
  await prepare(server);
  await server.start();
  await server.sql(`alter role admin password '${PASSWORD}'`);
  return server;
}

class Scratch implements ExternalServer {
  readonly folder: string;
  readonly admin: ConnectionTarget;
  readonly #arguments: readonly string[];
  #process: ChildProcess | undefined;

  constructor(folder: string, port: number, settings: Readonly<Record<string, string>>) {
    this.folder = folder;
    const user = { user: 'admin', password: PASSWORD, database: 'postgres' };
    this.admin = { host: '127.0.0.1', port, ...user, tls: { kind: 'disable' } };
    const all = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: folder,
      fsync: 'off',
      wal_level: 'logical',
      ...settings,
    };
    this.#arguments = ['-D', join(folder, 'data'), ...options(all)];
  }

  async sql(text: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
    const target = { ...this.admin, host: this.folder, database };
    return withOwner(target, async (client) => (await client.query(text)).rows);
  }

  async start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const log = openSync(join(this.folder, 'log'), 'a');
    const child = spawn(join(BINARIES, 'postgres'), [...this.#arguments, ...options(settings)], {
      ...account,
      cwd: this.folder,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#process = child;
    while (child.exitCode === null) {
      if (
        await this.sql('select 1').then(
          () => true,
          () => false,
        )
      )
        return;
      await delay(20);
    }
    throw new Error(
      `the external server did not start:\n${readFileSync(join(this.folder, 'log'), 'utf8').slice(-2000)}`,
    );
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  abandon(): void {
    this.#process?.kill('SIGQUIT');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGINT');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

export function urlOf(target: ConnectionTarget): string {
  const { user, password, host, port, database } = target;
  return `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}`;
}

function options(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
