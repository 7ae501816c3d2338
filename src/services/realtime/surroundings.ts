import type { Logger } from '#kernel/log.ts';
import type { Database } from '#kernel/postgres/database.ts';
import type { Exchange } from './bus/exchange.ts';
import type { ChangeHub } from './changes/hub.ts';
import type { Rooms } from './channels/room.ts';
import type { RealtimeConfig } from './config.ts';
import type { VerifyToken } from './contract.ts';
import type { Counters } from './counters.ts';

/** What every part of the service may use: made once in open.ts. */
export interface Surroundings {
  readonly config: RealtimeConfig;
  readonly log: Logger;
  readonly services: Database;
  readonly verify: VerifyToken;
  readonly rooms: Rooms;
  readonly exchange: Exchange;
  readonly hub: ChangeHub;
  readonly counters: Counters;
  /** Makes a reference that no other process makes. */
  nextRef(): string;
}
