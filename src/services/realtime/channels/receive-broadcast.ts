import type { Incoming } from '../socket/serialiser.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Broadcast } from './broadcast.ts';
import type { Channel } from './channel.ts';
import { storeMessage } from './stored-messages.ts';

/** Sends a client's message to everyone else in the room, and to itself when it asked for that. */
export function receiveBroadcast(channel: Channel, incoming: Incoming, around: Surroundings): void {
  const { socket, config, room } = channel;
  const answers = config.broadcast.ack && incoming.ref !== null;
  if (!channel.rights.broadcast.write) {
    const reason = `Unauthorized: You do not have permissions to write to this Channel topic: ${channel.subTopic}`;
    if (answers) socket.reply(incoming, 'error', { reason });
    return;
  }
  const persist = incoming.kind === 'binary broadcast' ? incoming.meta['persist'] : undefined;
  if (persist) {
    void persisted(channel, incoming as Extract<Incoming, { kind: 'binary broadcast' }>, around);
    return;
  }
  const broadcast = broadcastOf(incoming);
  if (!broadcast) {
    if (answers) socket.reply(incoming, 'error', { reason: 'The payload of a broadcast must be an object' });
    return;
  }
  room.send(broadcast, config.broadcast.self ? undefined : channel);
  around.exchange.broadcast(room.key, broadcast);
  if (answers) socket.reply(incoming, 'ok', {});
}

function broadcastOf(incoming: Incoming): Broadcast | undefined {
  if (incoming.kind === 'binary broadcast')
    return { kind: 'event', event: incoming.event, json: incoming.json, body: incoming.payload };
  const { payload } = incoming;
  if (typeof payload !== 'object' || payload === null) return undefined;
  return { kind: 'payload', payload: JSON.stringify(payload) };
}

/** A message that is kept for replay goes through the table, with the rights of whoever sends it. */
async function persisted(
  channel: Channel,
  incoming: Extract<Incoming, { kind: 'binary broadcast' }>,
  around: Surroundings,
): Promise<void> {
  const { socket, config, subTopic, room } = channel;
  try {
    if (!channel.config.isPrivate) throw new Error('PersistNotAllowed: Only private channels keep messages');
    const { event, json, payload } = incoming;
    const sender = config.broadcast.self ? undefined : channel;
    const unsent = await storeMessage(around, { topic: subTopic, event, json, payload }, sender);
    if (unsent) {
      room.send(unsent, sender);
      around.exchange.broadcast(room.key, unsent);
    }
    if (config.broadcast.ack) socket.reply(incoming, 'ok', {});
  } catch (error) {
    socket.reply(incoming, 'error', { error: error instanceof Error ? error.message : 'UnableToPersistMessage' });
  }
}
