import type { Identity, RawResult, SessionOptions, Statement } from './database.ts';
import type { Member } from './pool.ts';
import { beginWith, identify } from './session-settings.ts';
import { PostgresError } from './sql-errors.ts';
import { isStalePlan } from './wire/connection.ts';
import type { Exchange } from './wire/exchange.ts';

/** What the server gets beyond its own statement timeout before it counts as dead. */
const GRACE_MS = 5000;
const CANCEL_TIMEOUT_MS = 2000;

/** What an aborted session rejects with; the signal's reason is its cause. */
export function abortError(signal: AbortSignal): DOMException {
  return Object.assign(new DOMException('The session was aborted', 'AbortError'), { cause: signal.reason });
}

/** Sends the statements with one Sync, under a deadline; cancels the backend when the signal says so. */
export function exchange(
  member: Member,
  statements: readonly Statement[],
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Exchange> {
  member.deadline = Date.now() + timeoutMs * statements.length + GRACE_MS;
  const answer = member.connection.send(statements);
  return signal ? cancelOn(signal, member, answer) : answer;
}

async function cancelOn(signal: AbortSignal, member: Member, answer: Promise<Exchange>): Promise<Exchange> {
  const abort = () => cancelRunning(member);
  signal.addEventListener('abort', abort, { once: true });
  try {
    const done = await answer;
    if (signal.aborted && done.error) throw abortError(signal);
    return done;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Cancels what runs. The connection will not be used again; if the cancel does not get through, it ends at once. */
export function cancelRunning(member: Member): void {
  member.doubtful = true;
  member.deadline = Date.now() + CANCEL_TIMEOUT_MS;
  member.connection.cancel(CANCEL_TIMEOUT_MS).catch(() => member.connection.destroy('it could not be cancelled'));
}

/**
 * Role, claims and the statements in one exchange: one implicit transaction, or an explicit one where an isolation level is
 * asked for. When a prepared statement has gone stale the transaction has been rolled back whole, so it is sent once more.
 */
export async function runOneShot(
  member: Member,
  identity: Identity,
  statements: readonly Statement[],
  options: SessionOptions,
  defaultTimeoutMs: number,
): Promise<RawResult[]> {
  const { isolation, signal } = options;
  const timeoutMs = options.statementTimeoutMs ?? defaultTimeoutMs;
  const identification = identify(identity, options);
  const all = isolation
    ? [beginWith(isolation), identification, ...statements, { text: 'commit' }]
    : [identification, ...statements];
  member.role = identity.role;
  member.connection.requestId = options.requestId ?? '';
  let done = await exchange(member, all, timeoutMs, signal);
  if (done.status === 'E') await rollBack(member);
  if (done.error && isStale(done.error) && done.status !== 'broken')
    done = await exchange(member, all, timeoutMs, signal);
  if (done.error) throw done.error;
  const results = isolation ? done.results.slice(2, -1) : done.results.slice(1);
  if (done.status !== 'I' || results.some(endsTransaction)) throw transactionEnded(member);
  return results;
}

/** Leaves a failed transaction; a connection that cannot is in doubt. */
export async function rollBack(member: Member): Promise<void> {
  const { status } = await exchange(member, [{ text: 'rollback' }], CANCEL_TIMEOUT_MS);
  if (status !== 'I') member.doubtful = true;
}

export function isStale(error: PostgresError): boolean {
  return error.code === '26000' || isStalePlan(error);
}

/** Statements that end or begin a transaction take role and claims away from those behind them. */
function endsTransaction(result: RawResult): boolean {
  return /^(COMMIT|ROLLBACK|BEGIN|START|PREPARE TRANSACTION)/.test(result.command);
}

export function transactionEnded(member: Member): PostgresError {
  member.doubtful = true;
  return new PostgresError({
    code: '2D000',
    message: 'a session is one transaction: its work may not begin, commit or roll back',
  });
}
