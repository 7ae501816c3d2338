import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { accountsOf, withAccounts } from '../../accounts/account-service.ts';
import { caller } from '../../accounts/caller.ts';
import { noteEvent } from '../../accounts/security-events.ts';
import { bearerOf } from '../../accounts/sign-in.ts';
import { endSession } from '../../queries/security.ts';
import type { KurzoraServices } from '../../services.ts';

const Text = Type.Union([Type.String(), Type.Null()]);
const list = {
  response: Type.Array(
    Type.Object({
      id: Type.String(),
      /** The one that asks. */
      current: Type.Boolean(),
      ip: Text,
      userAgent: Text,
      createdAt: Text,
      lastUsedAt: Text,
      expiresAt: Text,
    }),
  ),
};

/** As the account service tells of a session. */
interface Known {
  readonly id: string;
  readonly created_at: string | null;
  readonly refreshed_at: string | null;
  readonly not_after: string | null;
  readonly user_agent: string | null;
  readonly ip: string | null;
}

/** A column without zone, in UTC, or a moment with one. */
const moment = (text: string | null): string | null =>
  text === null
    ? null
    : new Date(/Z|[+-]\d\d(:?\d\d)?$/.test(text) ? text : `${text.replace(' ', 'T')}Z`).toISOString();

export const listSessionsRoute = defineRoute<KurzoraServices, typeof list>({
  method: 'GET',
  url: '/api/v1/user/security/sessions',
  scope: 'signed-in',
  summary: 'Where one is signed in, latest first',
  schema: list,
  async handle(context) {
    const { services, client, identity } = context;
    assertOr(services.adminToken, 'UNAVAILABLE', 'Accounts are not served here');
    const path = `/admin/users/${caller(context)}/sessions`;
    const { sessions } = (await withAccounts(
      accountsOf(services).ask(client, { method: 'GET', path, token: services.adminToken }),
    )) as { sessions: Known[] };
    const mine = identity.claims['session_id'];
    return sessions
      .map((session) => ({
        id: session.id,
        current: session.id === mine,
        ip: session.ip,
        userAgent: session.user_agent,
        createdAt: moment(session.created_at),
        lastUsedAt: moment(session.refreshed_at) ?? moment(session.created_at),
        expiresAt: moment(session.not_after),
      }))
      .sort((a, b) => String(b.lastUsedAt).localeCompare(String(a.lastUsedAt)));
  },
});

const others = { response: Type.Object({ message: Type.String() }) };

export const endOtherSessionsRoute = defineRoute<KurzoraServices, typeof others>({
  method: 'DELETE',
  url: '/api/v1/user/security/sessions',
  scope: 'signed-in',
  summary: 'Ends every session but the one that asks',
  schema: others,
  async handle(context) {
    const { services, client, project } = context;
    await withAccounts(accountsOf(services).logOut(client, bearerOf(context), 'others'));
    await project.database.asService((session) =>
      noteEvent(session, context, { userId: caller(context), type: 'sessions_ended' }),
    );
    return { message: 'Signed out everywhere else' };
  },
});

const one = {
  params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
  response: Type.Object({ ended: Type.Boolean() }),
};

export const endSessionRoute = defineRoute<KurzoraServices, typeof one>({
  method: 'DELETE',
  url: '/api/v1/user/security/sessions/:id',
  scope: 'signed-in',
  summary: 'Ends one session; its access token holds for a quarter of an hour at most',
  schema: one,
  async handle(context) {
    const userId = caller(context);
    await context.project.database.asService(async (session) => {
      assertOr(await endSession(session, userId, context.params.id), 'NOT_FOUND', 'there is no such session');
      await noteEvent(session, context, { userId, type: 'sessions_ended' });
    });
    return { ended: true };
  },
});
