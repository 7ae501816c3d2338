import { useState } from 'react';
import { explain } from '../../app/notice.tsx';
import { useAddress } from '../../app/router.tsx';
import { type Cycle, type Plan, type Subscription, useChangeBilling } from './billing.ts';
import { CycleChoice } from './cycle-choice.tsx';
import { dateText, priceOf, priceText } from './money.ts';
import { say } from './texts.ts';

interface ChangePlanProps {
  readonly subscription: Subscription;
  readonly plans: readonly Plan[];
}

/** Every other plan and cycle, each with when it begins and what it means; asked again before it is done. */
export function ChangePlan({ subscription, plans }: ChangePlanProps) {
  const wanted = useAddress().search.get('cycle');
  const [cycle, setCycle] = useState<Cycle>(
    wanted === 'yearly' || wanted === 'monthly' ? wanted : subscription.billingCycle,
  );
  const others = plans.filter(({ slug }) => slug !== subscription.planSlug || cycle !== subscription.billingCycle);
  return (
    <section className="part" aria-label={say('changePart')}>
      <h2>{say('changePart')}</h2>
      <CycleChoice cycle={cycle} choose={setCycle} />
      <ul className="changes">
        {others.map((plan) => (
          <Change key={`${plan.slug} ${cycle}`} plan={plan} cycle={cycle} subscription={subscription} plans={plans} />
        ))}
      </ul>
    </section>
  );
}

function Change({ plan, cycle, subscription, plans }: ChangePlanProps & { plan: Plan; cycle: Cycle }) {
  const [asking, setAsking] = useState(false);
  const change = useChangeBilling();
  const present = plans.find(({ slug }) => slug === subscription.planSlug);
  const trial = subscription.status === 'trialing';
  const cheaper = !trial && present !== undefined && plan.monthlyPrice < present.monthlyPrice;
  const oneByOne = cheaper && cycle !== subscription.billingCycle;
  const facts = { plan: plan.name, cycle: say(cycle) };
  const price = priceText(priceOf(plan, cycle), plan.currency);
  const meaning = oneByOne
    ? say('changeOneByOne')
    : cheaper
      ? say('changeLater', { date: dateText(subscription.currentPeriodEnd), plan: subscription.planName })
      : say(trial ? 'changeTrial' : 'changeNow');
  if (subscription.nextPlanSlug === plan.slug) return null;
  return (
    <li>
      <span>
        <strong>
          <bdi>{plan.name}</bdi>, <span className="ltr">{price}</span>{' '}
          {say(cycle === 'yearly' ? 'perYear' : 'perMonth')}
        </strong>
        <span className="quiet small meaning">{meaning}</span>
      </span>
      {!oneByOne && !asking && (
        <button type="button" className="button" onClick={() => setAsking(true)}>
          {say('change', facts)}
        </button>
      )}
      {asking && (
        <span className="question" role="alert">
          {say('changeSure', { ...facts, price })}{' '}
          <button
            type="button"
            className="button primary"
            disabled={change.isPending}
            onClick={() =>
              change.mutate(
                { kind: 'change', planId: plan.slug, billingCycle: cycle },
                { onSuccess: () => setAsking(false) },
              )
            }
          >
            {say('confirm')}
          </button>{' '}
          <button type="button" className="button" onClick={() => setAsking(false)}>
            {say('back')}
          </button>
        </span>
      )}
      {change.error && (
        <p className="down small" role="alert">
          {explain(change.error)}
        </p>
      )}
    </li>
  );
}
