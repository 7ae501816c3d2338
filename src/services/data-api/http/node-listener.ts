import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { CancelSignal } from '#kernel/postgres/database.ts';
import type { ApiRequest, ApiResponse, DataApi } from '../api.ts';

export interface NodeListenerOptions {
  /** Path under which the API is mounted, e.g. `/rest/v1`; other paths must not come here. */
  readonly prefix?: string;
  /** Of a request's body; 64 MiB. */
  readonly maxBodyBytes?: number;
  /** Called when the answer has left; `error` is what went wrong here when that is a 500. Must not throw. */
  readonly onAnswer?: (request: IncomingMessage, status: number, error?: unknown) => void;
}

const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** As nginx says it. */
const CLIENT_GONE = 499;
const NOTHING = Buffer.alloc(0);
const CONTENT_LENGTH = 'content-length';

/** Serves the data API from node:http. An answer that the API fails to give is a 500 that says nothing. */
export function createNodeListener(api: Pick<DataApi, 'handle'>, options: NodeListenerOptions = {}): RequestListener {
  const { prefix = '', maxBodyBytes = MAX_BODY_BYTES, onAnswer } = options;
  return (message, response) => {
    const client = new Client(response);
    const give = (given: ApiResponse) => {
      client.served = true;
      write(message, response, given);
      onAnswer?.(message, client.aborted ? CLIENT_GONE : given.status);
    };
    const fail = (error: unknown) => {
      client.served = true;
      if (response.headersSent) response.destroy();
      else if (!client.aborted) write(message, response, problem(500, 'XX000', 'Internal server error'));
      if (client.aborted) onAnswer?.(message, CLIENT_GONE);
      else onAnswer?.(message, 500, error);
    };
    readBody(message, maxBodyBytes, (body) => {
      if (body === 'gone') onAnswer?.(message, CLIENT_GONE);
      else if (body === 'too large') give(problem(413, 'PGRST102', `The body is larger than ${maxBodyBytes} bytes`));
      else
        api
          .handle(requestOf(message, prefix, body, client))
          .then(give)
          .catch(fail);
    });
  };
}

/** The one who waits for the answer, as a signal that speaks when he leaves without it. An AbortController costs ten times as much. */
class Client implements CancelSignal {
  aborted = false;
  readonly reason = 'the client has gone away';
  /** The answer has been given: what happens to the connection afterwards concerns nobody. */
  served = false;
  #listeners: (() => void)[] = [];

  constructor(response: ServerResponse) {
    response.on('close', () => this.#left());
  }

  addEventListener(_: 'abort', listener: () => void): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }

  #left(): void {
    if (this.served) return;
    this.aborted = true;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

function requestOf(message: IncomingMessage, prefix: string, body: Buffer, signal: CancelSignal): ApiRequest {
  const url = (message.url ?? '/').slice(prefix.length);
  const mark = url.indexOf('?');
  return {
    method: message.method ?? 'GET',
    path: (mark < 0 ? url : url.slice(0, mark)) || '/',
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: asUtf8(message.headers as Record<string, string | undefined>),
    body,
    signal,
  };
}

/** Node reads headers as Latin-1; names of schemas and settings come as UTF-8. */
function asUtf8(headers: Record<string, string | undefined>): Record<string, string | undefined> {
  for (const name in headers) {
    const value = headers[name]!;
    if (/[\x80-\xff]/.test(value)) headers[name] = Buffer.from(value, 'latin1').toString('utf8');
  }
  return headers;
}

/** Hands over the body once, when it is there. */
function readBody(message: IncomingMessage, limit: number, done: (body: Buffer | 'gone' | 'too large') => void): void {
  const { headers } = message;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    done(NOTHING);
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  let settled = false;
  const settle = (body: Buffer | 'gone' | 'too large') => {
    if (settled) return;
    settled = true;
    done(body);
  };
  message.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) {
      message.pause();
      settle('too large');
    } else chunks.push(chunk);
  });
  message.on('end', () => settle(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)));
  message.on('error', () => settle('gone'));
  message.on('close', () => settle('gone'));
}

function write(
  message: IncomingMessage,
  response: ServerResponse,
  { status, statusText, headers, body }: ApiResponse,
): void {
  if (response.destroyed || response.headersSent) return;
  const bodiless = message.method === 'HEAD' || status === 204 || status === 304;
  const all: string[] = [];
  let hasLength = bodiless;
  for (const [name, value] of headers) {
    all.push(name, toBytes(value));
    hasLength ||= name.length === CONTENT_LENGTH.length && name.toLowerCase() === CONTENT_LENGTH;
  }
  if (!hasLength) all.push('Content-Length', String(body.length));
  // A body that was not read to its end would be taken for the next request.
  if (!message.complete) all.push('Connection', 'close');
  if (statusText === undefined) response.writeHead(status, all);
  else response.writeHead(status, statusText, all);
  response.end(bodiless ? undefined : body);
}

/** Node writes headers as Latin-1. */
function toBytes(value: string): string {
  return /[^\t\x20-\x7e]/.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value;
}

function problem(status: number, code: string, message: string): ApiResponse {
  const body = Buffer.from(JSON.stringify({ code, message, details: null, hint: null }));
  return { status, headers: [['Content-Type', 'application/json; charset=utf-8']], body };
}
