import type { Socket } from 'node:net';
import type { ConnectionTarget, Statement } from '../database.ts';
import { connectionError, type ErrorFields, PostgresError, readErrorFields } from '../sql-errors.ts';
import { type Startup, startUp } from './authenticate.ts';
import { sendCancel } from './cancel.ts';
import { Exchange, readColumns, readFields, type Status } from './exchange.ts';
import { MessageReader } from './reader.ts';
import { PreparedStatements } from './statements.ts';
import { attempts, openStream, type Stream } from './stream.ts';
import { MessageWriter } from './writer.ts';

export interface ConnectOptions {
  readonly target: ConnectionTarget;
  /** Sent in the startup message: the session's defaults, to which RESET returns. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly connectTimeoutMs: number;
  /** `requestId` is that of the session under way, or empty. */
  readonly onNotice?: (fields: ErrorFields, requestId: string) => void;
}

const DATA_ROW = 0x44;

/** Parameters that follow the role of the transaction and so differ from the start without anyone having SET them. */
const FOLLOWS_ROLE = new Set(['is_superuser', 'session_authorization']);
/** First words of the command tags that leave nothing behind in the session when their transaction is over. */
const LEAVES_NOTHING = new Set(
  ',SELECT,INSERT,UPDATE,DELETE,MERGE,BEGIN,COMMIT,ROLLBACK,SAVEPOINT,RELEASE,RESET,DISCARD,DEALLOCATE,SHOW,EXPLAIN,NOTIFY,FETCH,MOVE,LOCK,TRUNCATE'.split(
    ',',
  ),
);

/**
 * One connection to Postgres in the extended protocol. Exchanges may be sent without waiting for the ones before; the
 * server answers them in order. The owner decides what shares a transaction.
 */
export class Connection {
  readonly target: ConnectionTarget;
  readonly processId: number;
  readonly parameters: Map<string, string>;
  readonly statements = new PreparedStatements();
  /** Something ran that can leave session state behind; see `LEAVES_NOTHING`. */
  touched = false;
  /** Of the session under way; goes with its notices into the log. */
  requestId = '';
  /** Transaction status when the last exchange was answered. */
  status: Status = 'I';
  /** Settled when the connection has ended, with the reason. */
  readonly closed: Promise<PostgresError>;
  readonly #closed = Promise.withResolvers<PostgresError>();
  readonly #socket: Socket;
  readonly #tls: boolean;
  readonly #cancelKey: Buffer;
  readonly #initial: ReadonlyMap<string, string>;
  readonly #onNotice: (fields: ErrorFields, requestId: string) => void;
  readonly #writer = new MessageWriter();
  readonly #reader: MessageReader;
  /** Sent and not answered yet, oldest at `#first`. */
  #sent: Exchange[] = [];
  #unsent: Exchange[] = [];
  #ended: PostgresError | undefined;

  private constructor(options: ConnectOptions, stream: Stream, startup: Startup) {
    this.target = options.target;
    this.processId = startup.processId;
    this.parameters = startup.parameters;
    this.closed = this.#closed.promise;
    this.#socket = stream.socket;
    this.#tls = stream.tls !== undefined;
    this.#cancelKey = startup.cancelKey;
    this.#initial = new Map(startup.parameters);
    this.#onNotice = options.onNotice ?? (() => {});
    this.#reader = new MessageReader((type, bytes, start, end, owned) => this.#take(type, bytes, start, end, owned));
    this.#listen(stream);
  }

  /** Connects and logs in, within the timeout. Throws a PostgresError: the server's, or class 08. */
  static async open(options: ConnectOptions): Promise<Connection> {
    const deadline = new AbortController();
    const late = connectionError(`no connection within ${options.connectTimeoutMs} ms`, '08001');
    const timer = setTimeout(() => deadline.abort(late), options.connectTimeoutMs);
    let failure: unknown;
    try {
      for (const attempt of attempts(options.target)) {
        try {
          return await Connection.#attempt(options, attempt, deadline.signal);
        } catch (error) {
          if (deadline.signal.aborted) throw late;
          failure ??= error;
        }
      }
    } finally {
      clearTimeout(timer);
    }
    if (failure instanceof PostgresError) throw failure;
    throw connectionError(`cannot connect: ${(failure as Error).message}`, '08001', failure);
  }

  static async #attempt(
    options: ConnectOptions,
    attempt: 'plain' | 'tls' | 'tls-if-offered',
    signal: AbortSignal,
  ): Promise<Connection> {
    const { target, parameters = {}, onNotice = () => {} } = options;
    const stream = await openStream(target, attempt, signal, 'shared');
    const abandon = () => stream.socket.destroy();
    signal.addEventListener('abort', abandon, { once: true });
    try {
      return new Connection(
        options,
        stream,
        await startUp(stream, target, parameters, (fields) => onNotice(fields, '')),
      );
    } catch (error) {
      stream.socket.destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', abandon);
    }
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** Nothing is under way. */
  get quiet(): boolean {
    return this.#sent.length === 0 && this.#unsent.length === 0;
  }

  /**
   * Sends the statements with one Sync. Never rejects: the exchange carries the error, and the status `broken` when the
   * connection ended before the answer did. Throws at once, with nothing sent, when a statement cannot be encoded.
   */
  send(statements: readonly Statement[]): Promise<Exchange> {
    const { promise, resolve } = Promise.withResolvers<Exchange>();
    const exchange = new Exchange(statements, resolve);
    if (this.#ended) {
      exchange.error = this.#ended;
      exchange.end('broken');
    } else if (this.#socket.writableNeedDrain) this.#unsent.push(exchange);
    else this.#write(exchange);
    return promise;
  }

  /** Cancels what the backend runs now. The connection is in doubt from here on: the request may hit whatever runs when it arrives. */
  cancel(timeoutMs: number): Promise<void> {
    return sendCancel(this.target, this.#tls, this.processId, this.#cancelKey, timeoutMs);
  }

  /** Ends the connection at once; what is under way fails with 08006. */
  destroy(reason = 'the connection was closed'): void {
    this.#end(connectionError(reason));
  }

  /** Says goodbye, so that the server does not log a lost connection. */
  close(): void {
    if (this.#ended) return;
    this.#writer.terminate();
    this.#socket.end(this.#writer.take());
    this.#end(connectionError('the connection was closed'), false);
  }

  #write(exchange: Exchange): void {
    try {
      for (const statement of exchange.statements) exchange.steps.push(this.statements.write(this.#writer, statement));
    } catch (error) {
      this.#writer.clear();
      for (const step of exchange.steps) if (!step.described) this.statements.forget(step);
      throw error;
    }
    this.#writer.sync();
    this.#sent.push(exchange);
    this.#socket.write(this.#writer.take());
  }

  #listen({ receive }: Stream): void {
    receive((bytes, size) => this.#push(bytes, size));
    this.#socket
      .on('drain', () => this.#drain())
      .on('error', (cause) => this.#end(connectionError(`the connection broke: ${cause.message}`, '08006', cause)))
      .on('close', () => this.#end(connectionError('the server closed the connection')))
      .resume();
  }

  #push(bytes: Buffer, size: number): void {
    try {
      this.#reader.push(bytes, size);
    } catch (cause) {
      this.#end(connectionError(`the answer makes no sense: ${(cause as Error).message}`, '08P01', cause));
    }
  }

  /** What cannot be encoded now was promised to be sent, and others may count on it: the connection ends. */
  #drain(): void {
    const waiting = this.#unsent;
    this.#unsent = [];
    try {
      for (const exchange of waiting)
        if (this.#socket.writableNeedDrain) this.#unsent.push(exchange);
        else this.#write(exchange);
    } catch (cause) {
      this.#unsent = waiting.filter((exchange) => !this.#sent.includes(exchange));
      this.#end(connectionError((cause as Error).message, '08006', cause));
    }
  }

  #end(reason: PostgresError, hard = true): void {
    if (this.#ended) return;
    this.#ended = reason;
    if (hard) this.#socket.destroy();
    for (const exchange of [...this.#sent, ...this.#unsent]) {
      exchange.error ??= reason;
      exchange.end('broken');
    }
    this.#sent = [];
    this.#unsent = [];
    this.#closed.resolve(reason);
  }

  #take(type: number, bytes: Buffer, start: number, end: number, owned: boolean): void {
    if (this.#ended) return;
    const exchange = this.#sent[0];
    if (exchange && type === DATA_ROW) this.#row(exchange, bytes, start, end, owned);
    else if (!exchange || !this.#answer(exchange, type, bytes, start, end)) this.#unasked(type, bytes, start, end);
  }

  /** Bytes that will be reused are copied once a row; the columns are views of the copy. */
  #row(exchange: Exchange, bytes: Buffer, start: number, end: number, owned: boolean): void {
    if (owned) {
      exchange.addRow(readColumns(bytes, start));
      return;
    }
    const row = Buffer.allocUnsafe(end - start);
    bytes.copy(row, 0, start, end);
    exchange.addRow(readColumns(row, 0));
  }

  /** Takes what belongs to the exchange; false for anything else. */
  #answer(exchange: Exchange, type: number, bytes: Buffer, start: number, end: number): boolean {
    switch (type) {
      case 0x32: // BindComplete
      case 0x31: // ParseComplete
      case 0x33: // CloseComplete
      case 0x74: // ParameterDescription
        break;
      case 0x54: // RowDescription
        exchange.describe(readFields(bytes, start));
        break;
      case 0x6e: // NoData
        exchange.describe([]);
        break;
      case 0x43: // CommandComplete
        this.#complete(exchange, bytes.toString('latin1', start, end - 1));
        break;
      case 0x49: // EmptyQueryResponse
        this.#complete(exchange, '');
        break;
      case 0x45: // ErrorResponse
        this.#fail(exchange, new PostgresError(readErrorFields(bytes, start, end)));
        break;
      case 0x5a: // ReadyForQuery
        this.#ready(exchange, bytes[start] as number);
        break;
      default:
        return false;
    }
    return true;
  }

  /** What the server may say at any time, and what it must not say at all. */
  #unasked(type: number, bytes: Buffer, start: number, end: number): void {
    switch (type) {
      case 0x4e: // NoticeResponse
        this.#onNotice(readErrorFields(bytes, start, end), this.requestId);
        break;
      case 0x53: // ParameterStatus
        this.#parameter(bytes.toString('utf8', start, end));
        break;
      case 0x41: // NotificationResponse: someone left a LISTEN behind
        this.touched = true;
        break;
      case 0x45: // ErrorResponse: only a FATAL one comes unasked
        this.#end(new PostgresError(readErrorFields(bytes, start, end)));
        break;
      case 0x47: // CopyInResponse
      case 0x48: // CopyOutResponse
      case 0x57: // CopyBothResponse
        this.#end(
          new PostgresError({ severity: 'FATAL', code: '0A000', message: 'COPY does not go through a session' }),
        );
        break;
      default:
        this.#end(connectionError(`message "${String.fromCharCode(type)}" is not expected`, '08P01'));
    }
  }

  #parameter(body: string): void {
    const [name = '', value = ''] = body.split('\0');
    this.parameters.set(name, value);
    this.#parametersChanged = true;
    if (name === 'client_encoding' && value !== 'UTF8')
      this.#end(connectionError(`client_encoding became ${value}; only UTF8 is spoken here`, '08P01'));
  }

  #complete(exchange: Exchange, tag: string): void {
    if (!exchange.step) throw new RangeError('more answers than statements');
    const space = tag.indexOf(' ');
    if (exchange.step.leavesState || !LEAVES_NOTHING.has(space < 0 ? tag : tag.slice(0, space))) this.touched = true;
    if (tag === 'DISCARD ALL' || tag.startsWith('DEALLOCATE')) this.statements.clear();
    exchange.complete(tag);
  }

  #fail(exchange: Exchange, error: PostgresError): void {
    exchange.error ??= error;
    if (error.fatal) this.#end(error);
  }

  #ready(exchange: Exchange, status: number): void {
    this.#sent.shift();
    this.status = String.fromCharCode(status) as Status;
    if (exchange.error) {
      const stale = exchange.error.code === '26000' || isStalePlan(exchange.error);
      for (const step of exchange.steps) if (stale || !step.described) this.statements.forget(step);
    }
    if (!this.touched && this.status === 'I' && this.#parametersDiffer()) this.touched = true;
    exchange.end(this.status);
  }

  /** A reported parameter that is not what it was at the start, with no transaction open, was SET for the session. */
  #parametersDiffer(): boolean {
    if (!this.#parametersChanged) return false;
    for (const [name, value] of this.parameters)
      if (!FOLLOWS_ROLE.has(name) && this.#initial.get(name) !== value) return true;
    this.#parametersChanged = false;
    return false;
  }

  #parametersChanged = false;
}

/** The columns of a prepared statement have changed under it (its message is localised, its routine is not). */
export function isStalePlan(error: PostgresError): boolean {
  return error.code === '0A000' && error.routine === 'RevalidateCachedQuery';
}
