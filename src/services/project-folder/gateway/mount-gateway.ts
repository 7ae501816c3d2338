import type { IncomingMessage, RequestListener } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ProjectKeys } from '../keys.ts';
import { admit } from './admission.ts';

export interface GatewayOptions {
  readonly keys: ProjectKeys;
  /** Whether a request without a key is refused. */
  readonly production: boolean;
  /** By prefix, e.g. `/rest/v1`: takes the whole exchange, body unread. What stands in `SERVICES` and not here answers 501. */
  readonly services: Readonly<Record<string, RequestListener>>;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The five services of a Supabase project, and what a person may do where one is missing. */
const SERVICES: Readonly<Record<string, string>> = {
  '/rest/v1': 'config.toml has api.enabled = false',
  '/auth/v1': 'this server does not sign anyone in yet; tokens signed with the project’s secret are accepted',
  '/realtime/v1': 'this server sends no changes yet',
  '/storage/v1': 'this server stores no files yet; storage.buckets and storage.objects can be read in SQL',
  '/functions/v1': 'this server runs no functions yet',
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
      const handler = service ? handOver(service) : notThere(prefix, reason);
      const schema = { hide: true };
      scope.route({ method: METHODS, url: prefix, schema, handler });
      scope.route({ method: METHODS, url: `${prefix}/*`, schema, handler });
    }
  });
  return Object.keys(SERVICES).filter((prefix) => !options.services[prefix]);
}

/** Sets the Authorization header that the services see; false when the request is refused and answered. */
function admitted(request: FastifyRequest, reply: FastifyReply, { keys, production }: GatewayOptions): boolean {
  const { headers } = request.raw;
  const admission = admit({ authorization: headers.authorization, apikey: apiKeyOf(request.raw) }, keys, production);
  if (admission.kind === 'refused') {
    const { message, hint } = admission;
    reply.code(401).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify({ message, hint }));
    return false;
  }
  if (admission.authorization !== undefined) headers.authorization = admission.authorization;
  return true;
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
    service(request.raw, reply.raw);
  };
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
