import { AuthError, validationFailed } from '../../errors.ts';
import type { Grant } from '../../http/grant.ts';
import { refreshSession } from '../../sessions/refresh-session.ts';

/** POST /token?grant_type=refresh_token. */
export const refreshTokenGrant: Grant = async (context, request) => {
  context.limits.request('token_refresh', request.ip);
  const token = request.body['refresh_token'];
  if (token === undefined || token === null || token === '') throw validationFailed('refresh_token required');
  if (typeof token !== 'string')
    throw new AuthError(400, 'refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found');
  return { status: 200, body: await refreshSession(context, request, token) };
};
