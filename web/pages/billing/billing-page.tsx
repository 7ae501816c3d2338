import { useEffect, useState } from 'react';
import { t } from '../../app/language.ts';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { useAddress } from '../../app/router.tsx';
import { SignedIn } from '../../app/signed-in.tsx';
import { isLive, useAccount, usePlans, useSubscription } from './billing.ts';
import { CancelPart } from './cancel-part.tsx';
import { Cards } from './cards.tsx';
import { ChangePlan } from './change-plan.tsx';
import { Invoices } from './invoices.tsx';
import { PlanPart } from './plan-part.tsx';
import { say } from './texts.ts';
import './billing.css';

const PATIENCE_MS = 60_000;

export function BillingPage() {
  return <SignedIn title={t('billing')}>{() => <Billing />}</SignedIn>;
}

function Billing() {
  const order = useAddress().search.get('checkout');
  const account = useAccount();
  const plans = usePlans();
  const subscription = useSubscription({ waiting: order !== null });
  const failed = account.error ?? plans.error ?? subscription.error;
  const again = () => void Promise.all([account.refetch(), plans.refetch(), subscription.refetch()]);
  if (failed) return <FailureNotice what={t('notLoaded')} error={failed} retry={again} />;
  if (!account.data || !plans.data || subscription.data === undefined)
    return <Skeleton rows={8} label={t('loading')} />;
  const live = isLive(subscription.data) ? subscription.data : null;
  return (
    <>
      {order && <OrderState begun={live !== null} />}
      {account.data.payments === 'fake' && <p className="fake-note">{say('fakeMode')}</p>}
      <PlanPart account={account.data} subscription={subscription.data} plans={plans.data} />
      {live && <ChangePlan subscription={live} plans={plans.data} />}
      <Cards account={account.data} />
      <Invoices trial={live?.status === 'trialing'} />
      {live && !live.cancelAtPeriodEnd && <CancelPart subscription={live} />}
    </>
  );
}

/** What became of the order that the person comes back from. */
function OrderState({ begun }: { begun: boolean }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p className={begun ? 'order-state up' : 'order-state'} role="status">
      {say(begun ? 'checkoutDone' : late ? 'checkoutLate' : 'checkoutWaiting')}
    </p>
  );
}
