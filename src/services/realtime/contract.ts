/** What the realtime service asks of its surroundings and gives to them. */
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '#kernel/log.ts';
import type { ConnectionTarget, Database } from '#kernel/postgres/database.ts';
import type { RealtimeConfig } from './config.ts';

/** Claims of a verified token; `role` is the database role, `exp` epoch seconds. */
export interface Claims {
  readonly role: string;
  readonly exp: number;
  readonly sub?: string;
  readonly [claim: string]: unknown;
}

/**
 * Verifies a JWT, or an opaque key of the project (which stands for the claims of its role). Throws `TokenRefusal` with the reason
 * that the client is told.
 */
export type VerifyToken = (token: string) => Claims | Promise<Claims>;

export interface RealtimeOptions {
  /** Sessions of the services: may become supabase_realtime_admin and service_role. */
  readonly services: Database;
  /** Sessions as subscribers: whatever role a token names. */
  readonly database: Database;
  /** For the replication stream, LISTEN and advisory locks, which no session has. */
  readonly owner: ConnectionTarget;
  readonly verify: VerifyToken;
  /** redis:// or rediss://: carries what several processes tell each other; without it NOTIFY does. The same for all of them. */
  readonly busUrl?: string;
  readonly log: Logger;
  readonly config?: Partial<RealtimeConfig>;
}

export interface RealtimeMetrics {
  readonly sockets: number;
  readonly channels: number;
  /** Messages from clients, since the start. */
  readonly received: number;
  /** Frames written to sockets, since the start. */
  readonly delivered: number;
  /** Sockets closed because they read too slowly. */
  readonly slowSockets: number;
  /** Joins and messages refused by a limit. */
  readonly limited: number;
  readonly changes: {
    /** `off`: the server or the login cannot replicate; `follower`: another process decodes. */
    readonly state: 'off' | 'connecting' | 'live' | 'follower';
    readonly decoded: number;
    /** Changes times channels. */
    readonly delivered: number;
    /** Changes that no subscriber got since the check of visibility failed. */
    readonly dropped: number;
    readonly waiting: number;
    /** From the commit to the last frame of the change, milliseconds, of the last change. */
    readonly lagMs: number;
    /** WAL that the slot holds back, bytes, when last looked at. */
    readonly retainedWalBytes: number;
    readonly reconnects: number;
    /** Times the stream could not go on where it had stopped. */
    readonly gaps: number;
    /** Row x subscriber verdicts by where they came from. */
    readonly verdicts: { readonly fast: number; readonly plain: number };
  };
}

export interface Realtime {
  /** For everything under /realtime/v1 that is plain HTTP; sees the whole URL. */
  readonly listener: RequestListener;
  /** For GET /realtime/v1/websocket: the arguments of node:http's `upgrade` event. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Tells every socket to come back (close code 1012) and takes no more; settles when none is open. */
  disconnect(): Promise<void>;
  metrics(): RealtimeMetrics;
  /** Settles when changes flow, or with the reason why they are off. */
  readonly ready: Promise<{ readonly changes: 'on' } | { readonly changes: 'off'; readonly reason: string }>;
  /** Disconnects, drops the slot, closes the connections. */
  close(): Promise<void>;
}
