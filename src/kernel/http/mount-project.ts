import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { assertOr } from '../errors.ts';
import { ANON, type Identity } from '../postgres/database.ts';
import {
  Answer,
  type Arrival,
  Page,
  type Product,
  type Project,
  type Route,
  type RouteContext,
  type Scope,
} from '../product.ts';
import type { Tokens } from '../tokens.ts';
import { withDeadline } from './deadline.ts';
import { FailureSchema, success, successSchema } from './envelope.ts';
import { admittedByKey, keyOf } from './product-keys.ts';
import { rateLimit } from './rate-limit.ts';

export interface MountOptions<Services> {
  readonly project: Project;
  readonly services: Services;
  readonly product: Product<Services>;
  readonly tokens: Tokens;
}

/** Who may enter a scope; RLS decides what he sees there. */
const ADMISSION: Readonly<Record<Scope, (identity: Identity) => void>> = {
  public: () => undefined,
  'signed-in': (identity) =>
    assertOr(
      typeof identity.claims['sub'] === 'string' && identity.role !== 'anon',
      'UNAUTHORIZED',
      'Sign in to use this',
    ),
  service: (identity) => {
    assertOr(identity.role !== 'anon', 'UNAUTHORIZED', 'This needs the service key');
    assertOr(identity.role === 'service_role', 'FORBIDDEN', 'This needs the service key');
  },
};

/** Adds the product's routes, each in the encapsulated scope that it names: what a scope demands cannot be forgotten by a route. */
export function mountProject<Services>(app: FastifyInstance, options: MountOptions<Services>): void {
  const limit = app.settings.limits && rateLimit(app.settings.limits, options.project.now);
  const { keys } = options.product;
  const keyIn = (request: FastifyRequest) => keys && keyOf(request.headers, keys.prefix);
  for (const scope of Object.keys(ADMISSION) as Scope[]) {
    app.register(async (scoped) => {
      scoped.addHook('onRequest', async (request, reply) => {
        const key = keyIn(request);
        request.identity =
          key === undefined
            ? await identityOf(options.tokens, request)
            : await admittedByKey(key, request, reply, { ...options, limit });
        if (key === undefined) limit?.(request, reply, { identity: request.identity });
        await options.product.admit?.(arrivalOf(request, request.identity), options.project, options.services);
        ADMISSION[scope](request.identity);
      });
      const routes = options.product.routes.filter((route) => route.scope === scope);
      for (const route of routes) if (!route.rawBody) mountRoute(scoped, route, options);
      scoped.register(async (raw) => {
        raw.removeAllContentTypeParsers();
        raw.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
        for (const route of routes) if (route.rawBody) mountRoute(raw, route, options);
      });
    });
  }
}

function arrivalOf({ method, routeOptions }: FastifyRequest, identity: Identity): Arrival {
  return { method, url: routeOptions.url ?? '', identity };
}

function identityOf(tokens: Tokens, request: FastifyRequest): Promise<Identity> {
  const { authorization } = request.headers;
  return tokens.identify({ authorization, apikey: headerText(request, 'apikey') });
}

function headerText(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function mountRoute<Services>(app: FastifyInstance, route: Route<Services>, options: MountOptions<Services>): void {
  const { params, querystring, body, response } = route.schema;
  const enveloped = route.envelope !== false;
  const status = route.status ?? 200;
  app.route({
    method: route.method,
    url: route.url,
    ...(route.bodyLimit && { bodyLimit: route.bodyLimit }),
    config: { keys: route.keys },
    schema: {
      summary: route.summary,
      tags: [options.product.name],
      security: [...SECURITY[route.scope], ...(options.product.keys && route.keys ? [{ key: [route.keys] }] : [])],
      ...(params && { params }),
      ...(querystring && { querystring }),
      ...(body && { body }),
      response: {
        [status]: enveloped ? successSchema(response) : response,
        '4xx': FailureSchema,
        '5xx': FailureSchema,
      },
    },
    handler: async (request, reply) => {
      const answer = await withDeadline(reply.raw, app.settings.handlerTimeoutMs, (signal) =>
        route.handle(contextOf(request, signal, options)),
      );
      if (answer instanceof Answer) return sendAsIs(reply, answer);
      reply.code(status);
      return enveloped ? wrap(answer, reply) : answer instanceof Page ? answer.data : answer;
    },
  });
}

/** As OpenAPI words it; public routes take a token too. */
const SECURITY: Readonly<Record<Scope, Record<string, string[]>[]>> = {
  public: [{}, { bearer: [] }],
  'signed-in': [{ bearer: [] }],
  service: [{ bearer: [] }],
};

/** Text and bytes pass Fastify's serialiser, and with it the route's schema. */
function sendAsIs(reply: FastifyReply, { status, body, headers }: Answer) {
  const json = typeof body !== 'string' && !(body instanceof Uint8Array);
  reply.code(status).headers(json ? { 'content-type': 'application/json; charset=utf-8', ...headers } : headers);
  return reply.send(json ? JSON.stringify(body) : body);
}

function wrap(answer: unknown, reply: FastifyReply) {
  const { id } = reply.request;
  return answer instanceof Page ? success(answer.data, id, answer.meta) : success(answer, id);
}

function contextOf<Services>(
  request: FastifyRequest,
  signal: AbortSignal,
  { project, services }: MountOptions<Services>,
): RouteContext<Services> {
  const identity = request.identity ?? ANON;
  return {
    project,
    services,
    identity,
    requestId: request.id,
    log: request.log as unknown as RouteContext<Services>['log'],
    params: request.params,
    query: request.query,
    body: request.body,
    headers: request.headers,
    client: { ip: request.ip, userAgent: headerText(request, 'user-agent') ?? '' },
    as: (work) => project.database.as(identity, work, { requestId: request.id, signal }),
  };
}
