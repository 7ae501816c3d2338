import type { Broadcast } from '../channels/broadcast.ts';
import { channelRights } from '../channels/rights.ts';
import { roomKey } from '../channels/room.ts';
import type { Claims } from '../contract.ts';
import type { Surroundings } from '../surroundings.ts';

/** Sends to everyone on a topic, in this process and the others. */
export function publish(topic: string, isPrivate: boolean, broadcast: Broadcast, around: Surroundings): void {
  const key = roomKey(topic, isPrivate);
  around.rooms.find(key)?.send(broadcast);
  around.exchange.broadcast(key, broadcast);
}

/** Whether the caller may write to a private topic; anybody may write to a public one. */
export async function mayWrite(topic: string, isPrivate: boolean, claims: Claims, around: Surroundings) {
  return !isPrivate || (await channelRights(around.services, topic, claims)).broadcast.write;
}
