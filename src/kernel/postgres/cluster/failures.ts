import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from '../../errors.ts';
import type { DataFolder } from './data-folder.ts';
import { diskFull } from './data-folder.ts';

export type FailureKind =
  | 'disk-full'
  | 'port-taken'
  | 'no-socket'
  | 'orphans'
  | 'unreadable'
  | 'wrong-version'
  | 'memory'
  | 'setting'
  | 'damaged'
  | 'unknown';

/** First match wins. The texts are Postgres' own messages, in English because it runs with LC_ALL=C. */
const SIGNS: readonly (readonly [FailureKind, RegExp])[] = [
  ['disk-full', /No space left on device|Disk quota exceeded/],
  ['orphans', /pre-existing shared memory block/],
  ['no-socket', /could not (create|bind)( any)? Unix/],
  ['port-taken', /Address already in use|could not create any TCP\/IP sockets/],
  ['wrong-version', /database files are incompatible with server/],
  ['memory', /could not map anonymous shared memory|could not create shared memory|Cannot allocate memory/],
  ['setting', /unrecognized configuration parameter|invalid value for parameter|configuration file .* contains errors/],
  ['unreadable', /Permission denied|has wrong ownership|has invalid permissions|Operation not permitted/],
  [
    'damaged',
    /PANIC:|could not locate|invalid (checkpoint|primary)|incorrect checksum|invalid page|could not (open|read|access) (file|directory)|could not load|is not a valid data directory|No such file or directory/,
  ],
];

const COLLECTOR_MS = 1000;

export function classify(text: string): FailureKind {
  return SIGNS.find(([, sign]) => sign.test(text))?.[0] ?? 'unknown';
}

/** An `OperatorError` in the operator's words for what Postgres wrote before it ended. */
export function startFailure(folder: DataFolder, text: string): OperatorError {
  const said = lastWords(text);
  const cause = new Error(text.slice(-4000));
  const fail = (message: string, remedy: string) => new OperatorError(`${message}\n${said}`, { remedy, cause });
  const { cluster } = folder;
  switch (classify(text)) {
    case 'disk-full':
      return diskFull(cluster, cause);
    case 'port-taken':
      return fail('Postgres cannot listen: its port is taken by another program', 'Stop that program, or start again.');
    case 'wrong-version':
      return fail(`the database in ${cluster} was made by another version of Postgres`, WRONG_VERSION);
    case 'memory':
      return fail(
        'there is not enough memory to start Postgres',
        'Free some, or lower shared_buffers in postgresql.conf.',
      );
    case 'setting':
      return fail(
        'Postgres does not accept a setting',
        `Correct it in postgresql.conf or postgresql.auto.conf in ${cluster}.`,
      );
    case 'unreadable':
      return fail(
        `Postgres may not read or write its folder ${cluster}`,
        'Give the folder and all in it back to the user Postgres runs as (chown -R; mode 0700).',
      );
    case 'damaged':
      return damaged(cluster, said, cause);
    default:
      return fail('Postgres did not start', `Its log is in ${folder.startLog} and ${join(cluster, 'log')}.`);
  }
}

export const WRONG_VERSION =
  'Start it with the Freehold it was made with and move the data by a backup (dump and restore), or choose another folder with --data.';

export function damaged(cluster: string, what: string, cause?: unknown): OperatorError {
  return new OperatorError(`the database in ${cluster} is damaged or incomplete\n${what}`, {
    remedy: `Restore it from a backup. To begin anew without its data, move ${cluster} away.`,
    cause,
  });
}

/**
 * What the start log and the newest log of the collector say; Postgres changes from one to the other as it starts, and the
 * collector, another process, may still be writing when Postgres is gone.
 */
export async function startText(folder: DataFolder, since: number): Promise<string> {
  const deadline = Date.now() + COLLECTOR_MS;
  for (;;) {
    const text = tail(folder.startLog) + newestLog(folder.cluster, since);
    if (/FATAL:|PANIC:|is shut down/.test(text) || Date.now() > deadline) return text;
    await delay(20);
  }
}

function newestLog(cluster: string, since: number): string {
  try {
    const logs = join(cluster, 'log');
    const newest = readdirSync(logs).sort().at(-1);
    return newest ? tail(join(logs, newest), since) : '';
  } catch {
    return '';
  }
}

/** The last 16 KB, or nothing when the file was last written before `since` (epoch milliseconds). */
function tail(path: string, since = 0): string {
  const file = openSync(path, 'r');
  try {
    const { size, mtimeMs } = fstatSync(file);
    if (mtimeMs < since) return '';
    const buffer = Buffer.alloc(Math.min(size, 16_384));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8');
  } finally {
    closeSync(file);
  }
}

export function lastWords(text: string): string {
  const telling = text
    .split('\n')
    .filter((line) => /FATAL|PANIC|ERROR|DETAIL|HINT|could not|error:|invalid value|unrecognized/.test(line));
  return (telling.length > 0 ? telling : text.trim().split('\n'))
    .slice(-4)
    .map((line) => `  Postgres said: ${line.trim()}`)
    .join('\n');
}
