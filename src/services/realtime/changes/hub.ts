/** Changes from the log to the channels that want them: in order, a batch at a time, and no more in memory than the limit. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '#kernel/log.ts';
import type { Database } from '#kernel/postgres/database.ts';
import { SERVICE } from '#kernel/postgres/database.ts';
import type { Channel, Subscribed } from '../channels/channel.ts';
import type { ChangeBinding } from '../channels/join-config.ts';
import type { RealtimeConfig } from '../config.ts';
import type { Claims } from '../contract.ts';
import { Catalogue } from './catalogue.ts';
import { Delivery } from './delivery.ts';
import { checkBindings } from './publication.ts';
import { SubscribeRefusal } from './refusal.ts';
import type { LogItem, RowChange } from './row-change.ts';
import { Subscriptions } from './subscriptions.ts';

const BATCH = 100;
const RETRY_MS = { first: 20, longest: 500 };

export interface HubOptions {
  readonly database: Database;
  readonly services: Database;
  readonly config: RealtimeConfig;
  readonly log: Logger;
  /** Rows of realtime.messages that SQL inserted. */
  onMessage(change: RowChange): void;
  /** Before a batch is delivered here; it may be tried again here, but not there. */
  onBatch(items: readonly LogItem[]): Promise<void>;
  /** Will not come again. */
  onDelivered(item: LogItem): void;
  /** There is room again. */
  onDrained(): void;
  onState(state: State): void;
  /** Nothing waits. */
  onIdle(idle: boolean): void;
}

export type State =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'off'; readonly reason: string };

export class ChangeHub {
  readonly subscriptions = new Subscriptions();
  readonly catalogue: Catalogue;
  readonly delivery: Delivery;
  readonly #options: HubOptions;
  #state: State = { kind: 'connecting' };
  #changed = Promise.withResolvers<void>();
  #queue: LogItem[] = [];
  #pump: Promise<void> | undefined;
  /** Of the stream; counts those that were lost. */
  #generation = 0;
  #full = false;
  #closed = false;
  decoded = 0;

  constructor(options: HubOptions) {
    this.#options = options;
    this.catalogue = new Catalogue(options.services);
    this.delivery = new Delivery({ ...options, catalogue: this.catalogue, subscriptions: this.subscriptions });
  }

  get state(): State {
    return this.#state;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  setState(state: State): void {
    this.#state = state;
    this.#options.onState(state);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Settles when changes flow; rejects with a `SubscribeRefusal` when they are off, or not soon enough. */
  async live(timeoutMs = this.#options.config.joinTimeoutMs): Promise<void> {
    const late = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => late.resolve('late'), timeoutMs);
    try {
      for (;;) {
        const state = this.#state;
        if (state.kind === 'live') return;
        if (state.kind === 'off')
          throw new SubscribeRefusal('off', `RealtimeDisabledForConfiguration: ${state.reason}`);
        if ((await Promise.race([this.#changed.promise, late.promise])) === 'late')
          throw new SubscribeRefusal('not yet', 'PostgresChangesSubscribeTimeout: changes do not flow yet; try again');
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Binds at once: a change that is delivered from now on goes to the channel. */
  subscribe(channel: Channel, bindings: readonly ChangeBinding[], ids: readonly number[]): Subscribed {
    const ends: (() => void)[] = [];
    const bind = (claims: Claims) => {
      for (const [index, binding] of bindings.entries())
        ends.push(this.subscriptions.add(channel, binding, ids[index]!, claims));
    };
    const end = () => {
      for (const each of ends.splice(0)) each();
    };
    try {
      bind(channel.claims);
    } catch (error) {
      end();
      throw new SubscribeRefusal('unusable', (error as Error).message);
    }
    return {
      end,
      become: (claims) => {
        end();
        bind(claims);
      },
    };
  }

  /** Rejects with a `SubscribeRefusal` when no published table or no usable filter stands behind a binding. */
  check(role: string, bindings: readonly ChangeBinding[]): Promise<void> {
    const { database, services, config } = this.#options;
    return checkBindings(
      { database, services, publication: config.publication, catalogue: this.catalogue },
      role,
      bindings,
    );
  }

  /** False when enough is waiting. */
  push(item: LogItem): boolean {
    if (item.kind === 'change') this.decoded++;
    this.#queue.push(item);
    this.#options.onIdle(false);
    this.#pump ??= this.#run();
    this.#full = this.#queue.length >= this.#options.config.maxChangesWaiting;
    return !this.#full;
  }

  close(): void {
    this.#closed = true;
    this.#queue = [];
  }

  /** What is still waiting belongs to a stream that is gone, and will come again or never. Settles when nothing is under way. */
  async forget(): Promise<void> {
    this.#generation++;
    this.#queue = [];
    this.#full = false;
    await this.#pump;
  }

  async #run(): Promise<void> {
    // What comes in the same turn makes one batch.
    await new Promise(setImmediate);
    while (this.#queue.length > 0 && !this.#closed) {
      const batch = this.#queue.splice(0, BATCH);
      await this.#deliver(batch);
      if (this.#full && this.#queue.length < this.#options.config.maxChangesWaiting / 2) {
        this.#full = false;
        this.#options.onDrained();
      }
    }
    this.#pump = undefined;
    this.#options.onIdle(true);
  }

  /** Messages from SQL are sent once their batch cannot come again. */
  async #deliver(batch: readonly LogItem[]): Promise<void> {
    const changes = batch.flatMap((item) => (item.kind === 'change' ? [item.change] : []));
    const messages = changes.filter(isMessage);
    const rows = messages.length === 0 ? changes : changes.filter((change) => !isMessage(change));
    await this.#options.onBatch(batch);
    if (!(await this.#untilDelivered(rows))) return;
    for (const message of messages) this.#options.onMessage(message);
    for (const item of batch) this.#options.onDelivered(item);
  }

  /** Tries again while the database is away. False when the stream was lost meanwhile: its changes come again. */
  async #untilDelivered(rows: readonly RowChange[]): Promise<boolean> {
    const generation = this.#generation;
    for (let wait = RETRY_MS.first; ; wait = Math.min(2 * wait, RETRY_MS.longest)) {
      try {
        await this.delivery.deliver(rows);
        return true;
      } catch (error) {
        if (generation !== this.#generation || this.#closed) return false;
        this.#options.log.warn({ err: error }, 'changes wait for the database');
        await delay(wait);
        if (generation !== this.#generation || this.#closed) return false;
      }
    }
  }

  /** WAL that the slots of this database hold back, in bytes. */
  async retainedBytes(slot: string): Promise<number> {
    const row = await this.#options.services.as(SERVICE, (session) =>
      session.maybeOne<{ bytes: number }>(
        `select coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::float8 as bytes
         from pg_replication_slots where slot_name = $1`,
        [slot],
      ),
    );
    return row?.bytes ?? 0;
  }
}

function isMessage({ relation }: RowChange): boolean {
  return relation.schema === 'realtime' && relation.name === 'messages';
}
