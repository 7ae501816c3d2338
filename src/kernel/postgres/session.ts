/**
 * Sessions over pooled connections. What keeps one session's state from the next, from cheap to dear:
 *
 * 1. Role, claims, request id and settings are transaction-local; the transaction is over when ReadyForQuery says so.
 * 2. Every session begins with RESET ALL, frees advisory locks and fails on a temporary schema (session-settings.ts): this
 *    catches what functions leave behind, for about 10 us of the server.
 * 3. The command tag, a reported parameter that differs, or a text with `pg_advisory_lock` shows state left openly (SET, LISTEN,
 *    PREPARE, DECLARE, CREATE, DO, CALL ...): DISCARD ALL before the connection goes on. A watch frees the locks of idle ones.
 * 4. Cancelled, overdue, ended by its work, or not idle at the end: destroyed.
 *
 * Not undone, when a *function* does it with dynamic SQL: LISTEN (its notifications are dropped, and the first one triggers
 * DISCARD ALL), PREPARE (under a name that cannot be one of ours), a holdable cursor; and `setseed`, `lastval`, loaded libraries.
 *
 * Sessions do not share a connection by pipelining, though the wire could: two deep gave 12 % more on a busy machine, but a
 * cancel or a kill meant for one session would hit the other.
 */
import type { Logger } from '../log.ts';
import {
  ANON,
  type ConnectionTarget,
  type Database,
  type Identity,
  type RawResult,
  SERVICE,
  type Session,
  type SessionOptions,
  type Statement,
  type UserClaims,
} from './database.ts';
import { InteractiveSession } from './interactive-session.ts';
import { Pool } from './pool.ts';
import { runOneShot } from './session-exchange.ts';
import { abortError, type ErrorFields } from './sql-errors.ts';
import { Connection } from './wire/connection.ts';

export interface DatabaseOptions {
  readonly target: ConnectionTarget;
  /** Connections at most. */
  readonly poolSize: number;
  /** For every statement of a session that does not say otherwise. */
  readonly statementTimeoutMs: number;
  /** From the first byte to the end of the login; 5 s. */
  readonly connectTimeoutMs?: number;
  /** How long a session waits for a connection before it is refused with UNAVAILABLE; 5 s. */
  readonly queueTimeoutMs?: number;
  /** With the process id of the server's side of every new connection. */
  readonly onConnect?: (processId: number) => void;
  readonly log: Logger;
}

/** Opens no connection yet: the first session does. */
export function openDatabase(options: DatabaseOptions): Database {
  const { target, poolSize, statementTimeoutMs, connectTimeoutMs = 5000, queueTimeoutMs = 5000 } = options;
  const log = options.log.child({ module: 'postgres' });
  const parameters = {
    client_encoding: 'UTF8',
    DateStyle: 'ISO',
    application_name: 'freehold',
    statement_timeout: String(statementTimeoutMs),
  };
  const onNotice = (fields: ErrorFields, requestId: string) => logNotice(log, fields, requestId);
  const connect = async () => {
    const connection = await Connection.open({ target, parameters, connectTimeoutMs, onNotice });
    options.onConnect?.(connection.processId);
    return connection;
  };
  const pool = new Pool({ size: poolSize, queueTimeoutMs, connect, log });
  return new PooledDatabase(pool, statementTimeoutMs);
}

class PooledDatabase implements Database {
  readonly #pool: Pool;
  readonly #statementTimeoutMs: number;
  #sessions = 0;
  #errors = 0;

  constructor(pool: Pool, statementTimeoutMs: number) {
    this.#pool = pool;
    this.#statementTimeoutMs = statementTimeoutMs;
  }

  async as<T>(identity: Identity, work: (session: Session) => Promise<T>, options: SessionOptions = {}): Promise<T> {
    const { signal } = options;
    if (signal?.aborted) throw abortError(signal);
    this.#sessions++;
    try {
      const member = await this.#pool.acquire(identity.role, signal);
      try {
        const session = new InteractiveSession(member, identity, options, this.#statementTimeoutMs);
        return await session.run(work);
      } finally {
        this.#pool.release(member);
      }
    } catch (error) {
      this.#errors++;
      throw error;
    }
  }

  asUser<T>(claims: UserClaims, work: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T> {
    const role = claims.role ?? 'authenticated';
    return this.as({ role, claims: claims.role === undefined ? { ...claims, role } : claims }, work, options);
  }

  asAnon<T>(work: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T> {
    return this.as(ANON, work, options);
  }

  asService<T>(work: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T> {
    return this.as(SERVICE, work, options);
  }

  async oneShot(
    identity: Identity,
    statements: readonly Statement[],
    options: SessionOptions = {},
  ): Promise<RawResult[]> {
    const { signal } = options;
    if (signal?.aborted) throw abortError(signal);
    this.#sessions++;
    try {
      const free = this.#pool.acquire(identity.role, signal);
      const member = free instanceof Promise ? await free : free;
      try {
        return await runOneShot(member, identity, statements, options, this.#statementTimeoutMs);
      } finally {
        this.#pool.release(member);
      }
    } catch (error) {
      this.#errors++;
      throw error;
    }
  }

  stats() {
    return { ...this.#pool.counts, sessions: this.#sessions, errors: this.#errors };
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

function logNotice(log: Logger, fields: ErrorFields, requestId: string): void {
  const line = { code: fields.code, where: fields.where, requestId: requestId || undefined };
  if (fields.severity === 'WARNING') log.warn(line, fields.message);
  else log.debug(line, fields.message);
}
