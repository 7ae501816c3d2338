import { useNow } from '../../app/clock.ts';
import { number } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { explain } from '../../app/notice.tsx';
import { type Account, type Plan, type Subscription, useChangeBilling } from './billing.ts';
import { dateText, priceOf, priceText } from './money.ts';
import { say } from './texts.ts';

interface PlanPartProps {
  readonly account: Account;
  readonly subscription: Subscription | null;
  readonly plans: readonly Plan[];
}

const DAY_MS = 86_400_000;

/** What holds now, and what comes next. */
export function PlanPart({ account, subscription, plans }: PlanPartProps) {
  const name = subscription?.planName ?? plans.find(({ slug }) => slug === account.rights)?.name;
  const ends = subscription ? (subscription.status === 'trialing' ? subscription.trialEnd : null) : trialEndOf(account);
  return (
    <section className="part" aria-label={say('planPart')}>
      <h2>{say('planPart')}</h2>
      <dl className="figures">
        <div>
          <dt className="quiet small">{t('plan')}</dt>
          <dd>
            <bdi>{name ?? say('noPlan')}</bdi>
          </dd>
        </div>
        {subscription && (
          <div>
            <dt className="quiet small">{say('cycle')}</dt>
            <dd>{say(subscription.billingCycle)}</dd>
          </div>
        )}
      </dl>
      {ends && <TrialCountdown end={ends} />}
      {subscription ? <Coming subscription={subscription} plans={plans} /> : <p>{withoutSubscription(account)}</p>}
      {(!subscription || ['canceled', 'incomplete_expired', 'incomplete'].includes(subscription.status)) && (
        <p>
          <Link to="/pricing" className="button primary">
            {say('choosePlan')}
          </Link>
        </p>
      )}
    </section>
  );
}

const trialEndOf = ({ status, endsAt }: Account) =>
  status === 'trial' && endsAt && Date.parse(endsAt) > Date.now() ? endsAt : null;

function withoutSubscription(account: Account): string {
  if (trialEndOf(account)) return say('trialFree', { date: dateText(account.endsAt) });
  if (account.status === 'active') return say('adminMade', { date: dateText(account.endsAt) });
  return account.status === 'cancelled' ? say('ended') : say('expired');
}

function TrialCountdown({ end }: { end: string }) {
  const left = Math.ceil((Date.parse(end) - useNow()) / DAY_MS);
  if (left <= 0) return null;
  return (
    <p className="countdown" role="timer">
      {left === 1 ? say('trialLastDay') : say('trialLeft', { n: number(left, 0) })}
    </p>
  );
}

function Coming({ subscription, plans }: { subscription: Subscription; plans: readonly Plan[] }) {
  const change = useChangeBilling();
  const { planSlug, planName, billingCycle, nextPlanSlug, currentPeriodEnd, cancelAtPeriodEnd } = subscription;
  const next = plans.find(({ slug }) => slug === nextPlanSlug);
  const act = (name: string, work: Parameters<typeof change.mutate>[0]) => (
    <button type="button" className="button" disabled={change.isPending} onClick={() => change.mutate(work)}>
      {name}
    </button>
  );
  return (
    <>
      <p className={['past_due', 'unpaid'].includes(subscription.status) ? 'down' : undefined}>
        {stateText(subscription, plans)}
      </p>
      {next && (
        <p>
          {say('changesOn', { plan: next.name, date: dateText(currentPeriodEnd) })}{' '}
          {act(say('keepPlan', { plan: planName }), { kind: 'change', planId: planSlug, billingCycle })}
        </p>
      )}
      {cancelAtPeriodEnd && <p>{act(say('reactivate'), { kind: 'reactivate' })}</p>}
      {change.error && (
        <p className="down" role="alert">
          {explain(change.error)}
        </p>
      )}
    </>
  );
}

function stateText(subscription: Subscription, plans: readonly Plan[]): string {
  const { status, planSlug, billingCycle, trialEnd, currentPeriodEnd, cancelAtPeriodEnd, graceEnd } = subscription;
  const plan = plans.find(({ slug }) => slug === planSlug);
  const price = plan ? priceText(priceOf(plan, billingCycle), plan.currency) : '';
  const cycle = say(billingCycle === 'yearly' ? 'perYear' : 'perMonth');
  if (status === 'trialing')
    return cancelAtPeriodEnd
      ? say('trialEndsCancelled', { date: dateText(trialEnd) })
      : say('trialCharged', { date: dateText(trialEnd), price, cycle });
  if (status === 'past_due') return say('overdue', { date: dateText(graceEnd) });
  if (status === 'unpaid') return say('unpaid');
  if (status !== 'active') return say('ended');
  return cancelAtPeriodEnd
    ? say('endsOn', { date: dateText(currentPeriodEnd) })
    : say('renews', { date: dateText(currentPeriodEnd), price, cycle });
}
