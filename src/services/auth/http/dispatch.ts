import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import { assertAdmin, signedInCaller } from './caller.ts';
import type { Answer, AuthRequest, Endpoint } from './endpoint.ts';
import type { Match } from './router.ts';

export type Found = Extract<Match, { kind: 'found' }>;

/** Throws not_found (404) and method_not_allowed (405). */
export function foundEndpoint(match: Match): Found {
  if (match.kind === 'found') return match;
  if (match.kind === 'not found') throw new AuthError(404, 'not_found', 'There is no such endpoint');
  throw new AuthError(405, 'method_not_allowed', `This endpoint takes ${match.allowed.join(', ')}`);
}

/** Asks for whom the endpoint is, then the endpoint. */
export async function dispatch(context: AuthContext, endpoint: Endpoint, request: AuthRequest): Promise<Answer> {
  switch (endpoint.access) {
    case 'public':
      return endpoint.handle(context, request);
    case 'user':
      return endpoint.handle(context, request, await signedInCaller(context, request.token));
    case 'admin':
      await assertAdmin(context, request.token);
      return endpoint.handle(context, request);
  }
}
