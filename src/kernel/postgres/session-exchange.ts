import type { CancelSignal, Identity, RawResult, SessionOptions, Statement } from './database.ts';
import type { Member } from './pool.ts';
import { beginWith, foundTemporary, prelude } from './session-settings.ts';
import { abortError, PostgresError } from './sql-errors.ts';
import { isStalePlan } from './wire/connection.ts';
import type { Exchange } from './wire/exchange.ts';

const COMMIT: Statement = { text: 'commit' };
/** What the server gets beyond its own statement timeout before it counts as dead. */
const GRACE_MS = 5000;
const CANCEL_TIMEOUT_MS = 2000;
/** What a one-shot gets to finish when its signal has spoken. */
const HANGUP_MS = 200;

/**
 * Sends the statements with one Sync, under a deadline that the signal can bring forward. Throws at once, with nothing
 * sent, when the signal has spoken already or a value cannot be encoded.
 */
export function exchange(
  member: Member,
  statements: readonly Statement[],
  timeoutMs: number,
  signal?: CancelSignal,
): Promise<Exchange> {
  if (signal?.aborted) throw abortError(signal);
  const answer = member.connection.send(statements);
  member.deadline = Date.now() + timeoutMs * statements.length + GRACE_MS;
  return signal ? cancelOn(signal, member, answer) : answer;
}

/** Lets a short statement finish: whoever hangs up must not cost a connection each time. The pool's watch cancels what runs longer. */
async function cancelOn(signal: CancelSignal, member: Member, answer: Promise<Exchange>): Promise<Exchange> {
  const abort = () => {
    member.deadline = Date.now() + HANGUP_MS;
  };
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
 * asked for. An exchange that failed before its work could count has been rolled back whole, and is sent once more.
 */
export async function runOneShot(
  member: Member,
  identity: Identity,
  statements: readonly Statement[],
  options: SessionOptions,
  defaultTimeoutMs: number,
): Promise<RawResult[]> {
  const timeoutMs = options.statementTimeoutMs ?? defaultTimeoutMs;
  const attempt = () => exchange(member, oneShot(member, identity, statements, options), timeoutMs, options.signal);
  lease(member, identity, options);
  let done = await attempt();
  if (done.error) {
    if (done.status === 'E') await rollBack(member);
    if (member.connection.ended || !worthAnotherTry(done, member)) throw done.error;
    done = await attempt();
    if (done.error) {
      if (done.status === 'E') await rollBack(member);
      throw done.error;
    }
  }
  const end = done.results.length - (options.isolation ? 1 : 0);
  const start = end - statements.length;
  if (done.results[start - 1]?.count !== 1) throw identityMissing(member);
  const results = done.results.slice(start, end);
  if (done.status !== 'I' || results.some(endsTransaction)) throw transactionEnded(member);
  return results;
}

function oneShot(
  member: Member,
  identity: Identity,
  statements: readonly Statement[],
  options: SessionOptions,
): Statement[] {
  const all = [...prelude(identity, options, member.hasTemporary), ...statements];
  return options.isolation ? [beginWith(options.isolation), ...all, COMMIT] : all;
}

/** Notes on the connection whom it serves now. */
export function lease(member: Member, identity: Identity, options: SessionOptions): void {
  member.role = identity.role;
  member.connection.requestId = options.requestId ?? '';
}

/** Leaves a failed transaction; a connection that cannot is in doubt. */
export async function rollBack(member: Member, timeoutMs = CANCEL_TIMEOUT_MS): Promise<void> {
  const { status } = await exchange(member, [{ text: 'rollback' }], timeoutMs);
  if (status !== 'I') member.doubtful = true;
}

/**
 * Whether the exchange failed for a reason that is gone the next time: a prepared statement whose columns have changed or that
 * was deallocated (forgotten by now), or a temporary schema found by the prelude.
 */
export function worthAnotherTry(done: Exchange, member: Member): boolean {
  if (!done.error || done.status === 'broken') return false;
  if (foundTemporary(done.error.code, done.statements[done.results.length]?.text)) {
    member.hasTemporary = true;
    return true;
  }
  return done.error.code === '26000' || isStalePlan(done.error);
}

/** The prelude yields one row when all that it sets has been set. Cannot happen, but if it did, nothing of the answer may get out. */
function identityMissing(member: Member): Error {
  member.doubtful = true;
  return new Error('the prelude of a session did not set everything');
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
