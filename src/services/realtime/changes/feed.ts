/**
 * The stream of changes of one database: a slot, a walsender, and what happens when they go away. The stream goes on where it had
 * stopped whenever the slot still knows; where it cannot, `onGap` is told.
 *
 *     off -----(every 30 s)----> connecting <---(connection lost)--- live
 *      ^                          |  |  ^  \__________________________^
 *      |__(server cannot decode)__|  |__|  (fails: again, later and later)
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '#kernel/log.ts';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import { ReplicationConnection } from '#kernel/postgres/replication/connection.ts';
import {
  createSlot,
  dropSlot,
  formatLsn,
  readServerFacts,
  readSlot,
  type ServerFacts,
} from '#kernel/postgres/replication/slot.ts';
import { PostgresError } from '#kernel/postgres/sql-errors.ts';
import { Decoder, type Position } from './decoder.ts';
import type { LogItem } from './row-change.ts';

const RETRY_MS = { first: 50, longest: 2000, off: 30_000 };
const CONFIRM_MS = 5000;
const CONNECT_TIMEOUT_MS = 10_000;
/** Refusals of the server that come right only when somebody changes it: no such right, or not configured for it. */
const DEFINITE = new Set(['42501', '55000', '28000', '28P01', '3D000']);

export interface FeedOptions {
  readonly target: ConnectionTarget;
  readonly publications: readonly string[];
  readonly maxRetainedBytes: number;
  readonly log: Logger;
  /** False when the stream shall pause until `resume`. */
  onItem(item: LogItem): boolean;
  onLive(): void;
  /** Settles when nothing of the lost stream is under way any more. */
  onLost(): Promise<void>;
  onOff(reason: string): void;
  /** Changes may be missing from here on. */
  onGap(reason: string): void;
}

export class Feed {
  readonly #options: FeedOptions;
  readonly #stopped = new AbortController();
  #connection: ReplicationConnection | undefined;
  #slotName: string | undefined;
  #slotKind: ServerFacts['slotKind'] = 'temporary';
  /** Everything up to here has been delivered; undefined while there is nothing to go on from. */
  #confirmed: bigint | undefined;
  #delivered: Position | undefined;
  /** Nothing waits for delivery, so that the server's own position may be confirmed. */
  #idle = true;
  #run: Promise<void> | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** `from`: where another process has stopped, on whose slot this one goes on. */
  start(from?: { confirmed: bigint; delivered: Position | undefined }): void {
    this.#confirmed = from?.confirmed;
    this.#delivered = from?.delivered;
    this.#run = this.#loop();
  }

  /** All changes up to this commit have been delivered. */
  confirm(endLsn: bigint): void {
    this.#confirmed = endLsn;
  }

  /** This change has been delivered; a stream that repeats its transaction leaves it out. */
  passed(position: Position): void {
    this.#delivered = position;
  }

  /** The slot that holds the log back for us, once there is one. */
  get slot(): string | undefined {
    return this.#slotName;
  }

  /** Bytes of log that the slot holds back. Where nothing else limits them, too many mean that we begin anew. */
  watchRetained(bytes: number): void {
    if (this.#slotKind !== 'temporary' || bytes <= this.#options.maxRetainedBytes) return;
    this.#options.log.error({ bytes }, 'the slot holds back too much of the log and is given up');
    this.#connection?.destroy();
  }

  setIdle(idle: boolean): void {
    this.#idle = idle;
  }

  resume(): void {
    this.#connection?.resume();
  }

  /** Ends the stream; the slot stays for whoever goes on. */
  async abandon(): Promise<void> {
    this.#stopped.abort();
    this.#connection?.destroy();
    await this.#run;
  }

  /** Ends the stream and takes the slot away. */
  async close(): Promise<void> {
    await this.abandon();
    await this.#removeSlot().catch((error: unknown) =>
      this.#options.log.warn({ err: error, slot: this.#slotName }, 'the replication slot could not be dropped'),
    );
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopped;
    let wait = RETRY_MS.first;
    while (!signal.aborted) {
      try {
        const connection = await this.#open();
        wait = RETRY_MS.first;
        this.#options.onLive();
        const reason = await this.#follow(connection);
        await this.#options.onLost();
        if (signal.aborted) return;
        this.#options.log.warn({ code: reason.code, reason: reason.message }, 'the stream of changes broke');
        if (!isAway(reason)) await this.#startOver(reason.message);
      } catch (error) {
        this.#connection?.destroy();
        if (signal.aborted) return;
        const off = this.#judge(error);
        await delay(off ? RETRY_MS.off : wait, undefined, { signal, ref: false }).catch(() => undefined);
        wait = Math.min(2 * wait, RETRY_MS.longest);
      }
    }
  }

  /** True when the server will not do it. */
  #judge(error: unknown): boolean {
    const { code, message } = error as { code?: string; message: string };
    const definite = error instanceof NotPossible || (code !== undefined && DEFINITE.has(code));
    if (definite) this.#options.onOff(message);
    this.#options.log.warn({ err: error }, definite ? 'changes are off' : 'changes cannot be streamed yet');
    return definite;
  }

  async #open(): Promise<ReplicationConnection> {
    const { target } = this.#options;
    const limit = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
    const connection = await ReplicationConnection.open(target, limit);
    this.#connection = connection;
    if (this.#stopped.signal.aborted) throw new Error('stopped');
    const facts = await readServerFacts(connection);
    if (facts.obstacle) throw new NotPossible(facts.obstacle);
    this.#slotName = `freehold_realtime_${facts.databaseOid}`;
    this.#slotKind = facts.slotKind;
    const from = await this.#obtainSlot(connection, this.#slotName);
    try {
      await this.#stream(connection, this.#slotName, from);
    } catch (error) {
      // A slot that cannot be read on is of no more use; the next attempt makes a new one.
      if (error instanceof PostgresError && !isAway(error)) {
        await dropSlot(connection, this.#slotName);
        throw new Error(`the slot could not be read on: ${error.message}`, { cause: error });
      }
      throw error;
    }
    return connection;
  }

  #stream(connection: ReplicationConnection, slot: string, from: bigint): Promise<void> {
    const decoder = new Decoder(this.#delivered);
    const names = this.#options.publications.map((name) => `"${name.replaceAll('"', '""')}"`).join(',');
    const options = `proto_version '1', publication_names '${names.replaceAll("'", "''")}'`;
    return connection.stream(`START_REPLICATION SLOT ${slot} LOGICAL ${formatLsn(from)} (${options})`, {
      message: (_lsn, bytes, start, end) => {
        const item = decoder.read(bytes, start, end);
        if (item && !this.#options.onItem(item)) connection.pause();
      },
      keepalive: (serverEnd, reply) => {
        if (this.#idle && (this.#confirmed === undefined || serverEnd > this.#confirmed)) this.#confirmed = serverEnd;
        if (reply && this.#confirmed !== undefined) connection.confirm(this.#confirmed);
      },
    });
  }

  /** The slot, and where its stream begins. One that we know nothing of belonged to a process whose subscribers are gone. */
  async #obtainSlot(connection: ReplicationConnection, name: string): Promise<bigint> {
    const found = await readSlot(connection, name);
    const confirmed = this.#confirmed;
    if (found && !found.lost && confirmed !== undefined && this.#slotKind === 'persistent') {
      if (found.activePid !== undefined)
        await connection.command(`select pg_catalog.pg_terminate_backend(${found.activePid}, 2000)`);
      return confirmed;
    }
    if (found) await dropSlot(connection, name);
    const start = await createSlot(connection, name, this.#slotKind);
    if (confirmed !== undefined)
      this.#options.onGap(found?.lost ? 'the server had to forget changes' : 'the stream began anew');
    this.#confirmed = start;
    this.#delivered = undefined;
    return start;
  }

  /** Until the connection ends: confirms, and looks how much the server keeps for us. */
  async #follow(connection: ReplicationConnection): Promise<PostgresError> {
    const timer = setInterval(() => {
      if (this.#confirmed !== undefined) connection.confirm(this.#confirmed);
    }, CONFIRM_MS);
    try {
      return await connection.closed;
    } finally {
      clearInterval(timer);
    }
  }

  /** The server cannot go on from where we are, e.g. since a publication was dropped: what lies between is given up. */
  async #startOver(reason: string): Promise<void> {
    await this.#removeSlot();
    this.#options.log.error({ reason }, 'the stream of changes begins anew');
  }

  async #removeSlot(): Promise<void> {
    const name = this.#slotName;
    if (name === undefined) return;
    const connection = await ReplicationConnection.open(this.#options.target, AbortSignal.timeout(CONNECT_TIMEOUT_MS));
    try {
      await dropSlot(connection, name);
    } finally {
      connection.destroy();
    }
  }
}

/** The connection or the server went away; anything else is the stream itself. */
function isAway({ code }: PostgresError): boolean {
  return code.startsWith('08') || code.startsWith('57');
}

/** The server is not configured for it. */
class NotPossible extends Error {}
