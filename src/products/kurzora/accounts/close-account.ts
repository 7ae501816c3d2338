import { assertOr } from '#kernel/errors.ts';
import { SERVICE } from '#kernel/postgres/database.ts';
import { paying } from '../billing/refusal.ts';
import { isLive, lockPayer } from '../billing/subscribe.ts';
import { forgetTraces } from '../queries/account-traces.ts';
import { vendorSubscription } from '../queries/billing.ts';
import { applyEvent, lockCustomer, observation } from '../queries/payment-events.ts';
import { addSecurityEvent } from '../queries/security.ts';
import { accountsOf, withAccounts } from './account-service.ts';
import type { AccountContext } from './sign-in.ts';

/**
 * Ends what costs money first, then the account: sessions go, the address becomes a digest, and what is left here tells nothing about
 * the person (T-27). Every step may be done again, so that what broke off halfway is finished by asking once more.
 */
export async function closeAccount(context: Pick<AccountContext, 'project' | 'services' | 'client'>, userId: string) {
  const { project, services, client } = context;
  await paying(
    project.database.asService(async (session) => {
      await lockPayer(session, userId);
      const known = await vendorSubscription(session, userId);
      if (!known || !isLive(known)) return;
      await lockCustomer(session, known.customerId);
      await applyEvent(session, observation(await services.payments.cancelNow(known)));
    }),
  );
  // The address is still known now: the account service makes a digest of it.
  await project.database.asService((session) => forgetTraces(session, userId));
  assertOr(services.adminToken, 'UNAVAILABLE', 'Accounts are not served here');
  await withAccounts(
    accountsOf(services).ask(client, {
      ...{ method: 'DELETE', path: `/admin/users/${userId}`, token: services.adminToken },
      body: { should_soft_delete: true },
    }),
  );
  await services.files?.removeBelow(SERVICE, 'avatars', `${userId}/`);
  await project.database.asService(async (session) => {
    await session.query('select kurzora.forget_user($1)', [userId]);
    await addSecurityEvent(session, { userId, type: 'account_closed', ip: null, userAgent: null });
  });
}
