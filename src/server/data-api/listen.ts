import { once } from 'node:events';
import { chmodSync, rmSync, statSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OperatorError } from '#kernel/errors.ts';

/** Of the request line and headers; a list of a few thousand keys in the address must pass. */
const MAX_HEADER_BYTES = 512 * 1024;
const STOP_MS = 10_000;

export interface Place {
  /** An address, or one of PostgREST's `*`, `*4`, `!4`, `*6`, `!6`. */
  readonly host: string;
  readonly port: number;
  readonly unixSocket?: string;
  /** Octal. */
  readonly unixSocketMode?: string;
}

/** Throws `OperatorError` when the place is taken or not ours. */
export async function listen(listener: RequestListener, place: Place): Promise<Server> {
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, listener);
  if (place.unixSocket && isLeftOver(place.unixSocket)) rmSync(place.unixSocket);
  try {
    server.listen(place.unixSocket ? { path: place.unixSocket } : { port: place.port, ...addressOf(place.host) });
    await once(server, 'listening');
  } catch (error) {
    throw new OperatorError(`cannot listen on ${nameOf(place)}: ${(error as Error).message}`, {
      remedy: 'Stop the program that holds it, or set server-host, server-port or admin-server-port.',
      cause: error,
    });
  }
  if (place.unixSocket) chmodSync(place.unixSocket, Number.parseInt(place.unixSocketMode ?? '660', 8));
  return server;
}

/** `!` means only this family; `*` prefers it, which for 6 is a socket that takes both. */
function addressOf(host: string): { host: string; ipv6Only?: boolean } {
  if (host === '*' || host === '*6') return { host: '::' };
  if (host === '!6') return { host: '::', ipv6Only: true };
  return { host: host === '*4' || host === '!4' ? '0.0.0.0' : host };
}

/** `http://host:port` that this machine reaches it by, or the socket's path. */
export function whereIs(server: Server): string {
  const address = server.address() as AddressInfo | string;
  if (typeof address === 'string') return address;
  const local = address.address === '0.0.0.0' || address.address === '::' ? '127.0.0.1' : address.address;
  return `http://${local.includes(':') ? `[${local}]` : local}:${address.port}`;
}

/** Stops accepting, lets requests in flight finish, cuts them after ten seconds. */
export async function stopListening(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), STOP_MS);
  await closed;
  clearTimeout(timer);
}

/** A socket whose server was killed; any other file is somebody's. */
function isLeftOver(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() === true;
}

function nameOf({ host, port, unixSocket }: Place): string {
  return unixSocket ?? `${host}:${port}`;
}
