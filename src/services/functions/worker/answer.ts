import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestOf, send } from './fetch-exchange.ts';
import type { Handler } from './registry.ts';

/** Runs the handler on a fetch Request made of Node's, and streams its Response out. A throw is 500, as Deno answers it. */
export async function answerWith(handler: Handler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort(new DOMException('The client has gone', 'AbortError'));
  });
  try {
    const response = await handler(requestOf(incoming, gone.signal), {
      remoteAddr: { transport: 'tcp', hostname: '127.0.0.1', port: 0 },
    });
    if (!(response instanceof Response))
      throw new TypeError('Return value from serve handler must be a response or a promise resolving to a response');
    await send(response, outgoing);
  } catch (error) {
    if (gone.signal.aborted) return;
    console.error(error);
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(500, { 'content-type': 'text/plain;charset=UTF-8' }).end('Internal Server Error');
  }
}
