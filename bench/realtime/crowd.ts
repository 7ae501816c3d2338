/**
 * Many clients in one process, as cheap as they can be: TCP sockets that speak just enough WebSocket, so that the server is what is
 * measured. Takes orders from the process that forked it.
 */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export type Order =
  | {
      readonly kind: 'open';
      readonly port: number;
      readonly path: string;
      readonly count: number;
      readonly join?: Join;
      /** Text that is sent first; the client is in when an answer begins with it. */
      readonly greeting?: string;
    }
  | {
      readonly kind: 'broadcast';
      readonly seconds: number;
      readonly frames: string;
      readonly flight: number;
      readonly opcode: number;
    }
  | { readonly kind: 'latencies' }
  | { readonly kind: 'close' };
export interface Join {
  /** `#` stands for the number of the room. */
  readonly topic: string;
  readonly rooms: number;
  readonly config: Record<string, unknown>;
}

const sockets: Client[] = [];
let received = 0;
let latencies: number[] = [];
let onFrame: (() => void) | undefined;

class Client {
  readonly socket: Socket;
  readonly ready = Promise.withResolvers<void>();
  readonly #joins: boolean;
  readonly #greeting: string | undefined;
  #held: Buffer = Buffer.alloc(0);
  #open = false;

  constructor(port: number, path: string, join: { topic: string; config: object } | undefined, greeting?: string) {
    this.#joins = join !== undefined || greeting !== undefined;
    this.#greeting = greeting;
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('error', (error) => this.ready.reject(error));
    this.socket.on('data', (chunk) => this.#take(chunk));
    const key = randomBytes(16).toString('base64');
    this.socket.write(
      `GET ${path} HTTP/1.1\r\nhost: bench\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`,
    );
    if (join) this.send(Buffer.from(JSON.stringify(['1', '1', join.topic, 'phx_join', { config: join.config }])), 1);
  }

  /** Clients mask; a mask of zeros leaves the bytes as they are. */
  send(payload: Buffer, opcode: number): void {
    const long = payload.length > 125;
    const head = Buffer.alloc(long ? 8 : 6);
    head[0] = 0x80 | opcode;
    head[1] = 0x80 | (long ? 126 : payload.length);
    if (long) head.writeUInt16BE(payload.length, 2);
    this.socket.write(Buffer.concat([head, payload]));
  }

  #take(chunk: Buffer): void {
    let bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    if (!this.#open) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) {
        this.#held = bytes;
        return;
      }
      if (!bytes.subarray(0, end).includes('101')) this.ready.reject(new Error(bytes.toString('latin1', 0, end)));
      this.#open = true;
      bytes = bytes.subarray(end + 4);
      if (!this.#joins) this.ready.resolve();
      if (this.#greeting !== undefined) this.send(Buffer.from(this.#greeting), 1);
    }
    let at = 0;
    while (bytes.length - at >= 2) {
      const short = bytes[at + 1]! & 0x7f;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (bytes.length - at < head) break;
      const length =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
      if (bytes.length - at < head + length) break;
      this.#frame(bytes, at + head, at + head + length);
      at += head + length;
    }
    this.#held = at < bytes.length ? Buffer.from(bytes.subarray(at)) : Buffer.alloc(0);
  }

  /** The reply to the join, a change with the time it was made, or just one more message. */
  #frame(bytes: Buffer, start: number, end: number): void {
    const head = bytes.toString('latin1', start, Math.min(end, start + 200));
    if (head.includes('phx_reply')) {
      this.ready.resolve();
      return;
    }
    if (head.includes('"system"')) return;
    if (this.#greeting !== undefined && (head.startsWith('0{') || head.startsWith(`${this.#greeting}{`))) {
      if (head.startsWith(this.#greeting)) this.ready.resolve();
      return;
    }
    received++;
    if (head.includes('postgres_changes')) {
      const made = /"made":(\d+(?:\.\d+)?)/.exec(bytes.toString('latin1', start, end))?.[1];
      if (made) latencies.push(Date.now() - Number(made));
    }
    onFrame?.();
  }
}

async function open({ port, path, count, join, greeting }: Extract<Order, { kind: 'open' }>): Promise<void> {
  const AT_ONCE = 200;
  for (let start = 0; start < count; start += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - start) }, (_, index) => {
      const room = String((start + index) % (join?.rooms ?? 1));
      return new Client(
        port,
        path.replace('#', room),
        join && { topic: join.topic.replace('#', room), config: join.config },
        greeting,
      );
    });
    await Promise.all(some.map(({ ready }) => ready.promise));
    sockets.push(...some);
  }
}

/** One sends; when as many have come as a message makes, `flight` of them being under way, the next one goes. */
async function broadcast({ seconds, frames, flight, opcode }: Extract<Order, { kind: 'broadcast' }>): Promise<number> {
  const payload = Buffer.from(frames, 'base64');
  const others = sockets.length - 1;
  const before = received;
  const began = performance.now();
  const over = Promise.withResolvers<void>();
  let sent = 0;
  onFrame = () => {
    if (performance.now() - began > seconds * 1000) {
      if (received - before === sent * others) over.resolve();
    } else if (received - before > (sent - flight) * others) {
      sockets[0]!.send(payload, opcode);
      sent++;
    }
  };
  for (let first = 0; first < flight; first++, sent++) sockets[0]!.send(payload, opcode);
  await over.promise;
  onFrame = undefined;
  return (received - before) / ((performance.now() - began) / 1000);
}

process.on('message', async (order: Order) => {
  try {
    if (order.kind === 'open') await open(order);
    const answer: Record<string, unknown> = { done: true };
    if (order.kind === 'broadcast') answer['rate'] = await broadcast(order);
    if (order.kind === 'latencies') {
      answer['latencies'] = latencies;
      latencies = [];
    }
    if (order.kind === 'close') for (const { socket } of sockets.splice(0)) socket.destroy();
    process.send!(answer);
  } catch (error) {
    process.send!({ error: String(error) });
  }
});
process.on('disconnect', () => process.exit());
