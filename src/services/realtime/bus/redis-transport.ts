/**
 * Messages by Redis pub/sub, over two connections: one that listens may say nothing else. `NODE:TEXT`, of any size. Redis puts all
 * messages of a channel in one order, as NOTIFY does. It keeps nothing: while one of the connections is away, messages are lost.
 */
import type { Redis } from 'ioredis';
import { type Connection, MAX_WAITING_BYTES, type Transport, type TransportOptions } from './transport.ts';

const RETRY_MS = { first: 50, longest: 2000 };
/** A connection that does not answer for this long is given up: one whose other end is gone without a word says nothing by itself. */
const ANSWER_MS = 5000;

export class RedisTransport implements Transport {
  readonly #url: string;
  readonly #options: TransportOptions;
  readonly #opened = Promise.withResolvers<void>();
  #channel = '';
  #publisher: Redis | undefined;
  #subscriber: Redis | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #subscribed = false;
  #open = false;
  /** Something may not have arrived since it was open last. */
  #lost = false;
  #closed = false;
  #last: Promise<unknown> = Promise.resolve();
  #waitingBytes = 0;
  dropped = 0;

  /** `url`: redis://user:password@host:6379, or rediss: for TLS. */
  constructor(url: string, options: TransportOptions) {
    this.#url = url;
    this.#options = options;
  }

  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  /** The channel is named after the database, whose name other servers may have too. */
  async connected(client: Connection): Promise<void> {
    if (this.#channel !== '') return;
    const { rows } = await client.query<{ id: string }>(
      `select system_identifier || ':' || oid as id from pg_control_system(), pg_database where datname = current_database()`,
    );
    // Pub/sub knows no database numbers of Redis; whoever writes one means to keep things apart.
    this.#channel = `freehold:realtime:${rows[0]!.id}${new URL(this.#url).pathname.replace(/^\/0?$/, '')}`;
    await this.#start();
  }

  send(text: string): void {
    if (!this.#open || !this.#publisher) {
      this.#lost = true;
      return;
    }
    if (this.#waitingBytes > MAX_WAITING_BYTES) {
      this.dropped++;
      return;
    }
    this.#waitingBytes += text.length;
    this.#last = this.#publisher.publish(this.#channel, `${this.#options.node}:${text}`).finally(() => {
      this.#waitingBytes -= text.length;
    });
    this.#last.catch(() => {
      this.#lost = true;
    });
  }

  async sent(): Promise<void> {
    if (!this.#open) throw new Error('Redis is not connected');
    await this.#last;
  }

  forget(): void {}

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    await this.#last.catch(() => undefined);
    this.#publisher?.disconnect();
    this.#subscriber?.disconnect();
  }

  async #start(): Promise<void> {
    const { Redis } = await import('ioredis');
    if (this.#closed) return;
    const connect = () =>
      new Redis(this.#url, {
        lazyConnect: true,
        enableOfflineQueue: false,
        autoResubscribe: false,
        // What was under way when a connection broke may have arrived; sent again it would come twice.
        autoResendUnfulfilledCommands: false,
        maxRetriesPerRequest: 0,
        commandTimeout: ANSWER_MS,
        retryStrategy: (times) => Math.min(RETRY_MS.first * 2 ** (times - 1), RETRY_MS.longest),
      });
    this.#publisher = this.#listenTo(connect());
    this.#subscriber = this.#listenTo(connect());
    this.#subscriber.on('close', () => {
      this.#subscribed = false;
    });
    this.#subscriber.on('ready', () => void this.#subscribe());
    this.#subscriber.on('message', (_channel: string, message: string) => {
      const colon = message.indexOf(':');
      this.#options.onMessage(message.slice(0, colon), message.slice(colon + 1));
    });
    this.#heartbeat = setInterval(() => this.#beat(), ANSWER_MS).unref();
    for (const redis of [this.#publisher, this.#subscriber]) redis.connect().catch(() => undefined);
  }

  #listenTo(redis: Redis): Redis {
    return redis
      .on('error', (error) => this.#options.log.debug({ err: error }, 'the connection to Redis has failed'))
      .on('ready', () => this.#opens())
      .on('close', () => this.#closes());
  }

  async #subscribe(): Promise<void> {
    try {
      await this.#subscriber!.subscribe(this.#channel);
      this.#subscribed = true;
      this.#opens();
    } catch (error) {
      if (this.#closed) return;
      this.#options.log.warn({ err: error }, 'Redis did not take the subscription');
      this.#subscriber!.disconnect(true);
    }
  }

  #opens(): void {
    if (this.#open || this.#closed || !this.#subscribed || this.#publisher!.status !== 'ready') return;
    this.#open = true;
    this.#opened.resolve();
    if (this.#lost) this.#options.onBack();
    this.#lost = false;
  }

  #closes(): void {
    if (this.#closed) return;
    if (this.#open || !this.#lost) this.#options.log.warn({}, 'realtime is not connected to Redis; messages are lost');
    this.#lost = true;
    if (!this.#open) return;
    this.#open = false;
    this.#options.onAway();
  }

  #beat(): void {
    for (const redis of [this.#publisher, this.#subscriber])
      if (redis?.status === 'ready') redis.ping().catch(() => redis.disconnect(true));
  }
}
