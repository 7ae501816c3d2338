/** The way into a channel: limits, token, policies, bindings to changes; the answer comes when all of it is live. */
import { TokenRefusal } from '../auth/verify-token.ts';
import { SubscribeRefusal } from '../changes/refusal.ts';
import type { Claims } from '../contract.ts';
import type { ClientSocket } from '../socket/client-socket.ts';
import type { Incoming } from '../socket/serialiser.ts';
import type { Surroundings } from '../surroundings.ts';
import { type Broadcast, broadcastFrame } from './broadcast.ts';
import { Channel } from './channel.ts';
import { bindingIds, type JoinConfig, readJoin } from './join-config.ts';
import { closeChannel, leaveRoom } from './leave.ts';
import { noRead } from './renew-token.ts';
import { channelRights, PUBLIC_RIGHTS } from './rights.ts';
import { roomKey } from './room.ts';
import { replay } from './stored-messages.ts';

type Message = Extract<Incoming, { kind: 'message' }>;

/** What the client is told when it may not join. */
class JoinRefusal extends Error {}

/** Answers a join. Never rejects: what goes wrong is the reason in the reply. */
export async function join(socket: ClientSocket, message: Message, around: Surroundings): Promise<void> {
  let channel: Channel | undefined;
  try {
    channel = await openChannel(socket, message, around);
    if (channel) await enter(channel, message, around);
  } catch (error) {
    if (channel) {
      leaveRoom(channel, around);
      if (socket.channels.get(message.topic) === channel) socket.channels.delete(message.topic);
    }
    socket.reply(message, 'error', { reason: reasonOf(error, around) });
  }
}

function reasonOf(error: unknown, { log }: Surroundings): string {
  if (error instanceof JoinRefusal || error instanceof TokenRefusal || error instanceof SubscribeRefusal)
    return error.message;
  log.warn({ err: error }, 'a join failed');
  return 'UnknownErrorOnChannel: The channel could not be joined';
}

/** Undefined when the client has left, or joined anew, meanwhile. */
async function openChannel(socket: ClientSocket, message: Message, around: Surroundings): Promise<Channel | undefined> {
  const { topic, joinRef, ref } = message;
  const subTopic = /^realtime:(.+)$/s.exec(topic)?.[1];
  if (!subTopic) throw new JoinRefusal('TopicNameRequired: You must provide a topic name');
  requireRoom(socket, topic, around);
  const config = configOf(message.payload);
  // A second join of a topic takes the place of the first.
  const earlier = socket.channels.get(topic);
  if (earlier) closeChannel(earlier, around);
  socket.joining ??= new Map();
  socket.joining.set(topic, message);
  const { claims, token } = await claimsOf(socket, config, around);
  const rights = config.isPrivate ? await channelRights(around.services, subTopic, claims) : PUBLIC_RIGHTS;
  if (!rights.broadcast.read) throw new JoinRefusal(noRead(subTopic));
  if (socket.joining?.get(topic) !== message || !socket.open) return undefined;
  socket.joining.delete(topic);
  if (socket.joining.size === 0) socket.joining = undefined;
  const room = around.rooms.obtain(roomKey(subTopic, config.isPrivate));
  const channel = new Channel({
    socket,
    // The room's own: a crowd on one topic keeps its name once.
    topic: room.topic,
    subTopic: room.subTopic,
    joinRef: joinRef ?? ref,
    config,
    room,
    claims,
    token,
    rights,
  });
  socket.channels.set(room.topic, channel);
  channel.room.members.add(channel);
  return channel;
}

function requireRoom(socket: ClientSocket, topic: string, { config, counters }: Surroundings): void {
  const refusal = !socket.allowJoin()
    ? 'ClientJoinRateLimitReached: Too many joins per second'
    : socket.channels.size >= config.maxChannelsPerSocket && !socket.channels.has(topic)
      ? 'ChannelRateLimitReached: Too many channels'
      : undefined;
  if (!refusal) return;
  counters.limited++;
  throw new JoinRefusal(refusal);
}

function configOf(payload: unknown): JoinConfig {
  try {
    return readJoin(payload);
  } catch (error) {
    throw new JoinRefusal((error as Error).message);
  }
}

async function claimsOf(
  socket: ClientSocket,
  { accessToken }: JoinConfig,
  { verify }: Surroundings,
): Promise<{ claims: Claims; token: string | undefined }> {
  if (accessToken === undefined || accessToken.startsWith('sb_')) {
    if (socket.claims.exp * 1000 <= Date.now()) throw new TokenRefusal('InvalidJWTToken: Token has expired');
    return { claims: socket.claims, token: undefined };
  }
  return { claims: await verify(accessToken), token: accessToken };
}

async function enter(channel: Channel, message: Message, around: Surroundings): Promise<void> {
  const { socket, config, room } = channel;
  const ids = bindingIds(config.changes);
  const trouble = await subscribe(channel, ids, around);
  const missed = config.replay ? await replay(around.services, channel.subTopic, config.replay) : [];
  if (!isCurrent(channel)) return;
  const bindings = config.changes.map(({ given }, index) => ({ ...given, id: ids[index] }));
  // From here on nothing waits: what happens after the reply finds the channel joined.
  if (config.presence.enabled && channel.rights.presence.read) room.sendDiff();
  channel.joined = true;
  socket.reply(message, 'ok', { postgres_changes: bindings });
  if (channel.seesPresence) channel.send('presence_state', room.presences.state());
  for (const broadcast of missed) resend(channel, broadcast);
  if (config.changes.length > 0) {
    if (trouble) channel.system('postgres_changes', 'error', trouble);
    else channel.system('postgres_changes', 'ok', 'Subscribed to PostgreSQL');
  }
  if (config.broadcast.replicationReady) void announceReplication(channel, around);
}

function isCurrent(channel: Channel): boolean {
  return channel.socket.open && channel.socket.channels.get(channel.topic) === channel;
}

function resend(channel: Channel, broadcast: Broadcast): void {
  const frame = broadcastFrame(channel.version, channel.topic, broadcast);
  if (frame) channel.write(frame);
}

/**
 * Binds to changes and waits until they flow. Returns what is wrong with bindings that cannot have any; only a client that asked
 * to wait for them is refused for that, the others are told after they have joined, as the hosted service does.
 */
async function subscribe(channel: Channel, ids: number[], { hub }: Surroundings): Promise<string | undefined> {
  const { config } = channel;
  if (config.changes.length === 0) return undefined;
  try {
    channel.changes = hub.subscribe(channel, config.changes, ids);
    await hub.live(config.wait?.timeoutMs);
    await hub.check(channel.claims.role, config.changes);
    return undefined;
  } catch (error) {
    if (!(error instanceof SubscribeRefusal) || error.kind === 'not yet' || config.wait) throw error;
    return error.message;
  }
}

async function announceReplication(channel: Channel, { hub }: Surroundings): Promise<void> {
  try {
    await hub.live();
    if (isCurrent(channel)) channel.system('system', 'ok', 'Replication connection established');
  } catch {
    if (isCurrent(channel)) channel.system('system', 'error', 'Replication connection is not ready');
  }
}
