import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Plan } from '#products/kurzora/contract.ts';
import { get } from '../../app/api.ts';
import { money, number } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { say, type TEXTS } from './texts.ts';

type Text = keyof (typeof TEXTS)['en'];
const ALERTS: Readonly<Record<string, Text>> = {
  email: 'alerts_email',
  telegram: 'alerts_telegram',
  push: 'alerts_push',
};
const SUPPORT: Readonly<Record<string, Text>> = { email: 'support_email', priority: 'support_priority' };

/** What a plan costs and holds, side by side; prices and contents are rows of the database. */
export function PlansPart() {
  const plans = useQuery({
    queryKey: ['plans'],
    queryFn: async ({ signal }) => (await get<Plan[]>('billing/plans', signal)).data,
    staleTime: 5 * 60_000,
  });
  return (
    <section className="landing-part" aria-labelledby="landing-plans">
      <h2 id="landing-plans">{say('plansTitle')}</h2>
      {plans.error ? (
        <FailureNotice what={t('notLoaded')} error={plans.error} retry={() => void plans.refetch()} />
      ) : plans.data ? (
        <PlanTable plans={plans.data} />
      ) : (
        <Skeleton rows={6} label={t('loading')} />
      )}
      <p>{say('trial')}</p>
      <p className="landing-doors">
        <Link to="/sign-up" className="button primary">
          {say('start')}
        </Link>
      </p>
    </section>
  );
}

const priceOf = (amount: number, { currency }: Plan) => money(amount, { currency, cents: 'if-any' });

/** The words of a list of tokens that have one; tokens this page does not know are left out rather than shown raw. */
const wordsOf = (tokens: unknown, known: Readonly<Record<string, Text>>): string =>
  (Array.isArray(tokens) ? tokens : [tokens])
    .flatMap((token) => known[String(token)] ?? [])
    .map((key) => say(key))
    .join(', ');

function PlanTable({ plans }: { plans: readonly Plan[] }) {
  const row = (name: Text, cell: (plan: Plan) => ReactNode) => (
    <tr>
      <th scope="row">{say(name)}</th>
      {plans.map((plan) => (
        <td key={plan.id}>{cell(plan)}</td>
      ))}
    </tr>
  );
  return (
    <table className="plans">
      <thead>
        <tr>
          <th scope="col">
            <span className="hidden-visually">{say('plan')}</span>
          </th>
          {plans.map((plan) => (
            <th key={plan.id} scope="col">
              <bdi>{plan.name}</bdi>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {row('monthly', (plan) => (
          <strong className="ltr">{priceOf(plan.monthlyPrice, plan)}</strong>
        ))}
        {row('yearly', (plan) => (
          <span className="ltr">{priceOf(plan.yearlyPrice, plan)}</span>
        ))}
        {row('signalsADay', (plan) =>
          plan.maxSignalsPerDay === null ? say('unlimited') : number(plan.maxSignalsPerDay, 0),
        )}
        {row('history', (plan) => say('days', { n: number(plan.historyDays, 0) }))}
        {row('alertsBy', (plan) => wordsOf(plan.features['alerts'], ALERTS))}
        {row('export', (plan) => say(plan.features['export'] === true ? 'yes' : 'no'))}
        {row('support', (plan) => wordsOf(plan.features['support'], SUPPORT))}
      </tbody>
    </table>
  );
}
