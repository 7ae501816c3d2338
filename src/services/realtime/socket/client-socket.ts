import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Channel } from '../channels/channel.ts';
import type { RealtimeConfig } from '../config.ts';
import type { Claims } from '../contract.ts';
import type { Counters } from '../counters.ts';
import { textFrame } from './frames.ts';
import { type Envelope, messageText, type Version } from './serialiser.ts';

/** Close codes of RFC 6455 and IANA: going away for a restart, and "try again later" for whoever read too slowly. */
export const RESTART = 1012;
const OVERLOADED = 1013;
/** What a slow reader gets to take in why it is dropped. */
const GRACE_MS = 2000;
const SECOND_MS = 1000;

/** One connected client. Frames are made outside and written to the TCP socket as they are, so many sockets share one. */
export class ClientSocket {
  readonly version: Version;
  /** From the `apikey` of the address; channels may bring a token of their own. */
  readonly claims: Claims;
  readonly channels = new Map<string, Channel>();
  /** Joins under way by topic: a leave or a newer join takes the entry away, and the join comes to nothing. */
  joining: Map<string, object> | undefined;
  readonly #webSocket: WebSocket;
  readonly #stream: Duplex;
  readonly #config: RealtimeConfig;
  readonly #counters: Counters;
  /** Epoch milliseconds. */
  lastSeen = Date.now();
  #dropped = false;
  #held = false;
  #window = 0;
  #events = 0;
  #joins = 0;

  constructor(parts: {
    webSocket: WebSocket;
    stream: Duplex;
    version: Version;
    claims: Claims;
    config: RealtimeConfig;
    counters: Counters;
  }) {
    this.version = parts.version;
    this.claims = parts.claims;
    this.#webSocket = parts.webSocket;
    this.#stream = parts.stream;
    this.#config = parts.config;
    this.#counters = parts.counters;
  }

  get open(): boolean {
    return !this.#dropped && this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  /** Bytes that wait to be read by the client. */
  get backlog(): number {
    return this.#stream.writableLength;
  }

  /** Writes a whole frame. Nothing else on this socket fragments or compresses, so frames cannot fall into each other. */
  write(frame: Buffer): void {
    if (!this.open) return;
    if (this.#stream.writableLength > this.#config.maxBacklogBytes) {
      this.#drop();
      return;
    }
    this.#counters.delivered++;
    this.#hold();
    this.#stream.write(frame);
  }

  /** What is written in one go leaves in one go: of thousands of frames to hundreds of sockets, most of the cost is the calls. */
  #hold(): void {
    if (this.#held) return;
    this.#held = true;
    this.#stream.cork();
    process.nextTick(this.#release);
  }

  readonly #release = () => {
    this.#held = false;
    this.#stream.uncork();
  };

  /** `payload` is JSON text. */
  send(envelope: Envelope, payload: string): void {
    this.write(textFrame(messageText(this.version, envelope, payload)));
  }

  reply(to: { topic: string; ref: string | null; joinRef: string | null }, status: 'ok' | 'error', response: object) {
    this.send({ ...to, event: 'phx_reply' }, JSON.stringify({ status, response }));
  }

  /** Counts a message of this second; false when there were too many. */
  allowEvent(): boolean {
    this.#turn();
    return ++this.#events <= this.#config.eventsPerSecond;
  }

  allowJoin(): boolean {
    this.#turn();
    return ++this.#joins <= this.#config.joinsPerSecond;
  }

  #turn(): void {
    const window = Math.floor(Date.now() / SECOND_MS);
    if (window === this.#window) return;
    this.#window = window;
    this.#events = 0;
    this.#joins = 0;
  }

  /** Says why behind what already waits, and cuts the line when even that is not read. */
  #drop(): void {
    this.#dropped = true;
    this.#counters.slowSockets++;
    for (const channel of this.channels.values()) {
      const envelope = { topic: channel.topic, event: 'system', joinRef: channel.joinRef };
      const message = 'ConnectionTooSlow: The client reads more slowly than messages come; messages were dropped';
      const payload = { extension: 'system', status: 'error', message, channel: channel.subTopic };
      this.#stream.write(textFrame(messageText(this.version, envelope, JSON.stringify(payload))));
    }
    this.#webSocket.close(OVERLOADED, 'The client reads too slowly');
    setTimeout(() => this.#webSocket.terminate(), GRACE_MS).unref();
  }

  close(code: number, reason: string): void {
    this.#webSocket.close(code, reason);
  }

  terminate(): void {
    this.#webSocket.terminate();
  }
}
