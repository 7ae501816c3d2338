import { TokenRefusal } from '../auth/verify-token.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Channel } from './channel.ts';
import { failChannel } from './leave.ts';
import { channelRights } from './rights.ts';

/**
 * A new token for a channel, and for the public ones of its socket that nobody's token has reached: realtime-js up to 2.11 joins
 * with the anonymous key, tells a token to the channels that have joined by then and to none that were still joining.
 */
export async function renewTokens(channel: Channel, payload: unknown, around: Surroundings): Promise<void> {
  await renewToken(channel, payload, around);
  const token = (payload as { access_token?: unknown } | null)?.access_token;
  if (channel.token !== token || channel.claims.sub === undefined) return;
  for (const other of channel.socket.channels.values())
    if (other !== channel && other.claims.sub === undefined && !other.config.isPrivate)
      await renewToken(other, payload, around);
}

/** Opaque keys and the token it has are ignored; one that is not valid ends the channel. */
async function renewToken(channel: Channel, payload: unknown, around: Surroundings): Promise<void> {
  const token = (payload as { access_token?: unknown } | null)?.access_token;
  if (typeof token !== 'string' || token.startsWith('sb_') || token === channel.token) return;
  try {
    const claims = await around.verify(token);
    const rights = channel.config.isPrivate
      ? await channelRights(around.services, channel.subTopic, claims)
      : channel.rights;
    if (!rights.broadcast.read) throw new TokenRefusal(noRead(channel.subTopic));
    channel.token = token;
    channel.claims = claims;
    channel.rights = rights;
    channel.changes?.become(claims);
  } catch (error) {
    if (!(error instanceof TokenRefusal)) around.log.warn({ err: error }, 'a new token could not be taken');
    const message = error instanceof TokenRefusal ? error.message : 'UnableToSetPolicies: The token could not be used';
    if (channel.socket.channels.get(channel.topic) === channel) failChannel(channel, message, around);
  }
}

export function noRead(topic: string): string {
  return `Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`;
}
