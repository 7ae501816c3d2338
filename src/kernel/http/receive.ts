import type { IncomingMessage } from 'node:http';

/** A request that has not arrived whole by then is dropped. */
const RECEIVE_TIMEOUT_MS = 30_000;
/** Where bodies are long (uploads) only silence ends them. */
const SILENCE_MS = 60_000;

/** Times the arrival of a body, for those few requests that have one; a caller who dawdles loses the connection. */
export function limitArrival(request: IncomingMessage, long: boolean): void {
  const { headers, socket } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return;
  if (headers['content-length'] === '0') return;
  const timer = setTimeout(() => refuse(request), long ? SILENCE_MS : RECEIVE_TIMEOUT_MS);
  timer.unref();
  if (long) {
    // Bytes on the socket, not `data` events: those would make the body flow before anyone reads it.
    let seen = socket.bytesRead;
    const look = setInterval(() => {
      if (socket.bytesRead === seen && !request.isPaused()) return;
      seen = socket.bytesRead;
      timer.refresh();
    }, SILENCE_MS / 4);
    look.unref();
    request.once('close', () => clearInterval(look));
  }
  const done = () => clearTimeout(timer);
  request.once('end', done).once('close', done);
}

function refuse({ socket }: IncomingMessage): void {
  socket.end('HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  socket.destroySoon();
}
