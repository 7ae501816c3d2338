/** Messages by NOTIFY, over the connection that the bus has anyway. */
import { Assembler, cut } from './chunks.ts';
import { type Connection, MAX_WAITING_BYTES, type Transport, type TransportOptions } from './transport.ts';

const CHANNEL = 'freehold_realtime';

export class NotifyTransport implements Transport {
  readonly #options: TransportOptions;
  readonly #assembler = new Assembler();
  readonly #opened = Promise.withResolvers<void>();
  #client: Connection | undefined;
  #sent = 0;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #flushing: Promise<void> | undefined;
  dropped = 0;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  async connected(client: Connection): Promise<void> {
    client.on('end', () => {
      if (this.#client === client) this.#client = undefined;
    });
    client.on('notification', ({ payload }) => {
      const whole = this.#assembler.take(payload ?? '');
      if (whole) this.#options.onMessage(whole.node, whole.text);
    });
    await client.query(`listen ${CHANNEL}`);
    this.#client = client;
    this.#opened.resolve();
    if (this.#waiting.length > 0) this.#flushing ??= this.#flush();
  }

  send(text: string): void {
    if (this.#waitingBytes > MAX_WAITING_BYTES) {
      this.dropped++;
      return;
    }
    for (const piece of cut(this.#options.node, ++this.#sent, text)) {
      this.#waiting.push(piece);
      this.#waitingBytes += piece.length;
    }
    this.#flushing ??= this.#flush();
  }

  async sent(): Promise<void> {
    while (this.#flushing) await this.#flushing;
    if (!this.#client) throw new Error('the bus is not connected');
  }

  forget(node: string): void {
    this.#assembler.forget(node);
  }

  async close(): Promise<void> {
    await this.#flushing?.catch(() => undefined);
  }

  /** What gathers while one statement is under way goes with the next. */
  async #flush(): Promise<void> {
    try {
      await Promise.resolve();
      while (this.#waiting.length > 0 && this.#client) {
        const pieces = this.#waiting;
        this.#waiting = [];
        this.#waitingBytes = 0;
        await this.#client.query(`select pg_notify('${CHANNEL}', piece) from unnest($1::text[]) as piece`, [pieces]);
      }
    } catch (error) {
      this.#options.log.warn({ err: error }, 'messages to other processes were lost');
    } finally {
      this.#flushing = undefined;
    }
  }
}
