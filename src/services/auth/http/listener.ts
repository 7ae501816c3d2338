import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AuthContext } from '../context.ts';
import { clientAddress } from './client-address.ts';
import { dispatch, type Found, foundEndpoint } from './dispatch.ts';
import type { Answer, AuthRequest, Endpoint } from './endpoint.ts';
import { readBody } from './read-body.ts';
import { refusalAnswer } from './refusal.ts';
import { type Route, router } from './router.ts';

const PREFIX = '/auth/v1';
const JSON_TYPE = 'application/json; charset=utf-8';
const PLAIN_URL_CHARACTERS = /[^\x21-\x7e]/g;

/** Serves the endpoints under /auth/v1. Whatever an endpoint throws becomes an answer; a 5xx is logged with the request's id. */
export function createListener(context: AuthContext, endpoints: readonly Endpoint[]): RequestListener {
  const route = router(endpoints);
  return (message, response) => {
    void serve(context, route, message, response).catch((error: unknown) => {
      context.log.error({ err: error }, 'an answer could not be written');
      response.destroy();
    });
  };
}

async function serve(
  context: AuthContext,
  route: Route,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = String(response.getHeader('x-request-id') ?? randomUUID());
  const url = new URL(`http://auth${message.url ?? '/'}`);
  const path = url.pathname.startsWith(PREFIX) ? url.pathname.slice(PREFIX.length) || '/' : url.pathname;
  const match = route(message.method ?? 'GET', path);
  const endpoint = match.kind === 'found' ? match.endpoint : undefined;
  try {
    const found = foundEndpoint(match);
    const request = await requestOf(context, message, { url, path, found, requestId });
    if (request) write(message, response, await dispatch(context, found.endpoint, request));
  } catch (error) {
    const version = message.headers['x-supabase-api-version'];
    const refusal = refusalAnswer(error, {
      apiVersion: typeof version === 'string' ? version : undefined,
      oauthErrors: endpoint?.oauthErrors,
      requestId,
    });
    if (refusal.internal)
      context.log.error({ err: error, requestId, method: message.method, path }, 'a request failed');
    write(message, response, refusal);
  }
}

async function requestOf(
  context: AuthContext,
  message: IncomingMessage,
  given: { url: URL; path: string; found: Found; requestId: string },
): Promise<AuthRequest | undefined> {
  const { endpoint, params } = given.found;
  const ip = clientAddress(message);
  // Before the body is read: who is over the limit does not get to send a megabyte.
  if (endpoint.limit) context.limits.request(endpoint.limit, ip);
  const body = await readBody(message);
  if (!body) return undefined;
  const headers = message.headers as Readonly<Record<string, string | undefined>>;
  return {
    method: message.method ?? 'GET',
    path: given.path,
    params,
    query: given.url.searchParams,
    headers,
    body,
    ip,
    userAgent: headers['user-agent'] ?? '',
    token: /^bearer +(\S+)$/i.exec(headers['authorization'] ?? '')?.[1],
    requestId: given.requestId,
    apiUrl: new URL(context.settings.externalUrl()).origin,
  };
}

function write(message: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.destroyed || response.headersSent) return;
  // A body that was not read to its end would be taken for the next request.
  if (!message.complete) response.setHeader('connection', 'close');
  response.setHeader('cache-control', 'no-store');
  if ('redirect' in answer) {
    const location = answer.redirect.replace(PLAIN_URL_CHARACTERS, encodeURIComponent);
    response.writeHead(answer.status ?? 303, { location, 'content-length': 0 }).end();
    return;
  }
  if ('text' in answer) {
    send(message, response, answer.status, answer.text, { 'content-type': answer.mediaType });
    return;
  }
  const text = answer.body === undefined ? undefined : JSON.stringify(answer.body);
  send(message, response, answer.status, text, { ...(text ? { 'content-type': JSON_TYPE } : {}), ...answer.headers });
}

function send(
  message: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string | undefined,
  headers: Readonly<Record<string, string>>,
): void {
  const bytes = Buffer.from(text ?? '');
  const length = status === 204 ? {} : { 'content-length': bytes.length };
  response.writeHead(status, { ...length, ...headers });
  response.end(message.method === 'HEAD' || status === 204 ? undefined : bytes);
}
