/**
 * Five hundred browsers' sockets in one process, as supabase-js opens them: protocol 1.0.0, a token in every join, all channels of a
 * person on one socket. Reads no more of a frame than which table it is of and when it came, so that the server is what is measured.
 */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface Watch {
  readonly name: string;
  readonly table: string;
  readonly event: string;
  readonly filter?: string;
}
export interface Listener {
  readonly token: string;
  readonly channels: readonly Watch[];
}
export type Order =
  | { readonly kind: 'open'; readonly port: number; readonly anonKey: string; readonly listeners: readonly Listener[] }
  | { readonly kind: 'heard' };

/** Changes of one table since last asked: how many frames, on how many sockets, bytes, and Date.now() of the first and the last. */
export interface Heard {
  frames: number;
  bytes: number;
  first: number;
  last: number;
  readonly sockets: Set<number>;
}
export type Report = Record<string, Omit<Heard, 'sockets'> & { sockets: number }>;

const TABLE = Buffer.from('"table":"');
const HEARTBEAT_MS = 25_000;
let heard = new Map<string, Heard>();

class Client {
  readonly ready = Promise.withResolvers<void>();
  readonly #number: number;
  readonly #socket: Socket;
  readonly #listener: Listener;
  #held: Buffer[] = [];
  #heldLength = 0;
  /** Bytes that the frame under way needs; nothing is joined before they are there. */
  #needed = 2;
  #open = false;
  #joining: number;

  constructor(number: number, port: number, anonKey: string, listener: Listener) {
    this.#number = number;
    this.#listener = listener;
    this.#joining = listener.channels.length;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('error', (error) => this.ready.reject(error));
    this.#socket.on('close', () => this.ready.reject(new Error('the socket was closed')));
    this.#socket.on('data', (chunk) => this.#take(chunk));
    const key = randomBytes(16).toString('base64');
    this.#socket.write(
      `GET /realtime/v1/websocket?apikey=${anonKey}&vsn=1.0.0 HTTP/1.1\r\nhost: bench\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`,
    );
    setInterval(
      () => this.#send({ topic: 'phoenix', event: 'heartbeat', payload: {}, ref: '0' }),
      HEARTBEAT_MS,
    ).unref();
  }

  #join(): void {
    for (const [index, { name, table, event, filter }] of this.#listener.channels.entries()) {
      const changes = [{ event, schema: 'public', table, ...(filter && { filter }) }];
      const config = { broadcast: { ack: false, self: false }, presence: { key: '' }, postgres_changes: changes };
      const payload = { config, access_token: this.#listener.token };
      const ref = String(index + 1);
      this.#send({ topic: `realtime:${name}`, event: 'phx_join', payload, ref, join_ref: ref });
    }
  }

  /** Clients mask; a mask of zeros leaves the bytes as they are. */
  #send(message: object): void {
    const payload = Buffer.from(JSON.stringify(message));
    const head = Buffer.alloc(payload.length > 125 ? 8 : 6);
    head[0] = 0x81;
    head[1] = 0x80 | (payload.length > 125 ? 126 : payload.length);
    if (payload.length > 125) head.writeUInt16BE(payload.length, 2);
    this.#socket.write(Buffer.concat([head, payload]));
  }

  #take(chunk: Buffer): void {
    this.#held.push(chunk);
    this.#heldLength += chunk.length;
    if (this.#heldLength < this.#needed) return;
    let bytes = this.#held.length === 1 ? chunk : Buffer.concat(this.#held);
    if (!this.#open) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!bytes.subarray(0, end).includes('101')) this.ready.reject(new Error(bytes.toString('latin1', 0, end)));
      this.#open = true;
      bytes = bytes.subarray(end + 4);
      this.#join();
    }
    let at = 0;
    this.#needed = 2;
    while (bytes.length - at >= 2) {
      const short = bytes[at + 1]! & 0x7f;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (bytes.length - at < head) break;
      const length =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
      if (bytes.length - at < head + length) {
        this.#needed = head + length;
        break;
      }
      this.#frame(bytes.subarray(at + head, at + head + length));
      at += head + length;
    }
    // A copy: the rest would keep the whole chunk in memory.
    this.#held = at < bytes.length ? [Buffer.from(bytes.subarray(at))] : [];
    this.#heldLength = bytes.length - at;
  }

  #frame(frame: Buffer): void {
    const place = frame.indexOf(TABLE);
    if (place < 0 || !frame.subarray(0, 400).includes('"postgres_changes"')) return;
    if (frame.subarray(0, 400).includes('phx_reply')) {
      if (!frame.includes('"status":"ok"')) this.ready.reject(new Error(frame.toString()));
      else if (--this.#joining === 0) this.ready.resolve();
      return;
    }
    const start = place + TABLE.length;
    const table = frame.toString('latin1', start, frame.indexOf('"', start));
    let of = heard.get(table);
    if (!of) {
      of = { frames: 0, bytes: 0, first: Date.now(), last: 0, sockets: new Set() };
      heard.set(table, of);
    }
    of.frames++;
    of.bytes += frame.length;
    of.last = Date.now();
    of.sockets.add(this.#number);
  }
}

const AT_ONCE = 50;

process.on('message', async (order: Order) => {
  try {
    if (order.kind === 'heard') {
      const report = Object.fromEntries([...heard].map(([table, it]) => [table, { ...it, sockets: it.sockets.size }]));
      heard = new Map();
      process.send!(report);
      return;
    }
    for (let start = 0; start < order.listeners.length; start += AT_ONCE)
      await Promise.all(
        order.listeners
          .slice(start, start + AT_ONCE)
          .map((each, index) => new Client(start + index, order.port, order.anonKey, each).ready.promise),
      );
    process.send!({ open: order.listeners.length });
  } catch (error) {
    process.send!({ error: String(error) });
  }
});
process.on('disconnect', () => process.exit());
