/**
 * Postgres refuses to run as root. Started as root, Freehold runs it as an unprivileged user: whoever owns the cluster
 * already, else the owner of the data folder, else a service account of this machine.
 */
import { spawnSync } from 'node:child_process';
import { chownSync, lchownSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../../errors.ts';
import type { DataFolder } from './data-folder.ts';

/** The user Postgres runs as when that is not this process's own. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Tried in this order; `nobody` exists everywhere. */
const SERVICE_ACCOUNTS = ['freehold', 'postgres', 'nobody'];

/** The environment of every program of Postgres': nothing of ours leaks in, and messages come in English, to be classified. */
export const ENVIRONMENT =
  process.platform === 'win32' ? undefined : { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };

/** Undefined means: as this process's own user. */
export function accountFor(folder: DataFolder): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const cluster = statSync(folder.cluster, { throwIfNoEntry: false });
  if (cluster && cluster.uid !== 0) return { uid: cluster.uid, gid: cluster.gid };
  // initdb insists on a user with an entry in the password file.
  const known = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid }) => uid > 0);
  const owner = statSync(folder.root).uid;
  const chosen =
    known.find(({ uid }) => uid === owner) ??
    SERVICE_ACCOUNTS.map((name) => known.find((user) => user.name === name)).find((user) => user !== undefined);
  if (!chosen)
    throw new OperatorError('Postgres does not run as root, and this machine has no other user to run it as', {
      remedy: 'Add a system user named freehold, or start Freehold as an ordinary user.',
    });
  const account = { uid: chosen.uid, gid: chosen.gid };
  // A cluster that root restored or copied belongs to root: hand it over.
  if (cluster) give(folder.cluster, account);
  return account;
}

/** Gives a file, or a folder with all that is in it, to the account. */
export function give(path: string, account: Account | undefined): void {
  if (!account) return;
  for (const entry of readdirSync(path, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(path, entry), account.uid, account.gid);
  chownSync(path, account.uid, account.gid);
}

/** Whether the account can walk into the folder; asked of the system itself, so that ACLs and the like count. */
export function reaches(account: Account | undefined, folder: string): boolean {
  if (!account) return true;
  const { status, error } = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], {
    uid: account.uid,
    gid: account.gid,
    cwd: '/',
    env: ENVIRONMENT,
    stdio: 'ignore',
  });
  if (error)
    throw new OperatorError(
      `Postgres does not run as root, and becoming uid ${account.uid} is refused: ${error.message}`,
      {
        remedy: 'Start Freehold as an ordinary user.',
        cause: error,
      },
    );
  return status === 0;
}

/**
 * How a program of Postgres' is told its folder. Below a closed folder (a clone in /root) the account cannot walk the path,
 * but it can use a working directory that root entered for it, and Linux names that /proc/self/cwd; Postgres stays in
 * this directory for life.
 */
export function folderArgument(account: Account | undefined, folder: string): string {
  if (reaches(account, folder)) return folder;
  if (process.platform === 'linux') return '/proc/self/cwd';
  throw new OperatorError(`Postgres does not run as root, and uid ${account?.uid} cannot reach ${folder}`, {
    remedy: 'Choose a data folder outside of closed folders with --data, or start Freehold as an ordinary user.',
  });
}
