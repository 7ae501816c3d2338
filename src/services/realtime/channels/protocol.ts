/** What a client may say, message by message. Source: Phoenix channels, and realtime-js 2.x. */
import type { ClientSocket } from '../socket/client-socket.ts';
import { type Incoming, readBinary, readText } from '../socket/serialiser.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Channel } from './channel.ts';
import { join } from './join.ts';
import { closeChannel, failChannel, leaveRoom } from './leave.ts';
import { receiveBroadcast } from './receive-broadcast.ts';
import { receivePresence } from './receive-presence.ts';
import { renewTokens } from './renew-token.ts';

type Message = Extract<Incoming, { kind: 'message' }>;

/** Takes one message of a client, text or binary. */
export function receive(socket: ClientSocket, data: Buffer, isBinary: boolean, around: Surroundings): void {
  around.counters.received++;
  const incoming = isBinary ? readBinary(data) : readText(socket.version, data.toString('utf8'));
  if (!incoming) return;
  if (!socket.allowEvent()) {
    limitReached(socket, incoming, around);
    return;
  }
  if (incoming.topic === 'phoenix') {
    if (incoming.event === 'heartbeat') socket.reply(incoming, 'ok', {});
    return;
  }
  if (incoming.kind === 'message' && incoming.event === 'phx_join') {
    void join(socket, incoming, around);
    return;
  }
  const channel = socket.channels.get(incoming.topic);
  if (!channel) {
    // Whoever leaves twice has left.
    if (incoming.event === 'phx_leave') {
      socket.joining?.delete(incoming.topic);
      socket.reply(incoming, 'ok', {});
    } else socket.reply(incoming, 'error', { reason: 'unmatched topic' });
    return;
  }
  // A message of an earlier join of this topic.
  if (incoming.joinRef !== null && incoming.joinRef !== channel.joinRef) return;
  if (incoming.kind === 'binary broadcast') receiveBroadcast(channel, incoming, around);
  else dispatch(channel, incoming, around);
}

function dispatch(channel: Channel, message: Message, around: Surroundings): void {
  switch (message.event) {
    case 'phx_leave':
      channel.socket.reply(message, 'ok', {});
      closeChannel(channel, around);
      break;
    case 'access_token':
      void renewTokens(channel, message.payload, around);
      break;
    case 'broadcast':
      receiveBroadcast(channel, message, around);
      break;
    case 'presence':
      receivePresence(channel, message, around);
      break;
    default:
      channel.socket.reply(message, 'error', { reason: `unknown event "${message.event}"` });
  }
}

/** The socket is gone, with all that it had joined. */
export function forget(socket: ClientSocket, around: Surroundings): void {
  for (const channel of [...socket.channels.values()]) leaveRoom(channel, around);
  socket.channels.clear();
}

function limitReached(socket: ClientSocket, { topic, ref, joinRef }: Incoming, around: Surroundings): void {
  around.counters.limited++;
  const channel = socket.channels.get(topic);
  const message = 'MessagePerSecondRateLimitReached: Too many messages per second';
  if (channel) failChannel(channel, message, around);
  else socket.reply({ topic, ref, joinRef }, 'error', { reason: message });
}
