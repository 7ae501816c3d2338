import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { OperatorError } from '../../errors.ts';
import { handOver, openDataFolder } from './data-folder.ts';
import { tryLock } from './file-lock.ts';

export interface Claim {
  /** Idempotent. */
  release(): void;
}

/**
 * Makes this process the one server on the data folder, until released or dead. Throws `OperatorError` naming the other's pid
 * when there is one. Commands that only use the database need no claim.
 */
export async function claimFolder(folder: string): Promise<Claim> {
  const data = openDataFolder(folder);
  const lock = tryLock(data.locks.server, 'exclusive');
  if (!lock) {
    const owner = readOwner(data.owner);
    throw new OperatorError(
      `another freehold ${owner ? `(pid ${owner.pid}, since ${owner.since}) ` : ''}runs on ${data.root}`,
      { remedy: 'Stop it first, or choose another data folder with --data.' },
    );
  }
  writeFileSync(data.owner, JSON.stringify({ pid: process.pid, since: new Date().toISOString() }), { mode: 0o600 });
  handOver(data.root, data.owner);
  let released = false;
  return {
    release: () => {
      if (released) return;
      released = true;
      rmSync(data.owner, { force: true });
      lock.release();
    },
  };
}

/** What the holder of the lock wrote about itself; only a message, the lock is what decides. */
function readOwner(path: string): { pid: number; since: string } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { pid: number; since: string };
  } catch {
    return undefined;
  }
}
