import { Refusal } from '../errors.ts';
import type { Identity, RawResult, Row, Session, SessionOptions, Statement, Value } from './database.ts';
import type { Member } from './pool.ts';
import { cancelRunning, exchange, lease, rollBack, transactionEnded, worthAnotherTry } from './session-exchange.ts';
import { beginWith, prelude } from './session-settings.ts';
import { abortError, PostgresError } from './sql-errors.ts';
import { decodeRows } from './wire/decode.ts';
import type { Exchange } from './wire/exchange.ts';

/**
 * A transaction that its work drives. BEGIN and the identity travel with the first statement, so a session of one
 * statement takes two round trips and one without any takes none.
 */
export class InteractiveSession implements Session {
  readonly identity: Identity;
  readonly #member: Member;
  readonly #options: SessionOptions;
  readonly #timeoutMs: number;
  #state: 'new' | 'open' | 'over' = 'new';
  /** The error that made the transaction fail, if one did. */
  #failure: PostgresError | undefined;

  constructor(member: Member, identity: Identity, options: SessionOptions, defaultTimeoutMs: number) {
    this.identity = identity;
    this.#member = member;
    this.#options = options;
    this.#timeoutMs = options.statementTimeoutMs ?? defaultTimeoutMs;
    lease(member, identity, options);
  }

  /** Runs the work and commits; rolls back when it throws, when a statement has failed, or at the signal. */
  async run<T>(work: (session: Session) => Promise<T>): Promise<T> {
    try {
      const value = await this.#untilAborted(work);
      await this.#commit();
      return value;
    } catch (error) {
      await this.#abandon();
      throw error;
    }
  }

  async query<R = Row>(text: string, values?: readonly Value[]): Promise<R[]> {
    return decodeRows(await this.raw({ text, values })) as R[];
  }

  async one<R = Row>(text: string, values?: readonly Value[]): Promise<R> {
    const row = await this.maybeOne<R>(text, values);
    if (row === undefined) throw new Refusal('NOT_FOUND', 'Not found');
    return row;
  }

  async maybeOne<R = Row>(text: string, values?: readonly Value[]): Promise<R | undefined> {
    const rows = await this.query<R>(text, values);
    if (rows.length > 1)
      throw new PostgresError({ code: '21000', message: `at most one row was expected, ${rows.length} came` });
    return rows[0];
  }

  async execute(text: string, values?: readonly Value[]): Promise<number> {
    return (await this.raw({ text, values })).count;
  }

  async raw(statement: Statement): Promise<RawResult> {
    const { signal } = this.#options;
    if (signal?.aborted) throw abortError(signal);
    if (this.#state === 'over') throw new Error('the session is over: a statement came after its work had ended');
    const done = await this.#send(statement);
    if (signal?.aborted && done.error) throw abortError(signal);
    if (done.error) {
      this.#failure ??= done.error;
      throw done.error;
    }
    const result = done.results.at(-1) as RawResult;
    if (result.command === 'ROLLBACK') this.#failure = undefined;
    if (done.status === 'I' || endsTransaction(result, statement.text)) {
      this.#state = 'over';
      throw transactionEnded(this.#member);
    }
    return result;
  }

  /** Only the first statement can be tried again: behind it the transaction holds work that would be lost. */
  async #send(statement: Statement): Promise<Exchange> {
    if (this.#state === 'open') return exchange(this.#member, [statement], this.#timeoutMs);
    const opening = () => [
      beginWith(this.#options.isolation),
      ...prelude(this.identity, this.#options, this.#member.hasTemporary),
      statement,
    ];
    const answer = exchange(this.#member, opening(), this.#timeoutMs);
    this.#state = 'open';
    const done = await answer;
    if (!this.#member.connection.quiet || !worthAnotherTry(done, this.#member)) return done;
    await rollBack(this.#member);
    return exchange(this.#member, opening(), this.#timeoutMs);
  }

  async #untilAborted<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { signal } = this.#options;
    if (!signal) return work(this);
    if (signal.aborted) throw abortError(signal);
    const { promise, reject } = Promise.withResolvers<never>();
    const abort = () => {
      this.#state = 'over';
      if (!this.#member.connection.quiet) cancelRunning(this.#member);
      reject(abortError(signal));
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([work(this), promise]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** COMMIT of a failed transaction answers ROLLBACK: then nothing was stored, whatever the work made of the error. */
  async #commit(): Promise<void> {
    if (this.#state !== 'open') {
      this.#state = 'over';
      return;
    }
    this.#state = 'over';
    const { error, results, status } = await exchange(this.#member, [{ text: 'commit' }], this.#timeoutMs);
    if (error) throw error;
    if (status !== 'I') throw transactionEnded(this.#member);
    if (results[0]?.command !== 'COMMIT') throw this.#failure ?? failedTransaction();
  }

  async #abandon(): Promise<void> {
    this.#state = 'over';
    const { connection, doubtful } = this.#member;
    if (doubtful || connection.ended || (connection.quiet && connection.status === 'I')) return;
    await rollBack(this.#member, this.#timeoutMs);
  }
}

function failedTransaction(): PostgresError {
  return new PostgresError({ code: '25P02', message: 'the transaction failed and was rolled back' });
}

/** COMMIT AND CHAIN leaves a transaction open, but without role and claims; ROLLBACK TO a savepoint is fine. */
function endsTransaction(result: RawResult, text: string): boolean {
  return result.command === 'COMMIT' || (result.command === 'ROLLBACK' && !/\bto\b/i.test(text));
}
