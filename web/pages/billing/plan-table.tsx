import type { ReactNode } from 'react';
import { number } from '../../app/format.ts';
import { Link } from '../../app/link.tsx';
import type { Cycle, Plan, Subscription } from './billing.ts';
import { priceOf, priceText } from './money.ts';
import { type BillingText, say } from './texts.ts';

/** What can be done about a plan from here. */
export interface PlanAction {
  readonly kind: 'wait' | 'sign-up' | 'start';
  /** Nothing can be bought here. */
  readonly off: boolean;
  readonly busy: boolean;
  readonly trialDays: number;
  readonly live: Subscription | null;
  readonly signUp: (plan: string) => string;
  readonly start: (plan: string) => void;
}

interface PlanTableProps {
  readonly plans: readonly Plan[];
  readonly cycle: Cycle;
  /** The plan that somebody was on the way to. */
  readonly meant: string | null;
  readonly action: PlanAction;
}

const wordsOf = (tokens: unknown, prefix: 'alerts' | 'support' | 'filter'): string =>
  (Array.isArray(tokens) ? tokens : [tokens])
    .map((token) => `${prefix}_${token}`)
    .flatMap((key) => (KNOWN.has(key) ? say(key as BillingText) : []))
    .join(', ');
// What a page cannot say in the reader's language it leaves out.
const KNOWN = new Set<string>([
  ...['alerts_email', 'alerts_telegram', 'alerts_push', 'support_email', 'support_priority'],
  ...['filter_industry', 'filter_price', 'filter_volume', 'filter_market_cap', 'filter_exchange', 'filter_high_52w'],
]);

/** Plans side by side; prices and contents are rows of the database. */
export function PlanTable({ plans, cycle, meant, action }: PlanTableProps) {
  const row = (name: BillingText, cell: (plan: Plan) => ReactNode) => (
    <tr>
      <th scope="row">{say(name)}</th>
      {plans.map((plan) => (
        <td key={plan.id}>{cell(plan)}</td>
      ))}
    </tr>
  );
  const yesNo = (value: unknown) => say(value === true ? 'yes' : 'no');
  return (
    <table className="plan-table">
      <thead>
        <tr>
          <th scope="col">
            <span className="hidden-visually">{say('feature')}</span>
          </th>
          {plans.map((plan) => (
            <th key={plan.id} scope="col" className={plan.slug === meant ? 'meant' : undefined}>
              <bdi>{plan.name}</bdi>
              <Price plan={plan} cycle={cycle} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {row('signalsADay', ({ maxSignalsPerDay: most }) => (most === null ? say('unlimited') : number(most, 0)))}
        {row('history', (plan) => say('days', { n: number(plan.historyDays, 0) }))}
        {row('alertsBy', ({ features }) => wordsOf(features['alerts'], 'alerts'))}
        {row('paperTrading', ({ features }) => yesNo(features['paperTrading']))}
        {row('filters', ({ features }) => wordsOf(features['filters'], 'filter'))}
        {row('export', ({ features }) => yesNo(features['export']))}
        {row('support', ({ features }) => wordsOf(features['support'], 'support'))}
        <tr className="acts">
          <td />
          {plans.map((plan) => (
            <td key={plan.id}>
              <Act plan={plan} cycle={cycle} action={action} />
            </td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}

function Price({ plan, cycle }: { plan: Plan; cycle: Cycle }) {
  const yearly = cycle === 'yearly';
  const saved = Math.round(100 * (1 - plan.yearlyPrice / (12 * plan.monthlyPrice)));
  return (
    <span className="price">
      <strong className="ltr">{priceText(priceOf(plan, cycle), plan.currency)}</strong>{' '}
      <span className="quiet small">{say(yearly ? 'perYear' : 'perMonth')}</span>
      {yearly && (
        <span className="quiet small each-month">
          {say('monthlyOf', { price: priceText(Math.round(plan.yearlyPrice / 0.12) / 100, plan.currency) })}
          {saved > 0 && <span className="up"> · {say('yearlySaves', { percent: number(saved, 0) })}</span>}
        </span>
      )}
    </span>
  );
}

function Act({ plan, cycle, action }: { plan: Plan; cycle: Cycle; action: PlanAction }) {
  const { kind, live, trialDays } = action;
  if (kind === 'wait') return <span className="quiet small">…</span>;
  if (live?.planSlug === plan.slug && live.billingCycle === cycle) return <strong>{say('chosen')}</strong>;
  const name = live
    ? say('changeTo')
    : trialDays > 0
      ? say('startTrial', { n: number(trialDays, 0) })
      : say('startNow');
  const label = say('startOf', { action: name, plan: plan.name });
  if (kind === 'sign-up')
    return (
      <Link to={action.signUp(plan.slug)} className="button primary" label={label}>
        {name}
      </Link>
    );
  if (live)
    return (
      <Link to={`/billing?cycle=${cycle}`} className="button" label={label}>
        {name}
      </Link>
    );
  return (
    <button
      type="button"
      className="button primary"
      aria-label={label}
      disabled={action.busy || action.off}
      onClick={() => action.start(plan.slug)}
    >
      {name}
    </button>
  );
}
