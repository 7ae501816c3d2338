import { type IncomingMessage, type RequestListener, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ProjectKeys } from '../keys.ts';
import { type Admission, admit } from './admission.ts';

/** One of Supabase's services, behind the gateway. */
export interface GatewayService {
  /** Takes the whole exchange, body unread; sees the whole URL. */
  readonly listener: RequestListener;
  /** Takes over a socket that becomes a WebSocket. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Ends the sockets it took over and takes no more: while one is open, the server cannot stop, and no deadline of HTTP cuts it. */
  readonly disconnect?: () => Promise<void>;
}

export interface GatewayOptions {
  readonly keys: ProjectKeys;
  /** Whether a request without a key is refused. */
  readonly production: boolean;
  /** By prefix, e.g. `/rest/v1`. What stands in `SERVICES` and not here answers 501. */
  readonly services: Readonly<Record<string, GatewayService>>;
}

/** Where files arrive. */
const LONG_BODIES = new Set(['/storage/v1', '/functions/v1']);
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The five services of a Supabase project, and what a person may do where one is missing. */
const SERVICES: Readonly<Record<string, string>> = {
  '/rest/v1': 'config.toml has api.enabled = false',
  '/auth/v1': 'config.toml has auth.enabled = false',
  '/realtime/v1': 'config.toml has realtime.enabled = false',
  '/storage/v1': 'config.toml has storage.enabled = false',
  '/functions/v1': 'this project has no functions',
  '/graphql/v1': 'this server speaks no GraphQL; use /rest/v1',
};

/** Puts the services under their prefixes, behind the rules of admission. Returns the prefixes that nobody serves. */
export function mountGateway(app: FastifyInstance, options: GatewayOptions): string[] {
  app.register(async (scope) => {
    scope.addHook('onRequest', (request, reply, done) => {
      if (admitted(request, reply, options)) done();
    });
    // Bodies stay in the socket: each service reads its own.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    for (const [prefix, reason] of Object.entries(SERVICES)) {
      const service = options.services[prefix];
      const handler = service ? handOver(service.listener) : notThere(prefix, reason);
      const schema = { hide: true };
      const config = { longBody: LONG_BODIES.has(prefix) };
      scope.route({ method: METHODS, url: prefix, schema, config, handler });
      scope.route({ method: METHODS, url: `${prefix}/*`, schema, config, handler });
    }
  });
  const auth = options.services['/auth/v1'];
  if (auth) mountMetadata(app, auth);
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    upgrade(request, socket, head, options),
  );
  app.addHook('preClose', async () => {
    await Promise.all(Object.values(options.services).map((service) => service.disconnect?.()));
  });
  return Object.keys(SERVICES).filter((prefix) => !options.services[prefix]);
}

/** RFC 8414: clients look for what an issuer with a path offers at the root, the path behind it. */
function mountMetadata(app: FastifyInstance, auth: GatewayService): void {
  const handler = handOver(auth.listener);
  app.get(
    '/.well-known/oauth-authorization-server/auth/v1',
    { schema: { hide: true } },
    (request: FastifyRequest, reply: FastifyReply) => {
      request.raw.url = '/auth/v1/.well-known/oauth-authorization-server';
      handler(request, reply);
    },
  );
}

/** A WebSocket goes to the service under whose prefix it asks, by the same rules of admission. */
function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, options: GatewayOptions): void {
  const { url = '' } = request;
  const service = Object.entries(options.services).find(([prefix]) => url.startsWith(`${prefix}/`))?.[1];
  const admission = judge(request, options);
  if (!service?.upgrade) refuseUpgrade(socket, 404);
  else if (admission.kind === 'refused') refuseUpgrade(socket, 401);
  else {
    if (admission.authorization !== undefined) request.headers.authorization = admission.authorization;
    service.upgrade(request, socket, head);
  }
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** Sets the Authorization header that the services see; false when the request is refused and answered. */
function admitted(request: FastifyRequest, reply: FastifyReply, options: GatewayOptions): boolean {
  const { headers } = request.raw;
  const admission = judge(request.raw, options);
  if (admission.kind === 'refused') {
    const { message, hint } = admission;
    reply.code(401).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify({ message, hint }));
    return false;
  }
  if (admission.authorization !== undefined) headers.authorization = admission.authorization;
  return true;
}

function judge(request: IncomingMessage, { keys, production }: GatewayOptions): Admission {
  const { authorization } = request.headers;
  return admit({ authorization, apikey: apiKeyOf(request), url: request.url }, keys, production);
}

function apiKeyOf({ headers, url }: IncomingMessage): string | undefined {
  const given = headers['apikey'];
  if (typeof given === 'string') return given;
  const parameter = /[?&]apikey=([^&]+)/.exec(url ?? '')?.[1];
  if (parameter === undefined) return undefined;
  try {
    return decodeURIComponent(parameter);
  } catch {
    return undefined;
  }
}

function handOver(service: RequestListener) {
  return (request: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
    const { raw } = request;
    // The key is the gateway's business: to the data API it would be the filter of a column.
    if (raw.url?.includes('apikey=')) raw.url = withoutKey(raw.url);
    service(raw, reply.raw);
  };
}

function withoutKey(url: string): string {
  const query = url.indexOf('?');
  if (query < 0) return url;
  const rest = url
    .slice(query + 1)
    .split('&')
    .filter((each) => !each.startsWith('apikey='));
  return rest.length === 0 ? url.slice(0, query) : `${url.slice(0, query)}?${rest.join('&')}`;
}

function notThere(prefix: string, reason: string) {
  const message = `${prefix} is not served: ${reason}`;
  // Each client reads its own field for the code and for the message.
  const body = JSON.stringify({
    code: 'not_implemented',
    error: 'not_implemented',
    error_code: 'not_implemented',
    message,
    msg: message,
    statusCode: '501',
  });
  return (_request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    reply.code(501).header('content-type', 'application/json; charset=utf-8').send(body);
}
