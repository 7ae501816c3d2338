import { Refusal } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { CancelSignal } from './database.ts';
import { UNLOCK } from './session-settings.ts';
import { abortError, PostgresError } from './sql-errors.ts';
import { WaitingLine } from './waiting-line.ts';
import type { Connection } from './wire/connection.ts';

const RETRY_MS = { first: 50, longest: 1000 };
/** How often the watch looks after the connections. */
const WATCH_MS = 250;
const CANCEL_TIMEOUT_MS = 2000;
const TIDY_TIMEOUT_MS = 5000;
/** What sessions under way get when the pool closes. */
const CLOSE_TIMEOUT_MS = 5000;

/** A connection in the pool. Leased to one session at a time. */
export interface Member {
  readonly connection: Connection;
  /** The role it served last: plans under row level security are kept for that role. */
  role: string;
  /** Epoch milliseconds by which the server must have answered; 0 while nothing is under way. */
  deadline: number;
  /** Its transaction state is unknown, or a cancel may still arrive: destroyed on release. */
  doubtful: boolean;
  /** The backend has had a temporary schema, which it keeps. */
  hasTemporary: boolean;
  /** Served a session since the watch last freed its advisory locks. */
  unswept: boolean;
}

export interface PoolOptions {
  readonly size: number;
  readonly queueTimeoutMs: number;
  readonly connect: () => Promise<Connection>;
  readonly log: Logger;
}

/**
 * A bounded number of connections, and a line for whoever finds none free. A free connection of the same role is
 * preferred, then a new one, then a free one of another role: a change of role makes Postgres plan anew, which costs a third.
 */
export class Pool {
  readonly #options: PoolOptions;
  readonly #members = new Set<Member>();
  readonly #idle: Member[] = [];
  readonly #line = new WaitingLine<Member>();
  readonly #watch: NodeJS.Timeout;
  #connecting = 0;
  #failures = 0;
  #lastFailure: unknown;
  #retry: NodeJS.Timeout | undefined;
  #lineTimer: NodeJS.Timeout | undefined;
  #closing: PromiseWithResolvers<void> | undefined;
  /** Connections lost or destroyed since the start. */
  lost = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#watch = setInterval(() => this.#watchOver(Date.now()), WATCH_MS).unref();
  }

  get counts(): { open: number; idle: number; waiting: number } {
    return { open: this.#members.size, idle: this.#idle.length, waiting: this.#line.length };
  }

  /** A free connection, at once when there is one. Rejects with UNAVAILABLE after the queue's time, or with an AbortError. */
  acquire(role: string, signal?: CancelSignal): Member | Promise<Member> {
    if (this.#closing) throw new Refusal('UNAVAILABLE', 'The database is closing');
    const last = this.#idle.at(-1);
    if (last?.role === role && !last.connection.ended) return this.#idle.pop() as Member;
    const mine = this.#idle.findLastIndex((member) => member.role === role && !member.connection.ended);
    if (mine >= 0) return this.#idle.splice(mine, 1)[0] as Member;
    const full = this.#members.size + this.#connecting >= this.#options.size;
    const other = full || this.#failures > 0 ? this.#idle.shift() : undefined;
    if (other && !other.connection.ended) return other;
    const waiting = this.#wait(role, signal);
    this.#grow();
    return waiting;
  }

  /** Takes a connection back: into the line, to the idle ones, or out of the world when its state is in doubt. */
  release(member: Member): void {
    member.deadline = 0;
    member.unswept = true;
    if (member.connection.ended) return;
    if (member.doubtful || !member.connection.quiet) member.connection.destroy('its state was in doubt');
    else if (member.connection.touched) void this.#tidy(member, 'discard all');
    else this.#give(member);
  }

  /** Refuses whoever waits, lets sessions under way finish for a while, closes everything. */
  close(): Promise<void> {
    if (this.#closing) return this.#closing.promise;
    this.#closing = Promise.withResolvers<void>();
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
    clearTimeout(this.#lineTimer);
    for (const waiter of this.#line.everyone()) waiter.refuse(new Refusal('UNAVAILABLE', 'The database is closing'));
    for (const member of this.#idle.splice(0)) member.connection.close();
    this.#closeIfEmpty();
    const timer = setTimeout(() => this.#destroyAll(), CLOSE_TIMEOUT_MS);
    return this.#closing.promise.finally(() => clearTimeout(timer));
  }

  #destroyAll(): void {
    for (const { connection } of this.#members) connection.destroy('the database is closing');
  }

  #closeIfEmpty(): void {
    if (this.#members.size === 0 && this.#connecting === 0) this.#closing?.resolve();
  }

  /**
   * Runs a statement that undoes what a session left behind, before anyone else gets the connection. DISCARD ALL undoes every
   * trace that a command of its own can leave (SET, temporary tables, LISTEN, PREPARE, cursors, advisory locks).
   */
  async #tidy(member: Member, text: string): Promise<void> {
    member.deadline = Date.now() + TIDY_TIMEOUT_MS;
    const { status, error } = await member.connection.send([{ text }]);
    member.deadline = 0;
    if (status !== 'I' || error) {
      member.connection.destroy('it could not be tidied');
      return;
    }
    member.connection.touched = false;
    member.unswept = false;
    this.#give(member);
  }

  #give(member: Member): void {
    const waiter = this.#line.next(member.role);
    if (this.#closing) member.connection.close();
    else if (waiter) waiter.admit(member);
    else this.#idle.push(member);
  }

  #wait(role: string, signal: CancelSignal | undefined): Promise<Member> {
    const { promise, resolve, reject } = Promise.withResolvers<Member>();
    const deadline = Date.now() + this.#options.queueTimeoutMs;
    const waiter = { role, deadline, passedOver: 0, admit: resolve, refuse: reject };
    this.#line.join(waiter);
    this.#armLine(deadline);
    if (!signal) return promise;
    const leave = () => {
      if (this.#line.leave(waiter)) reject(abortError(signal));
    };
    signal.addEventListener('abort', leave, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', leave));
  }

  /** One timer serves the line: everybody waits equally long, so the head's deadline is the next. */
  #armLine(deadline: number): void {
    this.#lineTimer ??= setTimeout(() => {
      this.#lineTimer = undefined;
      for (const waiter of this.#line.overdue(Date.now())) waiter.refuse(this.#unavailable());
      const next = this.#line.nextDeadline;
      if (next !== undefined) this.#armLine(next);
    }, deadline - Date.now());
  }

  #unavailable(): Refusal {
    const message = this.#failures > 0 ? 'The database cannot be reached' : 'The database is busy';
    return new Refusal('UNAVAILABLE', message, { retryAfter: 1, cause: this.#lastFailure });
  }

  /** Opens as many connections as there are requests waiting and room for. */
  #grow(): void {
    if (this.#retry || this.#closing) return;
    const room = this.#options.size - this.#members.size - this.#connecting;
    const wanted = Math.min(room, this.#line.length - this.#connecting, this.#failures > 0 ? 1 : room);
    for (let index = 0; index < wanted; index++) void this.#connect();
  }

  async #connect(): Promise<void> {
    this.#connecting++;
    try {
      const connection = await this.#options.connect();
      this.#connecting--;
      this.#admit(connection);
    } catch (error) {
      this.#connecting--;
      this.#connectFailed(error);
    }
    this.#closeIfEmpty();
  }

  #admit(connection: Connection): void {
    this.#failures = 0;
    this.#lastFailure = undefined;
    const member: Member = { connection, role: '', deadline: 0, doubtful: false, hasTemporary: false, unswept: false };
    this.#members.add(member);
    void connection.closed.then((reason) => this.#gone(member, reason));
    this.#give(member);
    this.#grow();
  }

  #connectFailed(error: unknown): void {
    this.#lastFailure = error;
    const delay = Math.min(RETRY_MS.first * 2 ** this.#failures++, RETRY_MS.longest);
    this.#options.log.warn({ err: error, attempt: this.#failures }, 'cannot connect to Postgres');
    if (this.#closing) return;
    if (isDefinite(error)) for (const waiter of this.#line.everyone()) waiter.refuse(this.#unavailable());
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.#grow();
    }, delay);
  }

  #gone(member: Member, reason: PostgresError): void {
    this.#members.delete(member);
    const index = this.#idle.indexOf(member);
    if (index >= 0) this.#idle.splice(index, 1);
    if (this.#closing) {
      this.#closeIfEmpty();
      return;
    }
    this.lost++;
    this.#options.log.warn({ code: reason.code, reason: reason.message }, 'connection to Postgres ended');
    this.#grow();
  }

  #watchOver(now: number): void {
    this.#overrun(now);
    for (const member of this.#idle.filter((idle) => idle.unswept)) this.#sweep(member);
  }

  /** An idle connection must not hold an advisory lock until its next session frees it. */
  #sweep(member: Member): void {
    this.#idle.splice(this.#idle.indexOf(member), 1);
    void this.#tidy(member, UNLOCK);
  }

  /** Gives up on servers that let their own statement timeout pass without a word. */
  #overrun(now: number): void {
    for (const member of this.#members) {
      if (member.deadline === 0 || member.deadline > now) continue;
      member.doubtful = true;
      member.deadline = 0;
      void member.connection
        .cancel(CANCEL_TIMEOUT_MS)
        .catch(() => {})
        .then(() => member.connection.destroy('the server did not answer in time'));
    }
  }
}

/** A wrong password or database will not come right by trying again. */
function isDefinite(error: unknown): boolean {
  return error instanceof PostgresError && /^(28|3D|08P01)/.test(error.code);
}
