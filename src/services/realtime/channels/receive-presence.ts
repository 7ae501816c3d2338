import type { Incoming } from '../socket/serialiser.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Channel } from './channel.ts';

type Message = Extract<Incoming, { kind: 'message' }>;

/** Track and untrack. Whoever tracks is seen by those who want presence, whether or not it wants to see them. */
export function receivePresence(channel: Channel, message: Message, around: Surroundings): void {
  const { event, payload } = (message.payload ?? {}) as { event?: unknown; payload?: unknown };
  const kind = typeof event === 'string' ? event.toLowerCase() : '';
  if (!channel.rights.presence.write) {
    channel.socket.reply(message, 'error', {
      reason: `Unauthorized: You do not have permissions to track presence on this Channel topic: ${channel.subTopic}`,
    });
    return;
  }
  if (kind === 'track') track(channel, payload, around);
  else if (kind === 'untrack') untrack(channel, around);
  else {
    channel.socket.reply(message, 'error', { reason: `unknown presence event "${kind}"` });
    return;
  }
  channel.socket.reply(message, 'ok', {});
}

function track(channel: Channel, payload: unknown, { nextRef, exchange }: Surroundings): void {
  const { room, presenceKey, presenceRef } = channel;
  const given = typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload : {};
  const ref = nextRef();
  const meta = { ...given, phx_ref: ref, ...(presenceRef !== undefined && { phx_ref_prev: presenceRef }) };
  const presence = { key: presenceKey, ref, meta, node: exchange.node };
  if (presenceRef !== undefined) {
    room.leave(presenceRef);
    exchange.presenceLeft(room, presenceRef);
  }
  room.enter(presence);
  exchange.presenceEntered(room, presence);
  channel.presenceRef = ref;
}

function untrack(channel: Channel, { exchange }: Surroundings): void {
  const { room, presenceRef } = channel;
  if (presenceRef === undefined) return;
  room.leave(presenceRef);
  exchange.presenceLeft(room, presenceRef);
  channel.presenceRef = undefined;
}
