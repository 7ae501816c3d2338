import { useState } from 'react';
import { explain } from '../../app/notice.tsx';
import { type Subscription, useChangeBilling } from './billing.ts';
import { dateText } from './money.ts';
import { say } from './texts.ts';

/** One press and a confirmation; what it means stands beside it. */
export function CancelPart({
  subscription: { planName, status, trialEnd, currentPeriodEnd },
}: {
  subscription: Subscription;
}) {
  const [asking, setAsking] = useState(false);
  const change = useChangeBilling();
  const date = dateText(status === 'trialing' ? trialEnd : currentPeriodEnd);
  return (
    <section className="part" aria-label={say('cancelPart')}>
      <h2>{say('cancelPart')}</h2>
      {asking ? (
        <p className="question" role="alert">
          {say('cancelSure', { plan: planName, date })}{' '}
          <button
            type="button"
            className="button danger"
            disabled={change.isPending}
            onClick={() => change.mutate({ kind: 'cancel' })}
          >
            {say('cancelYes')}
          </button>{' '}
          <button type="button" className="button" onClick={() => setAsking(false)}>
            {say('cancelNo')}
          </button>
        </p>
      ) : (
        <p>
          <button type="button" className="button" onClick={() => setAsking(true)}>
            {say('cancel')}
          </button>{' '}
          <span className="quiet small">{say('cancelWhy')}</span>
        </p>
      )}
      {change.error && (
        <p className="down small" role="alert">
          {explain(change.error)}
        </p>
      )}
    </section>
  );
}
