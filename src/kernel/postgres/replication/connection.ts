/**
 * A connection to a walsender: commands of the replication protocol, and one stream of changes. Sessions cannot have it, since it
 * speaks the simple query protocol only. Source: PostgreSQL 18, 54.4 (streaming replication protocol).
 */
import type { Socket } from 'node:net';
import type { ConnectionTarget } from '../database.ts';
import { connectionError, PostgresError, readErrorFields } from '../sql-errors.ts';
import { startUp } from '../wire/authenticate.ts';
import { readColumns, readFields } from '../wire/exchange.ts';
import { MessageReader } from '../wire/reader.ts';
import { attempts, openStream } from '../wire/stream.ts';

/** Microseconds between 1970 and 2000, where Postgres begins to count. */
const EPOCH_MICROSECONDS = 946_684_800_000_000n;

export interface StreamHandler {
  /** One message of the output plugin; `lsn` is where it begins. The bytes are reused after the call unless `owned`. */
  message(lsn: bigint, bytes: Buffer, start: number, end: number, owned: boolean): void;
  /** The server is alive and has sent everything up to here. It wants an answer at once when `reply`. */
  keepalive(serverEnd: bigint, reply: boolean): void;
}

interface Command {
  readonly rows: Record<string, string | null>[];
  readonly resolve: (rows: Record<string, string | null>[]) => void;
  readonly reject: (error: unknown) => void;
  fields: string[];
  error: PostgresError | undefined;
}

export class ReplicationConnection {
  /** Settled with the reason when the connection has ended. */
  readonly closed: Promise<PostgresError>;
  readonly processId: number;
  readonly #closed = Promise.withResolvers<PostgresError>();
  readonly #socket: Socket;
  readonly #reader: MessageReader;
  #command: Command | undefined;
  #handler: StreamHandler | undefined;
  #streaming: PromiseWithResolvers<void> | undefined;
  #ended = false;

  private constructor(socket: Socket, processId: number) {
    this.#socket = socket;
    this.processId = processId;
    this.closed = this.#closed.promise;
    this.#reader = new MessageReader((type, bytes, start, end, owned) => this.#take(type, bytes, start, end, owned));
    socket
      .on('data', (chunk: Buffer) => this.#push(chunk))
      .on('error', (cause) => this.#end(connectionError(`the connection broke: ${cause.message}`, '08006', cause)))
      .on('close', () => this.#end(connectionError('the server closed the connection')))
      .resume();
  }

  /** Logs in as a walsender on the target's database. Throws a PostgresError: the server's, or class 08. */
  static async open(target: ConnectionTarget, signal: AbortSignal): Promise<ReplicationConnection> {
    let failure: unknown;
    for (const attempt of attempts(target)) {
      try {
        const stream = await openStream(target, attempt, signal);
        try {
          const { processId } = await startUp(stream, target, PARAMETERS, () => {});
          return new ReplicationConnection(stream.socket, processId);
        } catch (error) {
          stream.socket.destroy();
          throw error;
        }
      } catch (error) {
        failure ??= error;
      }
    }
    throw failure;
  }

  /** Runs one command; rows as text by column name. One at a time. */
  command(text: string): Promise<Record<string, string | null>[]> {
    if (this.#ended) return Promise.reject(connectionError('the connection was closed'));
    const { promise, resolve, reject } = Promise.withResolvers<Record<string, string | null>[]>();
    this.#command = { rows: [], resolve, reject, fields: [], error: undefined };
    this.#write(0x51, Buffer.from(`${text}\0`));
    return promise;
  }

  /** Sends START_REPLICATION; settles when the stream has begun. From then on there are no more commands. */
  stream(text: string, handler: StreamHandler): Promise<void> {
    this.#handler = handler;
    this.#streaming = Promise.withResolvers<void>();
    this.#streaming.promise.catch(() => undefined);
    this.command(text).catch((error) => this.#streaming?.reject(error));
    return this.#streaming.promise;
  }

  /** Tells the server what it may forget: everything before `flushed`. Also proves that we are alive. */
  confirm(flushed: bigint): void {
    if (this.#ended || !this.#handler) return;
    const body = Buffer.alloc(34);
    body[0] = 0x72;
    body.writeBigUInt64BE(flushed, 1);
    body.writeBigUInt64BE(flushed, 9);
    body.writeBigUInt64BE(flushed, 17);
    body.writeBigInt64BE(BigInt(Date.now()) * 1000n - EPOCH_MICROSECONDS, 25);
    this.#write(0x64, body);
  }

  /** Stops reading, so that the server waits; `confirm` still works. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#ended) this.#socket.resume();
  }

  destroy(): void {
    this.#end(connectionError('the connection was closed'));
  }

  #write(type: number, body: Buffer): void {
    const head = Buffer.allocUnsafe(5);
    head[0] = type;
    head.writeInt32BE(body.length + 4, 1);
    this.#socket.write(Buffer.concat([head, body]));
  }

  #push(chunk: Buffer): void {
    try {
      this.#reader.push(chunk, chunk.length);
    } catch (cause) {
      this.#end(connectionError(`the stream makes no sense: ${(cause as Error).message}`, '08P01', cause));
    }
  }

  #take(type: number, bytes: Buffer, start: number, end: number, owned: boolean): void {
    if (this.#ended) return;
    switch (type) {
      case 0x64: // CopyData
        this.#copy(bytes, start, end, owned);
        break;
      case 0x57: // CopyBothResponse
        this.#command = undefined;
        this.#streaming?.resolve();
        break;
      case 0x54: // RowDescription
        if (this.#command) this.#command.fields = readFields(bytes, start).map(({ name }) => name);
        break;
      case 0x44: // DataRow
        this.#row(Buffer.from(bytes.subarray(start, end)));
        break;
      case 0x45: // ErrorResponse
        this.#fail(new PostgresError(readErrorFields(bytes, start, end)));
        break;
      case 0x5a: // ReadyForQuery
        this.#ready();
        break;
    }
  }

  #copy(bytes: Buffer, start: number, end: number, owned: boolean): void {
    const kind = bytes[start];
    if (kind === 0x77) this.#handler?.message(bytes.readBigUInt64BE(start + 1), bytes, start + 25, end, owned);
    else if (kind === 0x6b) this.#handler?.keepalive(bytes.readBigUInt64BE(start + 1), bytes[start + 17] === 1);
  }

  #row(body: Buffer): void {
    const command = this.#command;
    if (!command) return;
    const values = readColumns(body, 0);
    command.rows.push(
      Object.fromEntries(command.fields.map((name, index) => [name, values[index]?.toString('utf8') ?? null])),
    );
  }

  /** A command can fail by itself; a stream that fails is over. */
  #fail(error: PostgresError): void {
    if (this.#command && !error.fatal) this.#command.error = error;
    else this.#end(error);
  }

  #ready(): void {
    const command = this.#command;
    this.#command = undefined;
    if (!command) return;
    if (command.error) command.reject(command.error);
    else command.resolve(command.rows);
  }

  #end(reason: PostgresError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.destroy();
    this.#command?.reject(reason);
    this.#command = undefined;
    this.#streaming?.reject(reason);
    this.#closed.resolve(reason);
  }
}

/** What values look like must not depend on the server's configuration. */
const PARAMETERS = {
  replication: 'database',
  application_name: 'freehold realtime',
  client_encoding: 'UTF8',
  DateStyle: 'ISO',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  extra_float_digits: '1',
  bytea_output: 'hex',
  // A slow subscriber must not look like a dead one: we confirm every few seconds by ourselves.
  wal_sender_timeout: '60s',
};
