/** What rooms tell the rooms of the same name in other processes. */
import type { Broadcast } from '../channels/broadcast.ts';
import type { Presence } from '../channels/presence.ts';
import type { Room } from '../channels/room.ts';

export interface Exchange {
  /** Name of this process among the others. */
  readonly node: string;
  /** `room`: key of the room. */
  broadcast(room: string, broadcast: Broadcast): void;
  presenceEntered(room: Room, presence: Presence): void;
  presenceLeft(room: Room, ref: string): void;
  close(): Promise<void>;
}
