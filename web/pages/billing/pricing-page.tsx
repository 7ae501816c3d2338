import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { number } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { explain, FailureNotice, Skeleton } from '../../app/notice.tsx';
import { navigate, useAddress } from '../../app/router.tsx';
import { useSession } from '../../app/session.ts';
import { type Cycle, checkout, isLive, trialDaysOf, useAccount, usePlans, useSubscription } from './billing.ts';
import { CycleChoice } from './cycle-choice.tsx';
import { PlanTable } from './plan-table.tsx';
import { say } from './texts.ts';
import './billing.css';

/** What the plans cost and hold. The address says which cycle is shown and which plan was meant, so that the way through sign-up keeps them. */
export function PricingPage() {
  const session = useSession();
  const client = useQueryClient();
  const { search } = useAddress();
  const signedIn = session.kind === 'in';
  const plans = usePlans();
  const account = useAccount(signedIn);
  const subscription = useSubscription({ enabled: signedIn });
  const cycle: Cycle = search.get('cycle') === 'yearly' ? 'yearly' : 'monthly';
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Error>();
  useEffect(() => {
    document.title = `${t('pricing')} · Kurzora`;
  }, []);

  function address(of: { cycle: Cycle; plan?: string | null }): string {
    const query = new URLSearchParams({ cycle: of.cycle, ...(of.plan && { plan: of.plan }) });
    return `/pricing?${query}`;
  }
  async function start(plan: string): Promise<void> {
    setBusy(true);
    setFailure(undefined);
    try {
      const url = await checkout(plan, cycle);
      // Where payments are faked the order is complete, and the page is one of ours.
      await client.invalidateQueries({ queryKey: ['billing'], refetchType: 'none' });
      if (account.data?.payments === 'fake') navigate(url.pathname + url.search);
      else location.assign(url);
    } catch (error) {
      setFailure(error as Error);
      setBusy(false);
    }
  }

  const days = trialDaysOf(account.data);
  const live = isLive(subscription.data) ? subscription.data : null;
  return (
    <div className="account-page pricing">
      <h1>{t('pricing')}</h1>
      {!live && <p className="lead">{days > 0 ? say('plansLead', { n: number(days, 0) }) : say('trialUsed')}</p>}
      <CycleChoice
        cycle={cycle}
        choose={(next) => navigate(address({ cycle: next, plan: search.get('plan') }), { replace: true })}
      />
      {plans.error && <FailureNotice what={t('notLoaded')} error={plans.error} retry={() => void plans.refetch()} />}
      {plans.isPending && <Skeleton rows={8} label={t('loading')} />}
      {plans.data && (
        <PlanTable
          plans={plans.data}
          cycle={cycle}
          meant={search.get('plan')}
          action={{
            kind: session.kind === 'loading' ? 'wait' : signedIn ? (account.data ? 'start' : 'wait') : 'sign-up',
            off: account.data?.payments === 'off',
            busy,
            trialDays: days,
            live,
            signUp: (plan) => `/sign-up?${new URLSearchParams({ next: address({ cycle, plan }) })}`,
            start: (plan) => void start(plan),
          }}
        />
      )}
      {failure && (
        <p className="down" role="alert">
          {explain(failure)}
        </p>
      )}
      {account.data?.payments === 'fake' && <p className="fake-note">{say('fakeMode')}</p>}
      {account.data?.payments === 'off' && <p className="fake-note">{say('payOff')}</p>}
      {account.data?.payments === 'stripe' && <p className="quiet small">{say('toStripe')}</p>}
      <p className="quiet small terms">{days > 0 && say('trialTerms', { n: number(days, 0) })}</p>
    </div>
  );
}
