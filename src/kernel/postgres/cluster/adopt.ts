/** Finds out whether a server already runs on a cluster, and whether it is one we can use. */
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from '../../errors.ts';
import type { ConnectionTarget } from '../database.ts';
import { withOwner } from '../owner.ts';
import type { DataFolder } from './data-folder.ts';
import { isPostgresOf, type PidFile, readPidFile } from './pid-file.ts';

const POLL_MS = 50;
/** A server that is neither starting nor answering for this long is hung. */
const ANSWER_MS = 8000;

export type Found =
  | { readonly kind: 'none' }
  | { readonly kind: 'alive'; readonly pid: number; readonly target: ConnectionTarget }
  /** Runs, but does not answer, or does not take the password; it must be stopped before another can start. */
  | { readonly kind: 'unusable'; readonly pid: number; readonly reason: string };

export function targetOf(
  cluster: string,
  file: Pick<PidFile, 'hasSocket' | 'port'>,
  password: string,
): ConnectionTarget {
  return {
    host: file.hasSocket ? cluster : '127.0.0.1',
    port: file.port,
    database: 'postgres',
    user: 'postgres',
    password,
    tls: { kind: 'disable' },
  };
}

/** Waits as long as a server recovers or shuts down; a server that hangs is reported as unusable. */
export async function findServer(folder: DataFolder, password: string, signal?: AbortSignal): Promise<Found> {
  let deadline = Date.now() + ANSWER_MS;
  for (;;) {
    signal?.throwIfAborted();
    const file = readPidFile(folder.cluster);
    if (!file || !isPostgresOf(folder.cluster, file.pid)) return { kind: 'none' };
    const answer = await probe(targetOf(folder.cluster, file, password));
    if (answer === 'ok') return { kind: 'alive', pid: file.pid, target: targetOf(folder.cluster, file, password) };
    if (answer === 'refused') return { kind: 'unusable', pid: file.pid, reason: 'it does not take the password' };
    if (answer === 'busy') deadline = Date.now() + ANSWER_MS;
    if (Date.now() > deadline) return { kind: 'unusable', pid: file.pid, reason: 'it does not answer' };
    await delay(POLL_MS);
  }
}

type Answer = 'ok' | 'busy' | 'refused' | 'silent';

async function probe(target: ConnectionTarget): Promise<Answer> {
  try {
    await withOwner(target, (client) => client.query('SELECT 1'));
    return 'ok';
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === '57P03') return 'busy';
    if (code === '28P01' || code === '28000') return 'refused';
    // Too many connections: alive and ours, since it got as far as counting.
    if (code === '53300') return 'ok';
    return 'silent';
  }
}

/** Logs in once. Throws `OperatorError` when the server does not take the password that secrets.json holds. */
export async function provePassword(folder: DataFolder, target: ConnectionTarget): Promise<void> {
  if ((await probe(target)) !== 'refused') return;
  throw new OperatorError(`the database in ${folder.cluster} does not take the password in ${folder.secrets}`, {
    remedy: `Remove "postgresPassword" from ${folder.secrets} and start again: a new one is set.`,
  });
}
