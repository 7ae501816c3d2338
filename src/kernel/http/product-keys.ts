import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { assertOr, Refusal } from '../errors.ts';
import { ANON, type Identity } from '../postgres/database.ts';
import type { Product, Project } from '../product.ts';
import type { rateLimit } from './rate-limit.ts';

/** What `x-api-key` says, or a bearer that begins as the product's keys do; undefined for everybody else, at the price of two look-ups. */
export function keyOf(headers: IncomingHttpHeaders, prefix: string): string | undefined {
  const own = headers['x-api-key'];
  if (own !== undefined) return String(own);
  const { authorization } = headers;
  if (authorization === undefined || !authorization.startsWith(prefix, 'bearer '.length)) return undefined;
  return /^bearer (\S+)$/i.exec(authorization)?.[1];
}

interface KeyOptions<Services> {
  readonly project: Project;
  readonly services: Services;
  readonly product: Product<Services>;
  readonly limit: ReturnType<typeof rateLimit> | null;
}

/**
 * Who calls with this key. TOKEN_INVALID (401) for a key that opens nothing, counted against its address, so that keys are not
 * guessed; RATE_LIMITED (429) past the key's own rate; FORBIDDEN (403) where the route takes no keys or this one may not do that.
 */
export async function admittedByKey<Services>(
  key: string,
  request: FastifyRequest,
  reply: FastifyReply,
  { project, services, product, limit }: KeyOptions<Services>,
): Promise<Identity> {
  const keys = product.keys!;
  const holder = key.startsWith(keys.prefix) ? await keys.find(key, { project, services }) : undefined;
  if (!holder) {
    limit?.(request, reply, { identity: ANON });
    throw new Refusal('TOKEN_INVALID', 'The key is not valid');
  }
  limit?.(request, reply, { identity: holder.identity, key: holder });
  const needed = request.routeOptions.config.keys;
  assertOr(needed, 'FORBIDDEN', 'Keys do not open this; sign in to use it');
  assertOr(holder.permissions.includes(needed), 'FORBIDDEN', `The key lacks the permission "${needed}"`);
  return holder.identity;
}
