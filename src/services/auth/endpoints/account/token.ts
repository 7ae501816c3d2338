import { Type } from 'typebox';
import { AuthError } from '../../errors.ts';
import { type Endpoint, endpoint } from '../../http/endpoint.ts';
import type { Grants } from '../../http/grant.ts';

/** POST /token?grant_type=...: by what the caller signs in. */
export const tokenEndpoint = (grants: Grants): Endpoint =>
  endpoint('POST', '/token', 'public', Type.Record(Type.String(), Type.Unknown()), async (context, request) => {
    const name = request.query.get('grant_type') ?? '';
    const grant = Object.hasOwn(grants, name) ? grants[name] : undefined;
    if (!grant) throw new AuthError(400, 'invalid_credentials', 'unsupported_grant_type');
    return grant(context, request);
  });
