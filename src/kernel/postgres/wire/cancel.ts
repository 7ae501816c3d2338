import type { ConnectionTarget } from '../database.ts';
import { openStream } from './stream.ts';

const CANCEL_REQUEST_CODE = 80_877_102;

/**
 * Asks the server to cancel what the backend runs (PostgreSQL, "Canceling Requests in Progress"). Resolves when the server has
 * taken the request, which says nothing about whether it found anything to cancel. It may also arrive late: the connection
 * it was for must not be used again.
 */
export async function sendCancel(
  target: ConnectionTarget,
  tls: boolean,
  processId: number,
  cancelKey: Buffer,
  timeoutMs: number,
): Promise<void> {
  const { socket } = await openStream(target, tls ? 'tls' : 'plain', AbortSignal.timeout(timeoutMs));
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.setTimeout(timeoutMs, () => socket.destroy());
  socket.on('error', () => {}).once('close', () => resolve());
  socket.resume();
  const head = Buffer.alloc(12);
  head.writeInt32BE(12 + cancelKey.length, 0);
  head.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  head.writeInt32BE(processId, 8);
  socket.end(Buffer.concat([head, cancelKey]));
  return promise;
}
