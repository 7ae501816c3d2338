import Type from 'typebox';
import { defineJob, type Schedule } from '#kernel/product.ts';
import { switchPlan } from '../billing/change-plan.ts';
import { lockPayer } from '../billing/subscribe.ts';
import { dueDowngrades, planNext, vendorSubscription } from '../queries/billing.ts';
import { queueNotices } from '../queries/billing-notices.ts';
import { applyEvent, lockCustomer, observation } from '../queries/payment-events.ts';
import type { KurzoraServices } from '../services.ts';

const payload = Type.Object({});
const QUARTER_MS = 15 * 60_000;
const QUARTERLY: Schedule = {
  description: 'every 15 minutes',
  next: (after) => (Math.floor(after / QUARTER_MS) + 1) * QUARTER_MS,
};
/** Before the vendor bills the next period, which he does within the hour that it begins. */
const AHEAD_MS = 30 * 60_000;

/** What time alone brings about: trials run out, graces end, downgrades begin; and what people must be told of it. */
export const settleBillingJob = defineJob<KurzoraServices, typeof payload>({
  name: 'kurzora:settle-billing',
  payload,
  schedule: () => QUARTERLY,
  async run(_payload, { project, services, log }) {
    const { system_notification: systemUrl } = services.alerts.envelopeUrls;
    await project.database.asService((session) => queueNotices(session, systemUrl, project.now()));
    const now = new Date(project.now());
    const ended = await project.database.asService((session) =>
      session.one<{ changed: number }>('select kurzora.end_overdue_subscriptions($1) as changed', [now]),
    );
    if (ended.changed > 0) log.info(ended, 'subscriptions ran out');
    const due = await project.database.asService((session) =>
      dueDowngrades(session, new Date(now.getTime() + AHEAD_MS)),
    );
    for (const { userId, slug } of due)
      await project.database.asService(async (session) => {
        await lockPayer(session, userId);
        const known = await vendorSubscription(session, userId);
        if (!known) return;
        await lockCustomer(session, known.customerId);
        const observed = await switchPlan(session, services.payments, known, { slug, cycle: known.cycle });
        await planNext(session, userId, null);
        await applyEvent(session, observation(observed));
      });
  },
});
