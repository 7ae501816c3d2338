/**
 * Where this process gets its changes from. One process of a database decodes the log and passes on what it reads; the others listen
 * to it. When it goes, the one that gets its lock goes on with its slot, from the last change that it has heard itself.
 */
import type { Logger } from '#kernel/log.ts';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import type { Exchange } from '../bus/exchange.ts';
import type { PostgresBus } from '../bus/postgres-bus.ts';
import type { RealtimeConfig } from '../config.ts';
import type { Position } from './decoder.ts';
import { Feed } from './feed.ts';
import type { ChangeHub } from './hub.ts';
import type { LogItem } from './row-change.ts';

const MESSAGES_PUBLICATION = 'freehold_realtime_messages';
/** A listener cannot slow the decoder down; this many times the decoder's limit may wait here, then they are given up. */
const LISTENER_ROOM = 20;

export interface RelayOptions {
  readonly target: ConnectionTarget;
  readonly config: RealtimeConfig;
  readonly log: Logger;
  readonly hub: ChangeHub;
  readonly bus: PostgresBus;
  readonly exchange: Exchange;
  /** To the sockets of this process. */
  onGap(reason: string): void;
}

export class Relay {
  readonly #options: RelayOptions;
  #feed: Feed | undefined;
  /** End of the last commit heard of, by either way. */
  #confirmed: bigint | undefined;
  #position: Position | undefined;
  #closed = false;
  /** The feed of this process before it lost its lock: its slot is there until somebody goes on with it. */
  #left: Feed | undefined;
  /** What this process led to is still being delivered, though another may decode by now. */
  #ending: Promise<void> | undefined;
  #turn: Promise<void> = Promise.resolve();
  reconnects = 0;
  retainedBytes = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  get feed(): Feed | undefined {
    return this.#feed;
  }

  /** Turns are taken one after the other. */
  lead(leads: boolean): void {
    this.#turn = this.#turn
      .then(() => (leads ? this.#begin() : this.#end()))
      .catch((error: unknown) => this.#options.log.error({ err: error }, 'the decoder of changes could not be turned'));
  }

  async #begin(): Promise<void> {
    const { target, config, log, hub, bus, exchange } = this.#options;
    if (this.#closed || !bus.leads) return;
    // What the one before has sent must have arrived, or it would be left out.
    await bus.caughtUp();
    if (this.#closed || !bus.leads) return;
    hub.setState({ kind: 'connecting' });
    const feed = new Feed({
      target,
      publications: [config.publication, MESSAGES_PUBLICATION],
      maxRetainedBytes: config.maxRetainedWalBytes,
      log,
      onItem: (item) => hub.push(item),
      onLive: () => {
        hub.setState({ kind: 'live' });
        exchange.state(true);
      },
      onLost: () => {
        this.reconnects++;
        hub.setState({ kind: 'connecting' });
        exchange.state(false);
        return hub.forget();
      },
      onOff: (reason) => {
        hub.setState({ kind: 'off', reason });
        exchange.state(false, reason);
      },
      onGap: (reason) => {
        this.#options.onGap(reason);
        exchange.gap(reason);
      },
    });
    this.#feed = feed;
    this.#left = undefined;
    feed.start(this.#confirmed === undefined ? undefined : { confirmed: this.#confirmed, delivered: this.#position });
  }

  async #end(): Promise<void> {
    const feed = this.#feed;
    this.#feed = undefined;
    if (!feed) return;
    this.#left = feed;
    const { hub } = this.#options;
    hub.setState({ kind: 'connecting' });
    const settled = hub.forget();
    this.#ending = feed.abandon().then(() => settled);
    await this.#ending;
    this.#ending = undefined;
  }

  /** From the process that decodes. Also while this one is about to: what is under way then is no longer in the slot for certain. */
  hear(items: readonly LogItem[]): void {
    if (this.#feed) return;
    if (this.#ending) void this.#ending.then(() => this.#take(items));
    else this.#take(items);
  }

  #take(items: readonly LogItem[]): void {
    const { hub, config } = this.#options;
    this.#confirmed ??= 0n;
    for (const item of items) {
      if (item.kind === 'commit') {
        if (item.endLsn > this.#confirmed) this.#confirmed = item.endLsn;
      } else if (isAfter(item.change, this.#position)) this.#position = item.change;
      else continue;
      hub.push(item);
    }
    if (hub.waiting <= LISTENER_ROOM * config.maxChangesWaiting) return;
    void hub.forget();
    this.#options.onGap('changes came faster than they could be delivered');
  }

  /** What the process that decodes says of itself. */
  hearState(live: boolean, off?: string): void {
    if (this.#options.bus.leads) return;
    if (live) this.#confirmed ??= 0n;
    this.#options.hub.setState(live ? { kind: 'live' } : off ? { kind: 'off', reason: off } : { kind: 'connecting' });
  }

  /** Nobody decodes: who joins now has to wait. */
  hearLed(led: boolean): void {
    if (!led && !this.#options.bus.leads) this.#options.hub.setState({ kind: 'connecting' });
  }

  /** Also after this process stopped decoding: what it was about to deliver then may not be repeated when it decodes again. */
  delivered(item: LogItem): void {
    if (item.kind === 'commit') {
      if (this.#feed || item.endLsn > (this.#confirmed ?? 0n)) this.#confirmed = item.endLsn;
      this.#feed?.confirm(item.endLsn);
    } else {
      if (this.#feed || isAfter(item.change, this.#position)) this.#position = item.change;
      this.#feed?.passed(item.change);
    }
  }

  /** With others there the slot stays, for the one who goes on. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#turn;
    const feed = this.#feed ?? this.#left;
    this.#feed = undefined;
    if (feed) await (this.#options.bus.peers.size > 0 ? feed.abandon() : feed.close());
  }
}

function isAfter(change: Position, than: Position | undefined): boolean {
  if (!than) return true;
  return change.commitLsn > than.commitLsn || (change.commitLsn === than.commitLsn && change.sequence > than.sequence);
}
