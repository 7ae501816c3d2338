import { Type } from 'typebox';
import { reading, SERVICE_ACTOR, userOfPath } from '../../admin/admin-user.ts';
import { endpoint } from '../../http/endpoint.ts';
import { revokeSessionsOf } from '../../sessions/revoke.ts';
import { audit } from '../../store/audit.ts';
import { identitiesOf } from '../../store/identities.ts';
import { sessionsOf } from '../../store/sessions.ts';
import { identityJson } from '../../users/user-body.ts';

/** GET /admin/users/:id/sessions: where somebody is signed in; beyond GoTrue, for the console. */
export const listSessions = endpoint('GET', '/admin/users/:id/sessions', 'admin', Type.Object({}), (context, request) =>
  reading(context, async (tx) => {
    const user = await userOfPath(tx, request);
    const sessions = (await sessionsOf(tx, user.id)).map((session) => ({
      id: session.id,
      created_at: session.created_at,
      refreshed_at: session.refreshed_at,
      not_after: session.not_after,
      aal: session.aal,
      user_agent: session.user_agent,
      ip: session.ip,
    }));
    return { status: 200, body: { sessions } };
  }),
);

/** DELETE /admin/users/:id/sessions: signs somebody out everywhere; beyond GoTrue, for the console. */
export const endSessions = endpoint(
  'DELETE',
  '/admin/users/:id/sessions',
  'admin',
  Type.Object({}),
  (context, request) =>
    context.transaction(async (tx) => {
      const user = await userOfPath(tx, request);
      await revokeSessionsOf(tx, user.id);
      await audit(tx, SERVICE_ACTOR, 'logout', { ip: request.ip, traits: { user_id: user.id } });
      return { status: 200, body: {} };
    }),
);

/** GET /admin/users/:id/identities; beyond GoTrue, for the console. */
export const listIdentities = endpoint(
  'GET',
  '/admin/users/:id/identities',
  'admin',
  Type.Object({}),
  (context, request) =>
    reading(context, async (tx) => {
      const user = await userOfPath(tx, request);
      return { status: 200, body: { identities: (await identitiesOf(tx, user.id)).map(identityJson) } };
    }),
);
