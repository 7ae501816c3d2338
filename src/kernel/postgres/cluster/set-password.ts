import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { type Account, ENVIRONMENT, folderArgument } from './account.ts';
import type { Binaries } from './binaries.ts';
import type { DataFolder } from './data-folder.ts';
import { startFailure } from './failures.ts';
import { disarmStalePidFile } from './pid-file.ts';
import { writeSettings } from './settings.ts';

/**
 * Sets the superuser's password of a cluster that is not running, for when secrets.json was lost: Postgres' single-user mode
 * asks for none. `password` must be hexadecimal. Throws `OperatorError` when the cluster cannot be opened.
 */
export async function setPassword(
  folder: DataFolder,
  binaries: Binaries,
  account: Account | undefined,
  password: string,
): Promise<void> {
  disarmStalePidFile(folder.cluster);
  writeSettings(folder.cluster, binaries, account);
  const quiet = [
    '-c',
    'log_statement=none',
    '-c',
    'log_min_duration_statement=-1',
    '-c',
    'log_min_error_statement=panic',
  ];
  const child = spawn(
    binaries.postgres,
    ['--single', '-D', folderArgument(account, folder.cluster), ...quiet, 'postgres'],
    {
      ...account,
      cwd: folder.cluster,
      env: ENVIRONMENT,
      stdio: ['pipe', 'ignore', 'pipe'],
    },
  );
  child.stdin.on('error', () => undefined);
  child.stdin.end(`ALTER ROLE postgres WITH LOGIN SUPERUSER PASSWORD '${password}'\n`);
  const status = new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  const said = await text(child.stderr);
  if ((await status) !== 0 || said.includes('ERROR')) throw startFailure(folder, said);
}
