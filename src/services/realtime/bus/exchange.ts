/** What the rooms and the decoder of one process tell those of the others. */

import { LRUCache } from 'lru-cache';
import type { Relation, Tuple } from '#kernel/postgres/replication/pgoutput.ts';
import type { LogItem, RowChange } from '../changes/row-change.ts';
import type { Broadcast } from '../channels/broadcast.ts';
import type { Presence } from '../channels/presence.ts';
import type { Room, Rooms } from '../channels/room.ts';
import type { PostgresBus } from './postgres-bus.ts';

/** `value`, or 0 for one that did not come: JSON has no undefined. */
type WireTuple = (string | null | 0)[];
interface WireChange {
  readonly type: RowChange['type'];
  /** Index in `relations`. */
  readonly relation: number;
  readonly row?: WireTuple;
  readonly old?: WireTuple;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly lsn: string;
  readonly sequence: number;
  readonly xid: number;
}

export type Message =
  | { readonly kind: 'broadcast'; readonly room: string; readonly event?: WireEvent; readonly payload?: string }
  | { readonly kind: 'entered'; readonly room: string; readonly presence: Presence }
  | { readonly kind: 'left'; readonly room: string; readonly ref: string }
  /** A process has come, or was away, and says all it has; the others tell it all they have. */
  | ({ readonly kind: 'hello' } & Standing)
  | ({ readonly kind: 'present'; readonly to: string } & Standing)
  | {
      readonly kind: 'changes';
      readonly relations: Relation[];
      readonly items: (WireChange | { readonly end: string })[];
    }
  /** The process that decodes says whether changes flow, or what may be missing. */
  | { readonly kind: 'state'; readonly live: boolean; readonly off?: string }
  | { readonly kind: 'gap'; readonly reason: string };

/** All that is present on a process, by room; `live`: whether changes flow, from the process that decodes. */
interface Standing {
  readonly rooms: [string, Presence[]][];
  readonly live?: boolean;
}

interface WireEvent {
  readonly event: string;
  readonly json: boolean;
  readonly meta?: string;
  /** Text when `json`, else base64. */
  readonly body: string;
}

export interface ExchangeEvents {
  onChanges(items: LogItem[]): void;
  onState(live: boolean, off?: string): void;
  onGap(reason: string): void;
  /** Whether changes flow here, for a process that has just come; undefined where another decodes. */
  liveHere(): boolean | undefined;
}

export class Exchange {
  readonly #bus: PostgresBus;
  readonly #rooms: Rooms;
  readonly #events: ExchangeEvents;
  /** By their text, so that what hangs on the object (its root, its types) is found again. */
  readonly #relations = new LRUCache<string, Relation>({ max: 1000 });
  #greeted: { readonly missing: Set<string>; readonly done: () => void } | undefined;

  constructor(bus: PostgresBus, rooms: Rooms, events: ExchangeEvents) {
    this.#bus = bus;
    this.#rooms = rooms;
    this.#events = events;
  }

  get node(): string {
    return this.#bus.node;
  }

  get #alone(): boolean {
    return this.#bus.peers.size === 0;
  }

  /** Says that this process is there. Settles when every other has answered, or after the time. */
  async greet(timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#greeted = { missing: new Set(this.#bus.peers), done: resolve };
    this.#send({ kind: 'hello', ...this.#standing() });
    if (this.#alone) return;
    const timer = setTimeout(resolve, timeoutMs);
    await promise;
    clearTimeout(timer);
  }

  /** `room`: its key. */
  broadcast(room: string, broadcast: Broadcast): void {
    if (this.#alone) return;
    if (broadcast.kind === 'payload') this.#send({ kind: 'broadcast', room, payload: broadcast.payload });
    else {
      const { event, json, meta, body } = broadcast;
      this.#send({
        kind: 'broadcast',
        room,
        event: { event, json, meta, body: body.toString(json ? 'utf8' : 'base64') },
      });
    }
  }

  presenceEntered(room: Room, presence: Presence): void {
    if (!this.#alone) this.#send({ kind: 'entered', room: room.key, presence });
  }

  presenceLeft(room: Room, ref: string): void {
    if (!this.#alone) this.#send({ kind: 'left', room: room.key, ref });
  }

  /** Settles when the others are sure to hear of the changes. */
  async changes(items: readonly LogItem[]): Promise<void> {
    if (this.#alone) return;
    this.#send(wireChanges(items));
    await this.#bus.sent();
  }

  state(live: boolean, off?: string): void {
    if (!this.#alone) this.#send({ kind: 'state', live, off });
  }

  gap(reason: string): void {
    if (!this.#alone) this.#send({ kind: 'gap', reason });
  }

  /** Whoever was present on a process that is gone is gone. */
  peerGone(node: string): void {
    this.#answered(node);
    this.#leave(node, () => true);
  }

  receive(node: string, text: string): void {
    if (text.startsWith('echo ')) return;
    this.#bus.meet(node);
    const message = JSON.parse(text) as Message;
    switch (message.kind) {
      case 'broadcast':
        this.#rooms.find(message.room)?.send(readBroadcast(message));
        break;
      case 'entered':
        this.#entered(message.room, message.presence);
        break;
      case 'left':
        this.#left(message.room, message.ref);
        break;
      case 'hello':
        this.#send({ kind: 'present', to: node, ...this.#standing() });
        this.#adopt(node, message);
        break;
      case 'present':
        if (message.to !== this.node) break;
        this.#adopt(node, message);
        this.#answered(node);
        break;
      case 'changes':
        this.#events.onChanges(this.#readChanges(message));
        break;
      case 'state':
        this.#events.onState(message.live, message.off);
        break;
      case 'gap':
        this.#events.onGap(message.reason);
        break;
    }
  }

  #answered(node: string): void {
    const greeted = this.#greeted;
    greeted?.missing.delete(node);
    if (greeted?.missing.size === 0) greeted.done();
  }

  #send(message: Message): void {
    this.#bus.send(JSON.stringify(message));
  }

  #standing(): Standing {
    const rooms = [...this.#rooms.all()].flatMap((room): [string, Presence[]][] => {
      const mine = room.presences.ofNode(this.node);
      return mine.length > 0 ? [[room.key, mine]] : [];
    });
    return { rooms, live: this.#events.liveHere() };
  }

  /** Whoever is not among what the process has now has left, and the message was lost. */
  #adopt(node: string, { rooms, live }: Standing): void {
    const there = new Set(rooms.flatMap(([, presences]) => presences.map(({ ref }) => ref)));
    this.#leave(node, (ref) => !there.has(ref));
    for (const [room, presences] of rooms) for (const each of presences) this.#entered(room, each);
    if (live !== undefined) this.#events.onState(live);
  }

  #leave(node: string, gone: (ref: string) => boolean): void {
    for (const room of this.#rooms.all()) {
      for (const { ref } of room.presences.ofNode(node)) if (gone(ref)) room.leave(ref);
      this.#tidy(room);
    }
  }

  #entered(key: string, presence: Presence): void {
    const room = this.#rooms.obtain(key);
    if (!room.presences.has(presence.ref)) room.enter(presence);
  }

  #left(key: string, ref: string): void {
    const room = this.#rooms.find(key);
    if (!room) return;
    room.leave(ref);
    this.#tidy(room);
  }

  #tidy(room: Room): void {
    setImmediate(() => this.#rooms.release(room));
  }

  #readChanges({ relations, items }: Extract<Message, { kind: 'changes' }>): LogItem[] {
    const known = relations.map((relation) => {
      const text = JSON.stringify(relation);
      const kept = this.#relations.get(text);
      if (!kept) this.#relations.set(text, relation);
      return kept ?? relation;
    });
    return items.map((item): LogItem => {
      if ('end' in item) return { kind: 'commit', endLsn: BigInt(item.end) };
      const { type, relation, row, old, at, lsn, sequence, xid } = item;
      const change: RowChange = {
        type,
        relation: known[relation]!,
        row: row && unwired(row),
        old: old && unwired(old),
        committedAt: new Date(at),
        commitLsn: BigInt(lsn),
        sequence,
        xid,
      };
      return { kind: 'change', change };
    });
  }
}

function readBroadcast({ event, payload }: Extract<Message, { kind: 'broadcast' }>): Broadcast {
  if (!event) return { kind: 'payload', payload: payload ?? '{}' };
  const { event: name, json, meta, body } = event;
  return { kind: 'event', event: name, json, meta, body: Buffer.from(body, json ? 'utf8' : 'base64') };
}

function wireChanges(items: readonly LogItem[]): Message {
  const relations: Relation[] = [];
  const index = new Map<Relation, number>();
  const wired = items.map((item) => {
    if (item.kind === 'commit') return { end: String(item.endLsn) };
    const { type, relation, row, old, committedAt, commitLsn, sequence, xid } = item.change;
    if (!index.has(relation)) index.set(relation, relations.push(relation) - 1);
    return {
      type,
      relation: index.get(relation)!,
      row: row?.map((value) => value ?? (value === null ? null : (0 as const))),
      old: old?.map((value) => value ?? (value === null ? null : (0 as const))),
      at: committedAt.getTime(),
      lsn: String(commitLsn),
      sequence,
      xid,
    };
  });
  return { kind: 'changes', relations, items: wired };
}

function unwired(tuple: WireTuple): Tuple {
  return tuple.map((value) => (value === 0 ? undefined : value));
}
