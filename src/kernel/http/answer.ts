import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../errors.ts';
import type { Identity } from '../postgres/database.ts';
import { failure } from './envelope.ts';
import type { KnownRoutes } from './known-routes.ts';
import { refusalOf } from './refusals.ts';

/** Sends a refusal in the envelope, with its headers. */
export function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.retryAfter !== undefined) reply.header('retry-after', String(Math.ceil(refusal.retryAfter)));
  if (refusal.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(refusal.status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(failure(refusal, reply.request.id));
}

/** Answers every error of every route: an expected refusal as it is, anything else as INTERNAL_ERROR with only the request id. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const identity = (request as { identity?: Identity | null }).identity ?? null;
  const refusal = refusalOf(error, identity);
  if (!refusal || refusal.status >= 500) request.failure = error;
  if (refusal && refusal.status < 500) {
    request.log.debug({ code: refusal.code, err: refusal.cause }, refusal.message);
    return refuse(reply, refusal);
  }
  if (refusal) request.log.warn({ code: refusal.code, err: refusal.cause ?? refusal }, refusal.message);
  else request.log.error({ err: error }, 'the request failed');
  return refuse(reply, refusal ?? new Refusal('INTERNAL_ERROR', 'Something went wrong on our side'));
}

/** 405 with `Allow` when the address exists for another method, 404 otherwise. */
export function answerNotFound(app: FastifyInstance, routes: KnownRoutes): void {
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!;
    const allowed = routes.methodsOf(path);
    if (allowed.length === 0 || allowed.includes(request.method))
      return refuse(reply, new Refusal('NOT_FOUND', `There is nothing at ${path}`));
    reply.header('allow', allowed.join(', '));
    return refuse(reply, new Refusal('METHOD_NOT_ALLOWED', `${request.method} is not possible here`));
  });
}
