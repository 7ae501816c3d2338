import { Type } from 'typebox';
import { validationFailed } from '../../errors.ts';
import { endpoint } from '../../http/endpoint.ts';
import { revokeSession, revokeSessionsOf } from '../../sessions/revoke.ts';
import { audit } from '../../store/audit.ts';

const SCOPES = ['global', 'local', 'others'];

/** POST /logout?scope=global|local|others: ends all sessions of the user, this one, or all but this one. */
export const logOut = endpoint('POST', '/logout', 'user', Type.Object({}), async (context, request, caller) => {
  const scope = request.query.get('scope') || 'global';
  if (!SCOPES.includes(scope)) throw validationFailed(`Unsupported logout scope "${scope}"`);
  const { user, session } = caller;
  await context.transaction(async (tx) => {
    await audit(tx, user, 'logout', { ip: request.ip });
    // A token without a session cannot say which one it means.
    if (scope === 'global' || !session) await revokeSessionsOf(tx, user.id);
    else if (scope === 'others') await revokeSessionsOf(tx, user.id, { except: session.id });
    else await revokeSession(tx, session.id);
  });
  return { status: 204 };
});
