import type { Surroundings } from '../surroundings.ts';
import type { Channel } from './channel.ts';

/** Takes the channel out of everything that would send to it. */
export function leaveRoom(channel: Channel, { rooms, exchange }: Surroundings): void {
  const { room } = channel;
  channel.changes?.end();
  channel.changes = undefined;
  channel.joined = false;
  room.members.delete(channel);
  if (channel.presenceRef !== undefined) {
    room.leave(channel.presenceRef);
    exchange.presenceLeft(room, channel.presenceRef);
    channel.presenceRef = undefined;
  }
  // After the diff: a presence that left may leave an empty room behind.
  setImmediate(() => rooms.release(room));
}

/** Ends the channel and says so; the client does not join again by itself. */
export function closeChannel(channel: Channel, around: Surroundings): void {
  const { socket, topic, joinRef } = channel;
  leaveRoom(channel, around);
  if (socket.channels.get(topic) === channel) socket.channels.delete(topic);
  socket.send({ topic, event: 'phx_close', ref: joinRef, joinRef }, '{}');
}

/** Says what is wrong, then ends the channel. */
export function failChannel(channel: Channel, message: string, around: Surroundings): void {
  channel.system('system', 'error', message);
  closeChannel(channel, around);
}
