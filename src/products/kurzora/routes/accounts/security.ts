import Type from 'typebox';
import { defineRoute, type RouteContext } from '#kernel/product.ts';
import { accountsOf, withAccounts } from '../../accounts/account-service.ts';
import { caller } from '../../accounts/caller.ts';
import { verifiedTotp } from '../../accounts/second-factor.ts';
import { noteEvent } from '../../accounts/security-events.ts';
import { bearerOf } from '../../accounts/sign-in.ts';
import { findSecurity, listSecurityEvents, recoveryCodesLeft, saveSecurity } from '../../queries/security.ts';
import type { KurzoraServices } from '../../services.ts';

const Timeout = Type.Union([Type.Integer({ minimum: 5, maximum: 1440 }), Type.Null()]);
const Rotation = Type.Union([Type.Integer({ minimum: 30, maximum: 365 }), Type.Null()]);
const Rate = Type.Integer({ minimum: 10, maximum: 1000 });
const Text = Type.Union([Type.String(), Type.Null()]);
const EVENTS = 20;

const Security = Type.Object({
  twoFactorEnabled: Type.Boolean(),
  recoveryCodesLeft: Type.Integer(),
  /** Minutes a session may lie unused once its access token (15 minutes) has run out; null: as long as it was signed in for. */
  sessionTimeoutMinutes: Timeout,
  /** Days after which a new key ends that names no time of its own; null: never. */
  keyRotationDays: Rotation,
  /** Requests a minute of keys that name no rate of their own. */
  apiRateLimit: Rate,
  /** Latest first, at most twenty. */
  events: Type.Array(
    Type.Object({
      id: Type.String(),
      type: Type.String(),
      severity: Type.String(),
      ip: Text,
      userAgent: Text,
      createdAt: Type.String(),
    }),
  ),
});

type Context = Pick<RouteContext<KurzoraServices>, 'identity' | 'headers' | 'client' | 'services' | 'project'>;

async function securityOf(context: Context) {
  const { services, client, project } = context;
  const user = await withAccounts(accountsOf(services).user(client, bearerOf(context)));
  const userId = caller(context);
  return project.database.asService(async (session) => ({
    twoFactorEnabled: verifiedTotp(user as never) !== undefined,
    recoveryCodesLeft: await recoveryCodesLeft(session, userId),
    ...(await findSecurity(session, userId)),
    events: await listSecurityEvents(session, userId, EVENTS),
  }));
}

const get = { response: Security };

export const getSecurityRoute = defineRoute<KurzoraServices, typeof get>({
  method: 'GET',
  url: '/api/v1/user/security',
  scope: 'signed-in',
  summary: 'Second factor, how long sessions and keys last, and what happened to the account lately',
  schema: get,
  handle: securityOf,
});

const put = {
  body: Type.Object(
    {
      sessionTimeoutMinutes: Type.Optional(Timeout),
      keyRotationDays: Type.Optional(Rotation),
      apiRateLimit: Type.Optional(Rate),
    },
    { minProperties: 1 },
  ),
  response: Security,
};

export const putSecurityRoute = defineRoute<KurzoraServices, typeof put>({
  method: 'PUT',
  url: '/api/v1/user/security',
  scope: 'signed-in',
  summary: 'Changes what is given; the second factor has its own addresses below this one',
  schema: put,
  async handle(context) {
    const userId = caller(context);
    await context.project.database.asService(async (session) => {
      await saveSecurity(session, userId, { ...(await findSecurity(session, userId)), ...context.body });
      await noteEvent(session, context, { userId, type: 'security_changed', metadata: context.body });
    });
    return securityOf(context);
  },
});
