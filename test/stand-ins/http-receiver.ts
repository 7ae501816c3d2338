/** A real HTTP server that keeps every call: stands in for Make.com, for Telegram's Bot API and for a browser's push service. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedCall {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export type ReceiverAnswer =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  /** The call is kept and the connection breaks. */
  | 'break off';

export interface HttpReceiver extends AsyncDisposable {
  readonly url: string;
  readonly calls: ReceivedCall[];
  answer: (call: ReceivedCall) => ReceiverAnswer;
}

export async function startHttpReceiver(
  answer: HttpReceiver['answer'] = () => ({ status: 200 }),
): Promise<HttpReceiver> {
  const calls: ReceivedCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) };
      calls.push(call);
      const given = receiver.answer(call);
      if (given === 'break off') return request.socket.destroy();
      response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers });
      response.end(JSON.stringify(given.body ?? {}));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const receiver: HttpReceiver = {
    url: `http://127.0.0.1:${port}`,
    calls,
    answer,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return receiver;
}

/** The Bot API's sendMessage: numbers the messages as it does. */
export function startTelegram(): Promise<HttpReceiver> {
  let last = 100;
  return startHttpReceiver(() => {
    last += 1;
    return { status: 200, body: { ok: true, result: { message_id: last } } };
  });
}
