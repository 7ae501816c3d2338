import { randomUUID } from 'node:crypto';
import type { Claims } from '../contract.ts';
import type { ClientSocket } from '../socket/client-socket.ts';
import type { Version } from '../socket/serialiser.ts';
import type { JoinConfig } from './join-config.ts';
import type { ChannelRights } from './rights.ts';
import type { Member, Room } from './room.ts';

/** The bindings to changes of one channel, as the hub of changes keeps them. */
export interface Subscribed {
  /** Ends all of them. */
  end(): void;
  /** The channel now acts with these claims. */
  become(claims: Claims): void;
}

/** One topic that a socket has joined. */
export class Channel implements Member {
  readonly socket: ClientSocket;
  readonly topic: string;
  readonly subTopic: string;
  readonly joinRef: string | null;
  readonly config: JoinConfig;
  readonly room: Room;
  claims: Claims;
  token: string | undefined;
  rights: ChannelRights;
  changes: Subscribed | undefined;
  /** Key and reference of what it tracks. */
  #presenceKey: string;
  presenceRef: string | undefined;
  /** The reply to the join has been written; nothing else goes out before. */
  joined = false;

  constructor(parts: {
    socket: ClientSocket;
    topic: string;
    subTopic: string;
    joinRef: string | null;
    config: JoinConfig;
    room: Room;
    claims: Claims;
    token: string | undefined;
    rights: ChannelRights;
  }) {
    this.socket = parts.socket;
    this.topic = parts.topic;
    this.subTopic = parts.subTopic;
    this.joinRef = parts.joinRef;
    this.config = parts.config;
    this.room = parts.room;
    this.claims = parts.claims;
    this.token = parts.token;
    this.rights = parts.rights;
    this.#presenceKey = parts.config.presence.key;
  }

  /** The client's, or one made when it is first needed. */
  get presenceKey(): string {
    this.#presenceKey ||= randomUUID();
    return this.#presenceKey;
  }

  get version(): Version {
    return this.socket.version;
  }

  get seesBroadcasts(): boolean {
    return this.joined && this.rights.broadcast.read;
  }

  get seesPresence(): boolean {
    return this.joined && this.config.presence.enabled && this.rights.presence.read;
  }

  write(frame: Buffer): void {
    this.socket.write(frame);
  }

  send(event: string, payload: object): void {
    this.socket.send({ topic: this.topic, event, joinRef: this.joinRef }, JSON.stringify(payload));
  }

  system(extension: string, status: 'ok' | 'error', message: string): void {
    this.send('system', { extension, status, message, channel: this.subTopic });
  }
}
