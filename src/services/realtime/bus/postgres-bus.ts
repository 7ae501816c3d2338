/**
 * What the processes of one database tell each other, by NOTIFY or Redis, and who of them is there, by advisory locks: a process that
 * dies loses its connection and with it its locks, so nobody has to guess from silence.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '#kernel/log.ts';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import { connectOwner } from '#kernel/postgres/owner.ts';
import { NotifyTransport } from './notify-transport.ts';
import { RedisTransport } from './redis-transport.ts';
import type { Connection, Transport } from './transport.ts';

/** First halves of our advisory locks: one for each process, and the one of the process that decodes. */
const NODE_LOCK = 7_305_811;
const LEADER_LOCK = 7_305_812;
const POLL_MS = 500;
const RETRY_MS = { first: 50, longest: 2000 };

export interface BusOptions {
  readonly target: ConnectionTarget;
  /** Of the Redis that carries the messages; without it NOTIFY does. */
  readonly url?: string;
  readonly log: Logger;
  onMessage(node: string, text: string): void;
  /** This process listens: it hears everything from now on. `again`: it did not for a while. */
  onOpen(again: boolean): void;
  onClosed(): void;
  /** Redis is there again: messages of this process and to it were lost. `onClosed` came before. */
  onTransportBack(): void;
  onPeerGone(node: string): void;
  /** This process decodes from now on, or must not any more. */
  onLeader(leads: boolean): void;
  /** Whether any process decodes. */
  onLed(led: boolean): void;
}

export class PostgresBus {
  /** Name and number of this process among the others. */
  readonly node: string;
  readonly #number: number;
  readonly #options: BusOptions;
  readonly #stopped = new AbortController();
  readonly #transport: Transport;
  readonly #opened = Promise.withResolvers<void>();
  #client: Connection | undefined;
  /** Of the connection: its locks are gone from then on. */
  #ended: AbortSignal = AbortSignal.abort();
  #peers = new Set<string>();
  #leads = false;
  #led = false;
  #marks = 0;
  #run: Promise<void> | undefined;

  constructor(options: BusOptions) {
    this.#options = options;
    this.#number = 1 + Math.floor(Math.random() * 0x7fff_fffe);
    this.node = this.#number.toString(36);
    const { url, log } = options;
    const events = {
      node: this.node,
      log,
      onMessage: (node: string, text: string) => this.#take(node, text),
      onBack: () => options.onTransportBack(),
      onAway: () => {
        this.#endEchoes();
        options.onClosed();
      },
    };
    this.#transport = url === undefined ? new NotifyTransport(events) : new RedisTransport(url, events);
  }

  /** Settles when it listens for the first time. */
  async open(): Promise<void> {
    this.#run = this.#loop();
    await Promise.all([this.#opened.promise, this.#transport.opened]);
  }

  get peers(): ReadonlySet<string> {
    return this.#peers;
  }

  get leads(): boolean {
    return this.#leads;
  }

  /** Sends to every other process, in order with what was sent before. Lost when the connection is. */
  send(text: string): void {
    this.#transport.send(text);
  }

  /** Settles when everything sent before is sure to reach those who listen; rejects when it could not be sent. */
  sent(): Promise<void> {
    return this.#transport.sent();
  }

  /** A peer that has said something is there, whatever the last look at the locks said. */
  meet(node: string): void {
    this.#peers.add(node);
  }

  async close(): Promise<void> {
    await this.#transport.close();
    this.#stopped.abort();
    await this.#client?.end().catch(() => undefined);
    await this.#run;
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopped;
    let wait = RETRY_MS.first;
    for (let again = false; !signal.aborted; ) {
      try {
        await this.#connect(again);
        again = true;
        wait = RETRY_MS.first;
        await this.#watch();
      } catch (error) {
        if (!signal.aborted) this.#options.log.warn({ err: error }, 'the bus of realtime is not connected');
      }
      this.#lose();
      await delay(wait, undefined, { signal, ref: false }).catch(() => undefined);
      wait = Math.min(2 * wait, RETRY_MS.longest);
    }
  }

  async #connect(again: boolean): Promise<void> {
    const client = await connectOwner(this.#options.target);
    if (this.#stopped.signal.aborted) {
      await client.end();
      return;
    }
    const ended = new AbortController();
    this.#ended = ended.signal;
    client.on('end', () => {
      if (this.#client === client) this.#client = undefined;
      ended.abort();
    });
    // The lock comes first: a message from a process without one would be taken for the last word of one that is gone.
    await client.query('select pg_advisory_lock($1, $2)', [NODE_LOCK, this.#number]);
    await this.#transport.connected(client);
    this.#client = client;
    await this.#look(client);
    this.#options.onOpen(again);
    this.#opened.resolve();
  }

  #take(node: string, text: string): void {
    if (node !== this.node) this.#options.onMessage(node, text);
    else this.#echoed(text);
  }

  /** Until the connection ends: who is there, and who decodes. */
  async #watch(): Promise<void> {
    const signal = AbortSignal.any([this.#stopped.signal, this.#ended]);
    while (this.#client && !signal.aborted) {
      await delay(POLL_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (this.#client && !signal.aborted) await this.#look(this.#client);
    }
  }

  async #look(client: Connection): Promise<void> {
    const { rows } = await client.query<{ leads: boolean; led: boolean; nodes: number[] }>(
      `select ${this.#leads ? 'true' : 'pg_try_advisory_lock($1, 0)'} as leads,
         exists (select from pg_locks where locktype = 'advisory' and classid = $1 and objid = 0 and objsubid = 2 and granted
           and database = (select oid from pg_database where datname = current_database())) as led,
         array(select objid::int8::int from pg_locks where locktype = 'advisory' and classid = $2 and objsubid = 2 and granted
           and database = (select oid from pg_database where datname = current_database())) as nodes`,
      [LEADER_LOCK, NODE_LOCK],
    );
    const { leads, led, nodes } = rows[0]!;
    if (this.#client !== client) return;
    const there = new Set(nodes.filter((number) => number !== this.#number).map((number) => number.toString(36)));
    for (const node of this.#peers)
      if (!there.has(node)) {
        this.#transport.forget(node);
        this.#options.onPeerGone(node);
      }
    this.#peers = there;
    if (leads && !this.#leads) {
      this.#leads = true;
      this.#options.onLeader(true);
    }
    if ((led || leads) !== this.#led) {
      this.#led = led || leads;
      this.#options.onLed(this.#led);
    }
  }

  /** The locks went with the connection: another process may decode by now. */
  #lose(): void {
    this.#client = undefined;
    this.#options.onClosed();
    if (this.#leads) {
      this.#leads = false;
      this.#led = false;
      this.#options.onLeader(false);
    }
    this.#endEchoes();
  }

  readonly #echoes = new Map<string, () => void>();

  /** Settles when everything that others sent before has been heard, or cannot be since Redis is away. */
  async caughtUp(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const mark = `echo ${++this.#marks}`;
    this.#echoes.set(mark, resolve);
    this.send(mark);
    try {
      await this.sent();
    } catch (error) {
      this.#echoed(mark);
      if (!this.#client) throw error;
    }
    await promise;
  }

  #echoed(text: string): void {
    this.#echoes.get(text)?.();
    this.#echoes.delete(text);
  }

  /** The connection is away, and with it whatever would have come. */
  #endEchoes(): void {
    for (const mark of [...this.#echoes.keys()]) this.#echoed(mark);
  }
}
