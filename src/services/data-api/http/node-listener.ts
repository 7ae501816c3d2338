import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
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

/** Serves the data API from node:http. An answer that the API fails to give is a 500 that says nothing. */
export function createNodeListener(api: Pick<DataApi, 'handle'>, options: NodeListenerOptions = {}): RequestListener {
  const { prefix = '', maxBodyBytes = MAX_BODY_BYTES, onAnswer } = options;
  return (message, response) => {
    void answer(api, message, response, prefix, maxBodyBytes)
      .then((given) => {
        if (given) write(message, response, given);
        onAnswer?.(message, given?.status ?? CLIENT_GONE);
      })
      .catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else write(message, response, problem(500, 'XX000', 'Internal server error'));
        onAnswer?.(message, 500, error);
      });
  };
}

/** Undefined when the client went away before its body had come. */
async function answer(
  api: Pick<DataApi, 'handle'>,
  message: IncomingMessage,
  response: ServerResponse,
  prefix: string,
  maxBodyBytes: number,
): Promise<ApiResponse | undefined> {
  const body = await readBody(message, maxBodyBytes);
  if (body === 'gone') return undefined;
  if (body === 'too large') return problem(413, 'PGRST102', `The body is larger than ${maxBodyBytes} bytes`);
  const controller = new AbortController();
  const abort = () => controller.abort();
  response.once('close', abort);
  try {
    return await api.handle(requestOf(message, prefix, body, controller.signal));
  } finally {
    response.off('close', abort);
  }
}

function requestOf(message: IncomingMessage, prefix: string, body: Buffer, signal: AbortSignal): ApiRequest {
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

async function readBody(message: IncomingMessage, limit: number): Promise<Buffer | 'gone' | 'too large'> {
  if (message.headers['content-length'] === undefined && message.headers['transfer-encoding'] === undefined)
    return NOTHING;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) return 'too large';
      chunks.push(chunk);
    }
  } catch {
    return 'gone';
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}

function write(message: IncomingMessage, response: ServerResponse, { status, headers, body }: ApiResponse): void {
  if (response.destroyed || response.headersSent) return;
  const bodiless = message.method === 'HEAD' || status === 204 || status === 304;
  const all = headers.flatMap(([name, value]) => [name, toBytes(value)]);
  if (!bodiless && !headers.some(([name]) => name.toLowerCase() === 'content-length'))
    all.push('Content-Length', String(body.length));
  // A body that was not read to its end would be taken for the next request.
  if (!message.complete) all.push('Connection', 'close');
  response.writeHead(status, all);
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
