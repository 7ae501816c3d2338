import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { ConnectionTarget } from '../database.ts';
import { connectionError, type ErrorFields, PostgresError, readErrorFields } from '../sql-errors.ts';
import { MessageReader } from './reader.ts';
import { chooseBinding, ScramClient } from './scram.ts';
import type { Stream } from './stream.ts';
import { MessageWriter } from './writer.ts';

const PROTOCOL_3_0 = 196_608;
const [OK, CLEARTEXT, MD5, SASL, SASL_CONTINUE, SASL_FINAL] = [0, 3, 5, 10, 11, 12];

/** What the server told about itself while the connection started. */
export interface Startup {
  readonly parameters: Map<string, string>;
  readonly processId: number;
  readonly cancelKey: Buffer;
}

interface Message {
  readonly type: string;
  readonly body: Buffer;
}

/**
 * Sends the startup message, logs in and reads up to the first ReadyForQuery (PostgreSQL, "Start-up").
 * Throws a PostgresError: the server's own, or 08001/08P01.
 */
export async function startUp(
  stream: Stream,
  target: ConnectionTarget,
  parameters: Readonly<Record<string, string>>,
  onNotice: (fields: ErrorFields) => void,
): Promise<Startup> {
  const inbox = new Inbox(stream);
  try {
    stream.socket.write(startupMessage({ user: target.user, database: target.database, ...parameters }));
    await authenticate(inbox, stream, target);
    return await readStartup(inbox, onNotice);
  } finally {
    inbox.detach();
  }
}

async function readStartup(inbox: Inbox, onNotice: (fields: ErrorFields) => void): Promise<Startup> {
  const parameters = new Map<string, string>();
  let processId = 0;
  let cancelKey = Buffer.alloc(0);
  for (;;) {
    const { type, body } = await inbox.next();
    if (type === 'Z') return { parameters, processId, cancelKey };
    if (type === 'S') {
      const [name, value] = body.toString('utf8').split('\0');
      parameters.set(name as string, value as string);
    } else if (type === 'K') {
      processId = body.readInt32BE(0);
      cancelKey = Buffer.from(body.subarray(4));
    } else if (type === 'N') onNotice(readErrorFields(body, 0, body.length));
    else if (type !== 'v') throw connectionError(`message ${type} is not expected while starting`, '08P01');
  }
}

async function authenticate(inbox: Inbox, stream: Stream, target: ConnectionTarget): Promise<void> {
  const send = (body: Uint8Array) => stream.socket.write(passwordMessage(body));
  let bound = false;
  for (;;) {
    const { type, body } = await inbox.next();
    if (type === 'v' || type === 'N') continue;
    if (type !== 'R') throw connectionError(`message ${type} is not expected before the login is done`, '08P01');
    const kind = body.readInt32BE(0);
    if (kind !== SASL && target.channelBinding === 'require' && !bound) throw unbound();
    if (kind === OK) return;
    if (kind === SASL) bound = await scram(inbox, send, stream.tls, target, body);
    else if (kind === MD5) send(cstring(md5Password(target, body.subarray(4, 8))));
    else if (kind === CLEARTEXT) send(cstring(target.password));
    else throw connectionError(`the server asks for authentication method ${kind}, which is not supported`, '08001');
  }
}

/** Runs SCRAM to its end, so that "OK" can only be reached once the server has proved itself. True when bound to the TLS under it. */
async function scram(
  inbox: Inbox,
  send: (body: Uint8Array) => void,
  tls: TLSSocket | undefined,
  { password, channelBinding }: ConnectionTarget,
  offer: Buffer,
): Promise<boolean> {
  const offered = offer.toString('utf8', 4).split('\0').filter(Boolean);
  const binding = chooseBinding(offered, tls?.getPeerX509Certificate());
  const bound = binding.mechanism === 'SCRAM-SHA-256-PLUS';
  if (channelBinding === 'require' && !bound) throw unbound();
  const client = new ScramClient(binding, password);
  const first = Buffer.from(client.first());
  const length = Buffer.alloc(4);
  length.writeInt32BE(first.length);
  send(Buffer.concat([cstring(binding.mechanism), length, first]));
  send(Buffer.from(await client.final(await saslData(inbox, SASL_CONTINUE as number))));
  client.verify(await saslData(inbox, SASL_FINAL as number));
  return bound;
}

function unbound(): Error {
  return connectionError(
    'channel binding is required, and the server does not log in with SCRAM-SHA-256-PLUS',
    '08001',
  );
}

async function saslData(inbox: Inbox, expected: number): Promise<string> {
  const { type, body } = await inbox.next();
  if (type !== 'R' || body.readInt32BE(0) !== expected)
    throw connectionError('the server left the SCRAM exchange before its end', '08P01');
  return body.toString('utf8', 4);
}

function md5Password(target: ConnectionTarget, salt: Buffer): string {
  const md5 = (...parts: (string | Buffer)[]) => {
    const hash = createHash('md5');
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  };
  return `md5${md5(md5(target.password, target.user), salt)}`;
}

function cstring(text: string): Buffer {
  if (text.includes('\0')) throw connectionError('a NUL character cannot be sent', '08001');
  return Buffer.from(`${text}\0`);
}

function passwordMessage(body: Uint8Array): Buffer {
  const writer = new MessageWriter();
  writer.password(body);
  return writer.take();
}

function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => [cstring(name), cstring(value)]);
  const head = Buffer.alloc(8);
  const message = Buffer.concat([head, ...pairs, Buffer.alloc(1)]);
  message.writeInt32BE(message.length, 0);
  message.writeInt32BE(PROTOCOL_3_0, 4);
  return message;
}

/** Messages one at a time while the connection starts; an ErrorResponse or the end of the stream rejects. */
class Inbox {
  readonly #stream: Stream;
  readonly #messages: Message[] = [];
  #waiting: PromiseWithResolvers<Message> | undefined;
  #failure: Error | undefined;
  readonly #reader = new MessageReader((type, bytes, start, end) => {
    this.#messages.push({ type: String.fromCharCode(type), body: Buffer.from(bytes.subarray(start, end)) });
  });

  constructor(stream: Stream) {
    this.#stream = stream;
    stream.receive((bytes, size) => this.#onData(bytes, size));
    stream.socket.on('error', this.#onError).on('close', this.#onClose).resume();
  }

  async next(): Promise<Message> {
    const message = this.#messages.shift() ?? (await this.#arrival());
    if (message.type === 'E') throw new PostgresError(readErrorFields(message.body, 0, message.body.length));
    return message;
  }

  detach(): void {
    const { socket } = this.#stream;
    socket.pause();
    this.#stream.receive(undefined);
    socket.off('error', this.#onError).off('close', this.#onClose);
  }

  #arrival(): Promise<Message> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.#waiting = Promise.withResolvers<Message>();
    return this.#waiting.promise;
  }

  #onData(bytes: Buffer, size: number): void {
    try {
      this.#reader.push(bytes, size);
    } catch (cause) {
      this.#onError(connectionError('the server does not speak the protocol of Postgres', '08P01', cause));
    }
    const waiting = this.#waiting;
    if (!waiting || this.#messages.length === 0) return;
    this.#waiting = undefined;
    waiting.resolve(this.#messages.shift() as Message);
  }

  readonly #onError = (error: Error) => {
    this.#failure ??= error;
    this.#waiting?.reject(this.#failure);
    this.#waiting = undefined;
  };

  readonly #onClose = () => this.#onError(connectionError('the server closed the connection', '08001'));
}
