import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { Answer, defineRoute } from '#kernel/product.ts';
import { accountsOf, ownAccount, withAccounts } from '../../accounts/account-service.ts';
import { caller } from '../../accounts/caller.ts';
import { closeAccount } from '../../accounts/close-account.ts';
import { Password } from '../../accounts/contract.ts';
import { noteEvent } from '../../accounts/security-events.ts';
import { assertNotLocked } from '../../accounts/sign-in.ts';
import { exportAccount } from '../../queries/account-export.ts';
import { forgetTries } from '../../queries/accounts.ts';
import type { KurzoraServices } from '../../services.ts';

const exported = { response: Type.Unknown() };

export const exportRoute = defineRoute<KurzoraServices, typeof exported>({
  method: 'GET',
  url: '/api/v1/user/export',
  scope: 'signed-in',
  summary: 'Everything kept about one, as a file of JSON',
  schema: exported,
  async handle(context) {
    const userId = caller(context);
    const data = await context.project.database.asService(async (session) => {
      await noteEvent(session, context, { userId, type: 'data_exported' });
      return exportAccount(session, userId);
    });
    return new Answer(200, data, { 'content-disposition': 'attachment; filename="kurzora-export.json"' });
  },
});

const close = {
  body: Type.Optional(Type.Union([Type.Object({ password: Type.Optional(Password) }), Type.Null()])),
  response: Type.Object({ deleted: Type.Boolean() }),
};
/** Seconds. */
const FRESH = 600;

export const deleteAccountRoute = defineRoute<KurzoraServices, typeof close>({
  method: 'DELETE',
  url: '/api/v1/user/account',
  scope: 'signed-in',
  summary:
    'Closes the account for good, with the password or within ten minutes of signing in: subscription, sessions and keys end, what names the person goes',
  schema: close,
  async handle(context) {
    const { client, services, project, body, identity } = context;
    const { email } = await context.as((session) => ownAccount(session, caller(context)));
    if (body?.password !== undefined) {
      const who = `${email}|${client.ip}`;
      await assertNotLocked(context, 'close-account', who);
      await withAccounts(accountsOf(services).signIn(client, { email, password: body.password }));
      await project.database.asService((session) => forgetTries(session, 'close-account', who));
    } else {
      const age = project.now() / 1000 - signedInAt(identity.claims);
      assertOr(
        age <= FRESH,
        'FORBIDDEN',
        'Give your password, or sign in again and close the account within ten minutes',
      );
    }
    await closeAccount(context, caller(context));
    return { deleted: true };
  },
});

/** Epoch seconds of the latest proof of who this is; 0 where the token tells none. */
function signedInAt(claims: Readonly<Record<string, unknown>>): number {
  const proofs = Array.isArray(claims['amr']) ? (claims['amr'] as { timestamp?: unknown }[]) : [];
  return Math.max(0, ...proofs.map(({ timestamp }) => Number(timestamp) || 0));
}
