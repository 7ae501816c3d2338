import { createHmac } from 'node:crypto';
import { OperatorError, Refusal } from '../errors.ts';
import type { ConnectionTarget, Database } from './database.ts';

/**
 * The password of `authenticator` on a server that is not ours, undefined when the owner logs in without one. Every node and
 * every project that shares the owner must arrive at the same, or each start would lock the others out: the role belongs to
 * the whole server, while data folders do not. It does not give the owner's password away.
 */
export function sharedPassword(owner: ConnectionTarget): string | undefined {
  return owner.password
    ? createHmac('sha256', owner.password).update('freehold authenticator').digest('hex')
    : undefined;
}

/** Logs in as sessions do, so that a server which refuses them is named at the start and not by every request. */
export async function requireSessions(database: Database, target: ConnectionTarget): Promise<void> {
  try {
    await database.asAnon((session) => session.query('select 1'));
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'UNAVAILABLE') throw error;
    const { user, database: name } = target;
    const reason = error.cause instanceof Error ? error.cause.message : error.message;
    throw new OperatorError(
      `the owner logs in to the database "${name}", but sessions cannot, as "${user}": ${reason}`,
      {
        remedy:
          `Let ${user} in beside the owner, e.g. in pg_hba.conf: host ${name} ${user} all scram-sha-256; ` +
          'with too few connections, raise max_connections or lower FREEHOLD_POOL_SIZE.',
        cause: error,
      },
    );
  }
}
