/** How messages get from one process to the others. Who the others are is not its affair: that says Postgres (`PostgresBus`). */
import type { Logger } from '#kernel/log.ts';
import type { connectOwner } from '#kernel/postgres/owner.ts';

export type Connection = Awaited<ReturnType<typeof connectOwner>>;

/** What waits to be sent; beyond it messages are dropped, since nobody takes them. */
export const MAX_WAITING_BYTES = 16 * 1024 * 1024;

export interface Transport {
  /** Settles when this process hears the others for the first time. */
  readonly opened: Promise<void>;
  /** Messages that were not sent since too many waited. */
  readonly dropped: number;
  /** The bus is connected to Postgres, for the first time or again. */
  connected(client: Connection): Promise<void>;
  /** Sends to every process, this one too, in order with what was sent before. Lost when the connection is. */
  send(text: string): void;
  /** Settles when everything sent before is on its way to those who listen; rejects when it could not be. */
  sent(): Promise<void>;
  /** The process is gone: what came of a message of it will not become whole. */
  forget(node: string): void;
  /** After what waits is sent. */
  close(): Promise<void>;
}

export interface TransportOptions {
  /** This process. */
  readonly node: string;
  readonly log: Logger;
  onMessage(node: string, text: string): void;
  /** It hears the others again, or for the first time after something was lost. Only of a connection of its own. */
  onBack(): void;
  /** Its own connection is away: what is sent now is lost, here and on its way here. */
  onAway(): void;
}
