import type { Socket } from 'node:net';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import type { Config } from '../config.ts';
import { type Caller, createEvents, type Events } from '../events.ts';
import type { Logger } from '../log.ts';
import type { Identity } from '../postgres/database.ts';
import { answerError, answerNotFound } from './answer.ts';
import { answeredPreflight } from './cors.ts';
import { failure } from './envelope.ts';
import { collectRoutes } from './known-routes.ts';
import { mountOpenApi, openApiOptions } from './openapi.ts';
import { DEFAULT_LIMITS, type RateLimits } from './rate-limit.ts';
import { limitArrival } from './receive.ts';
import { requestIdOf } from './request-id.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { validatorCompiler } from './validation.ts';

export { type MountOptions, mountProject } from './mount-project.ts';
export { stopServer } from './stop.ts';
export { mountWeb } from './web.ts';

export const BODY_LIMIT_BYTES = 1_048_576;
/** Headers that have not arrived whole by then are dropped with 408; bodies have `limitArrival`, since uploads may take long. */
const HEADERS_TIMEOUT_MS = 30_000;
/** Longer than load balancers keep a connection, so that they close it and not we. */
const KEEP_ALIVE_MS = 72_000;
const HANDLER_TIMEOUT_MS = 30_000;

export interface ServerOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly events?: Events;
  /** `null` switches limits off, for measuring. */
  readonly limits?: RateLimits | null;
  readonly handlerTimeoutMs?: number;
}

/** What the server's parts share. */
export interface ServerSettings {
  readonly events: Events;
  readonly limits: RateLimits | null;
  readonly handlerTimeoutMs: number;
  readonly production: boolean;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Bodies of any length: they may take as long as bytes keep coming. */
    longBody?: boolean;
    /** The permission that a product's key needs here; no key opens it without. */
    keys?: string | undefined;
  }
  interface FastifyInstance {
    settings: ServerSettings;
  }
  interface FastifyRequest {
    /** Null until the scope of the route has found out. */
    identity: Identity | null;
    /** What led to an answer of 500 or more. */
    failure?: unknown;
  }
}

/** The server with everything that every answer has in common; `mountProject` and services add the routes. Call `listen`, later `stopServer`. */
export function createServer(options: ServerOptions): FastifyInstance {
  const log = options.log.child({ module: 'http' });
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestIdOf,
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    // A proxy on the same machine says where the caller is; anyone else may claim what he likes and is not believed.
    trustProxy: 'loopback',
    routerOptions: { ignoreTrailingSlash: true },
    clientErrorHandler: refuseBrokenRequest,
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
  }) as unknown as FastifyInstance;
  app.server.headersTimeout = HEADERS_TIMEOUT_MS;
  app.decorate('settings', {
    events: options.events ?? createEvents(),
    limits: options.limits === undefined ? DEFAULT_LIMITS : options.limits,
    handlerTimeoutMs: options.handlerTimeoutMs ?? HANDLER_TIMEOUT_MS,
    production: options.config.mode === 'production',
  });
  app.decorateRequest('identity', null);
  app.decorateRequest('failure', undefined);
  app.setValidatorCompiler(validatorCompiler);
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  answerNotFound(app, collectRoutes(app));
  addCommonHooks(app);
  app.register(swagger, openApiOptions());
  app.after(() => mountOpenApi(app));
  return app;
}

function addCommonHooks(app: FastifyInstance): void {
  let stopping = false;
  app.addHook('preClose', async () => {
    stopping = true;
  });
  // An answer given while stopping is the connection's last, or its socket would idle until the deadline.
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (stopping) reply.header('connection', 'close');
    done(null, payload);
  });
  // Callbacks, not promises: every request passes here, and each promise costs it a turn of the queue.
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
    if (answeredPreflight(request, reply)) return;
    limitArrival(request.raw, request.routeOptions.config.longBody === true);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? '(none)';
    const { method } = request;
    const { statusCode: status, elapsedTime: ms } = reply;
    // The pattern, not the address: an address may carry keys and mail addresses in its query.
    request.log.info({ method, route, status, ms: Math.round(ms * 10) / 10 }, 'request answered');
    const caller = callerOf(request);
    const { events } = app.settings;
    events.emit('http:answered', { method, route, status, seconds: ms / 1000, caller });
    if (status >= 500) {
      const path = request.url.split('?', 1)[0]!;
      events.emit('http:failed', { method, path, status, requestId: request.id, error: request.failure, caller });
    }
    done();
  });
}

function callerOf({ identity, ip, headers }: FastifyRequest): Caller {
  const userId = identity?.claims['sub'];
  return { userId: typeof userId === 'string' ? userId : null, ip, userAgent: headers['user-agent'] ?? '' };
}

/** What is not HTTP, or breaks off, never becomes a request: it is answered on the bare socket. */
function refuseBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? ['408 Request Timeout', 'The request did not arrive in time']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? ['431 Request Header Fields Too Large', 'The headers are too large']
        : ['400 Bad Request', 'This is not a valid HTTP request'];
  const body = JSON.stringify(failure({ code: 'VALIDATION_ERROR', message: reason! }, requestIdOf({ headers: {} })));
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
