import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../../errors.ts';
import { type Account, ENVIRONMENT, folderArgument } from './account.ts';
import { type Binaries, MAJOR_VERSION } from './binaries.ts';
import { type DataFolder, folderError } from './data-folder.ts';
import { classify, damaged, lastWords, startFailure, WRONG_VERSION } from './failures.ts';
import { POSTGRESQL_CONF } from './settings.ts';

/**
 * Whether there is a cluster to start. Throws `OperatorError` when something is there that cannot be one: another version's,
 * a damaged one, or one that may not be read.
 */
export function clusterExists(folder: DataFolder): boolean {
  const { cluster } = folder;
  try {
    const found = statSync(cluster, { throwIfNoEntry: false });
    if (!found || (found.isDirectory() && readdirSync(cluster).length === 0)) return false;
    if (!found.isDirectory()) throw damaged(cluster, '  It is not a folder.');
    if (!existsSync(join(cluster, 'PG_VERSION'))) throw damaged(cluster, '  PG_VERSION is missing.');
    const version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
    if (!/^[\d.]+$/.test(version)) throw damaged(cluster, '  PG_VERSION holds no version.');
    if (version !== MAJOR_VERSION)
      throw new OperatorError(
        `the database in ${cluster} is of Postgres ${version}; this Freehold runs ${MAJOR_VERSION}`,
        {
          remedy: WRONG_VERSION,
        },
      );
    if (!existsSync(join(cluster, 'global', 'pg_control'))) throw damaged(cluster, '  global/pg_control is missing.');
    // Postgres insists on it, and a copy or a restored backup seldom keeps it.
    if (process.platform !== 'win32' && ![0o700, 0o750].includes(found.mode & 0o777)) chmodSync(cluster, 0o700);
    return true;
  } catch (error) {
    throw folderError(cluster, error);
  }
}

/**
 * Makes the cluster beside its place and renames it when it is whole, so that an interrupted attempt leaves nothing that looks like
 * one. Text sorts by code point and case follows Unicode, the same on every machine (provider builtin, C.UTF-8).
 */
export async function initialise(
  folder: DataFolder,
  binaries: Binaries,
  account: Account | undefined,
  password: string,
  signal?: AbortSignal,
): Promise<void> {
  for (const entry of readdirSync(folder.root))
    if (entry.startsWith('postgres.new-'))
      rmSync(join(folder.root, entry), { recursive: true, force: true, maxRetries: 5 });
  const fresh = join(folder.root, `postgres.new-${process.pid}`);
  try {
    mkdirSync(fresh, { mode: 0o700 });
    if (account) chownSync(fresh, account.uid, account.gid);
    await runInitdb(fresh, folder, binaries, account, password, signal);
    writeFileSync(join(fresh, 'postgresql.conf'), POSTGRESQL_CONF);
    renameSync(fresh, folder.cluster);
    syncFolder(folder.root);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true, maxRetries: 5 });
    throw folderError(folder.root, error);
  }
}

async function runInitdb(
  fresh: string,
  folder: DataFolder,
  binaries: Binaries,
  account: Account | undefined,
  password: string,
  signal?: AbortSignal,
): Promise<void> {
  const passwordFile = `${fresh}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account) chownSync(passwordFile, account.uid, account.gid);
  // By descriptor, because the account may be unable to walk the path.
  const descriptor = openSync(passwordFile, 'r');
  try {
    const options = [
      ['-D', folderArgument(account, fresh)],
      [
        '-U',
        'postgres',
        `--pwfile=${process.platform === 'win32' ? passwordFile : '/dev/fd/3'}`,
        '--auth=scram-sha-256',
      ],
      ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'],
    ].flat();
    const child = spawn(binaries.initdb, options, {
      ...account,
      cwd: fresh,
      env: ENVIRONMENT,
      // A group of its own: Ctrl-C does not reach it, and calling it off ends the programs that it runs as well.
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe', descriptor],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (part) => (text += part));
    const ended = new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    const callOff = () => child.pid && process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
    signal?.addEventListener('abort', callOff, { once: true });
    const status = await ended.finally(() => signal?.removeEventListener('abort', callOff));
    signal?.throwIfAborted();
    if (status !== 0) throw initdbFailure(folder, text, account);
  } finally {
    closeSync(descriptor);
    rmSync(passwordFile, { force: true });
  }
}

function initdbFailure(folder: DataFolder, text: string, account: Account | undefined): OperatorError {
  if (text.includes('could not look up effective user ID'))
    return new OperatorError(
      `uid ${account?.uid ?? process.getuid?.()} has no entry in the password file, which initdb needs`,
      {
        remedy: 'Start Freehold as a user that /etc/passwd knows, or set DATABASE_URL.',
      },
    );
  const kind = classify(text);
  if (kind !== 'damaged' && kind !== 'unknown') return startFailure(folder, text);
  return new OperatorError(`a new database could not be made in ${folder.root}\n${lastWords(text)}`, {
    remedy: 'Run `npm ci` again; where it does not help, set DATABASE_URL to a Postgres of your own.',
  });
}

/** Makes the rename itself durable; Windows cannot open a folder. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
