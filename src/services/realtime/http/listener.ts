/** The plain HTTP side: broadcasts over REST, and a sign of life. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { TokenRefusal } from '../auth/verify-token.ts';
import type { Claims } from '../contract.ts';
import type { Surroundings } from '../surroundings.ts';
import { broadcastBatch } from './broadcast-batch.ts';
import { broadcastOne } from './broadcast-one.ts';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** What a request of a caller is answered with. */
export interface Request {
  readonly url: URL;
  readonly claims: Claims;
  readonly contentType: string;
  readonly body: Buffer;
}

const ONE = /^\/api\/broadcast\/([^/]+)\/events\/([^/]+)\/?$/;

/** Serves everything under `/realtime/v1`; the whole address comes in. */
export function createListener(around: Surroundings): RequestListener {
  return (request, response) => {
    void answer(request, around)
      .catch((error: unknown): Answer => {
        around.log.error({ err: error }, 'a request to realtime failed');
        return { status: 500, body: { message: 'Internal server error' } };
      })
      .then((given) => write(response, given));
  };
}

async function answer(message: IncomingMessage, around: Surroundings): Promise<Answer> {
  const url = new URL(message.url ?? '/', 'http://realtime');
  const path = url.pathname.replace(/^\/realtime\/v1(?=\/|$)/, '');
  if (message.method === 'GET' || message.method === 'HEAD') {
    if (/^\/(api\/(tenants\/[^/]+\/)?)?(health|ping)$/.test(path)) return health(around);
    if (path === '/websocket') return { status: 426, body: { message: 'This address speaks WebSocket' } };
    return NOT_FOUND;
  }
  const one = ONE.exec(path);
  if (message.method !== 'POST' || !(one || path.replace(/\/$/, '') === '/api/broadcast')) return NOT_FOUND;
  const token = bearerOf(message, url);
  if (!token) return { status: 401, body: { message: 'Unauthorized' } };
  let claims: Claims;
  try {
    claims = await around.verify(token);
  } catch (error) {
    if (!(error instanceof TokenRefusal)) throw error;
    return { status: 401, body: { message: 'Unauthorized', error: error.message } };
  }
  const body = await readBody(message, around.config.maxMessageBytes);
  if (!body) return { status: 413, body: { error: 'Payload Too Large' } };
  const request = { url, claims, contentType: message.headers['content-type'] ?? '', body };
  if (!one) return broadcastBatch(request, around);
  const [topic, event] = [decoded(one[1]!), decoded(one[2]!)];
  if (topic === undefined || event === undefined) return NOT_FOUND;
  return broadcastOne(topic, event, request, around);
}

const NOT_FOUND: Answer = { status: 404, body: { message: 'Not found' } };

function health({ hub }: Surroundings): Answer {
  return { status: 200, body: { data: { healthy: true, replication_connected: hub.state.kind === 'live' } } };
}

function bearerOf(message: IncomingMessage, url: URL): string | undefined {
  const bearer = /^bearer +(\S+)$/i.exec(message.headers.authorization ?? '')?.[1];
  const key = message.headers['apikey'];
  // A key of the new kind is no token; sent as one it means what it means as apikey.
  return bearer ?? (typeof key === 'string' ? key : (url.searchParams.get('apikey') ?? undefined));
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Undefined when there is too much of it. */
async function readBody(message: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function write(response: ServerResponse, { status, body }: Answer): void {
  if (response.destroyed) return;
  const text = body === undefined ? '' : JSON.stringify(body);
  if (text) response.setHeader('content-type', 'application/json; charset=utf-8');
  if (status === 413) response.setHeader('connection', 'close');
  response.writeHead(status).end(text);
}
