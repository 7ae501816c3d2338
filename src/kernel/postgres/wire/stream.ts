import { readFileSync } from 'node:fs';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { ConnectionTarget, TlsMode } from '../database.ts';
import { connectionError } from '../sql-errors.ts';

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** A socket to the server before the startup message, and whether TLS carries it. */
export interface Stream {
  readonly socket: Socket;
  readonly tls: TLSSocket | undefined;
  /** Hands every chunk to `take`, whose bytes may be reused after the call; in place of the one before. Undefined stops it. */
  receive(take: Take | undefined): void;
}

type Take = (bytes: Buffer, size: number) => void;

/** Sockets that say so read into this one: what is read is dealt with before anything else is. */
const SHARED = Buffer.allocUnsafeSlow(64 * 1024);

/** Whether a first attempt starts with TLS, and whether the other way is tried when it fails: libpq's table of sslmode. */
export function attempts(target: ConnectionTarget): readonly ('plain' | 'tls' | 'tls-if-offered')[] {
  if (isUnixSocket(target)) return ['plain'];
  switch (target.tls.kind) {
    case 'disable':
      return ['plain'];
    case 'allow':
      return ['plain', 'tls'];
    case 'prefer':
      return ['tls-if-offered', 'plain'];
    default:
      return ['tls'];
  }
}

export function isUnixSocket(target: ConnectionTarget): boolean {
  return target.host.startsWith('/') || target.host.startsWith('@');
}

/**
 * Opens a socket and, where the attempt says so, TLS on it. `signal` ends the attempt. `reading`: a socket without TLS that is `shared`
 * emits no `data`, but spares a buffer and the machinery of streams for every chunk.
 */
export async function openStream(
  target: ConnectionTarget,
  attempt: 'plain' | 'tls' | 'tls-if-offered',
  signal: AbortSignal,
  reading: 'shared' | 'events' = 'events',
): Promise<Stream> {
  signal.throwIfAborted();
  let taken: Take | undefined;
  const callback = (size: number) => {
    taken?.(SHARED, size);
    return true;
  };
  const onread = attempt === 'plain' && reading === 'shared' ? { buffer: SHARED, callback } : undefined;
  const socket = isUnixSocket(target)
    ? connectTcp({ path: `${target.host}/.s.PGSQL.${target.port}`, onread })
    : connectTcp({ host: target.host, port: target.port, noDelay: true, keepAlive: true, onread });
  const abandon = () => socket.destroy(signal.reason);
  signal.addEventListener('abort', abandon, { once: true });
  try {
    await once(socket, 'connect');
    const receive = (take: Take | undefined) => {
      taken = take;
    };
    if (onread) return { socket, tls: undefined, receive };
    if (attempt === 'plain') return { socket, tls: undefined, receive: byEvents(socket) };
    socket.write(SSL_REQUEST);
    if (await offersTls(socket)) {
      const tls = await startTls(socket, target);
      return { socket: tls, tls, receive: byEvents(tls) };
    }
    if (attempt === 'tls-if-offered') return { socket, tls: undefined, receive: byEvents(socket) };
    throw connectionError('the server does not offer TLS', '08001');
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', abandon);
  }
}

function byEvents(socket: Socket): Stream['receive'] {
  let listener: ((chunk: Buffer) => void) | undefined;
  return (take) => {
    if (listener) socket.off('data', listener);
    listener = take && ((chunk) => take(chunk, chunk.length));
    if (listener) socket.on('data', listener);
  };
}

/** Reads the one byte that answers SSLRequest. More than one would be plain text slipped in before TLS (CVE-2021-23222). */
async function offersTls(socket: Socket): Promise<boolean> {
  await once(socket, 'readable');
  const answer: Buffer | null = socket.read();
  if (answer?.length === 1 && answer[0] === 0x53) return true;
  if (answer?.length === 1 && answer[0] === 0x4e) return false;
  throw connectionError('the server did not answer the request for TLS as Postgres does', '08P01');
}

async function startTls(socket: Socket, target: ConnectionTarget): Promise<TLSSocket> {
  const tls = connectTls({
    socket,
    host: target.host,
    minVersion: 'TLSv1.2',
    ...verification(target.tls, target.host),
  });
  await once(tls, 'secureConnect');
  return tls;
}

function verification(mode: TlsMode, host: string): ConnectionOptions {
  const servername = isIP(host) ? undefined : host;
  if (mode.kind !== 'verify-ca' && mode.kind !== 'verify-full') return { servername, rejectUnauthorized: false };
  const ca = mode.caFile === undefined ? undefined : readFileSync(mode.caFile);
  if (mode.kind === 'verify-full') return { servername, ca, rejectUnauthorized: true };
  return { servername, ca, rejectUnauthorized: true, checkServerIdentity: () => undefined };
}

/** Resolves at the event; rejects when the socket fails or closes before. */
function once(socket: Socket, event: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const closed = () => reject(connectionError('the server closed the connection', '08001'));
  socket.once(event, resolve).once('error', reject).once('close', closed).once('end', closed);
  return promise.finally(() => {
    socket.off(event, resolve).off('error', reject).off('close', closed).off('end', closed);
  });
}
