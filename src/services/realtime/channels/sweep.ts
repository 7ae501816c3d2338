import type { Sockets } from '../socket/accept.ts';
import type { Surroundings } from '../surroundings.ts';
import { failChannel } from './leave.ts';

const EVERY_MS = 1000;

/** Looks after what time ends: tokens, and sockets that have gone silent. One timer for all of them. Returns what stops it. */
export function startSweep(sockets: Sockets, around: Surroundings): () => void {
  const timer = setInterval(() => sweep(sockets, around, Date.now()), EVERY_MS).unref();
  return () => clearInterval(timer);
}

function sweep(sockets: Sockets, around: Surroundings, now: number): void {
  for (const socket of sockets.all) {
    if (now - socket.lastSeen > around.config.silenceMs) {
      socket.terminate();
      continue;
    }
    for (const channel of socket.channels.values()) {
      const late = Math.floor(now / 1000) - channel.claims.exp;
      if (late >= 0) failChannel(channel, `InvalidJWTToken: Token has expired ${late} seconds ago`, around);
    }
  }
}
