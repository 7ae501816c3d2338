/** postmaster.pid: what a running Postgres writes about itself. Format: src/include/utils/pidfile.h. */
import { spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';

/** Postgres names its socket after a port; ours lies in the cluster's own folder, so the number is free to choose. */
export const SOCKET_PORT = 5432;

export interface PidFile {
  readonly pid: number;
  readonly port: number;
  /** False for a server that listens on loopback TCP only. */
  readonly hasSocket: boolean;
  readonly ready: boolean;
}

/** Undefined when there is none, or none that can be understood yet. */
export function readPidFile(cluster: string): PidFile | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3]), hasSocket: Boolean(lines[4]?.trim()), ready: lines[7]?.trim() === 'ready' };
}

/** Whether the process exists, as anybody's. A zombie counts until it is reaped. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether the process with this pid is a Postgres of this cluster, and not another program that got the number later. */
export function isPostgresOf(cluster: string, pid: number): boolean {
  if (!exists(pid)) return false;
  if (process.platform === 'win32') return true;
  if (process.platform === 'linux') {
    try {
      const program = basename(readlinkSync(`/proc/${pid}/exe`));
      // Postgres changes into its folder and stays there, even when somebody removes the folder under it.
      const where = readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, '');
      return program.startsWith('postgres') && where === (existsSync(cluster) ? realpathSync(cluster) : cluster);
    } catch {
      return false;
    }
  }
  const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.includes('postgres');
}

/**
 * Lets Postgres start over what a killed one left. It refuses while the pid in its lock files exists as any process of its
 * user, so ours goes in: a parent's pid does not count. The file itself stays, because it names the shared memory
 * by which Postgres finds out whether backends of the dead server still run.
 */
export function disarmStalePidFile(cluster: string): void {
  rmSync(join(cluster, `.s.PGSQL.${SOCKET_PORT}.lock`), { force: true });
  const path = join(cluster, 'postmaster.pid');
  try {
    const [, ...rest] = readFileSync(path, 'utf8').split('\n');
    if (rest.length < 2) rmSync(path);
    else replace(path, [process.pid, ...rest].join('\n'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Whole or not at all, and the owner stays. */
function replace(path: string, text: string): void {
  const { uid, gid } = statSync(path);
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  chownSync(`${path}.new`, uid, gid);
  renameSync(`${path}.new`, path);
}
