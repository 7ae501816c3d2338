import type { AuthContext } from '../../context.ts';
import { validationFailed } from '../../errors.ts';
import type { Answer, AuthRequest } from '../../http/endpoint.ts';

/** POST /token?grant_type=id_token: a token that Google, Apple or another OIDC provider gave an app. */
export async function idTokenGrant(_context: AuthContext, _request: AuthRequest): Promise<Answer> {
  throw validationFailed('Bad ID token');
}
