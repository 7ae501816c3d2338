/**
 * A lock on a file that the kernel holds for this process and drops when it dies, however it dies: there is nothing stale to
 * judge afterwards, and processes in different pid namespaces (containers) exclude each other too. Node has no flock; SQLite,
 * which is part of Node, locks a file on every system, so an empty database is the lock.
 */

import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from '../../errors.ts';
import { handOver } from './data-folder.ts';

export interface FileLock {
  /** Idempotent. */
  release(): void;
}

export type LockKind = 'exclusive' | 'shared';

const SQLITE_BUSY = 5;
const POLL_MS = 20;

/** The lock, or undefined when somebody else (also in this process) holds it in a way that excludes ours. */
export function tryLock(file: string, kind: LockKind): FileLock | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    handOver(dirname(file), file);
    // Without a journal file nothing is ever written, so that locking works on a full disk too.
    database.exec('PRAGMA journal_mode = MEMORY');
    // Reading a page is what takes SQLite's SHARED lock.
    database.exec(kind === 'exclusive' ? 'BEGIN EXCLUSIVE' : 'BEGIN; SELECT count(*) FROM sqlite_schema');
  } catch (error) {
    if (database?.isOpen) database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw new OperatorError(`the lock file ${file} cannot be used: ${(error as Error).message}`, {
      remedy: 'The data folder must be writable by this user and lie on a file system with file locks.',
      cause: error,
    });
  }
  const held = database;
  return {
    release: () => {
      if (held.isOpen) held.close();
    },
  };
}

/** Waits for the lock, polling. Throws `OperatorError` after `timeoutMs`, and what `signal` was aborted with. */
export async function waitForLock(
  file: string,
  kind: LockKind,
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<FileLock> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const lock = tryLock(file, kind);
    if (lock) return lock;
    if (Date.now() > deadline)
      throw new OperatorError(`another process has held ${file} for ${Math.round(options.timeoutMs / 1000)} s`, {
        remedy: 'Another freehold is starting or stopping on this data folder; wait for it, or look why it hangs.',
      });
    await delay(POLL_MS);
  }
}
