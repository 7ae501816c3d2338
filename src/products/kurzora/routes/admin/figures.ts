import Type, { type TSchema } from 'typebox';
import { defineRoute } from '#kernel/product.ts';
import { asStaff } from '../../admin/as-staff.ts';
import { analytics, subscriptionFigures } from '../../queries/staff-figures.ts';
import type { KurzoraServices } from '../../services.ts';

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Count = Type.Integer();
const Day = Type.Object({
  /** `2026-11-22`, UTC. */
  day: Type.String(),
  ...{ newUsers: Count, signals: Count, strongSignals: Count, tradesOpened: Count, tradesClosed: Count },
  ...{ alerts: Count, errors: Count },
});
const days = {
  querystring: Type.Object({ days: Type.Integer({ minimum: 1, maximum: 365, default: 30 }) }),
  response: Type.Object({
    days: Type.Array(Day),
    activeUsers: Type.Object({ day: Count, week: Count, month: Count }),
    alerts: Type.Array(Type.Object({ channel: Type.String(), status: Type.String(), n: Count })),
    interactions: Type.Record(Type.String(), Count),
    /** From a sample of one request in twenty; milliseconds. */
    endpoints: Type.Array(
      Type.Object({
        ...{ method: Type.String(), endpoint: Type.String(), requests: Count, p50: Type.Number(), p95: Type.Number() },
        failed: Nullable(Count),
      }),
    ),
  }),
};

export const analyticsRoute = defineRoute<KurzoraServices, typeof days>({
  method: 'GET',
  url: '/api/v1/admin/analytics',
  scope: 'signed-in',
  summary: 'Sign-ups, signals, trades, alerts and errors day by day, active users, the busiest endpoints',
  schema: days,
  handle: (context) =>
    asStaff(context, 'system', 'read', async (session) => (await analytics(session, context.query.days)) as never),
});

const subscriptions = {
  response: Type.Object({
    byPlan: Type.Array(Type.Object({ plan: Type.String(), status: Type.String(), cycle: Type.String(), count: Count })),
    monthlyRevenue: Type.Number(),
    ...{ paying: Count, trials: Count, trialsEndingIn7Days: Count, canceledLast30Days: Count, overdue: Count },
    ...{ trialConversion: Nullable(Type.Number()), churn: Nullable(Type.Number()) },
  }),
};

export const subscriptionFiguresRoute = defineRoute<KurzoraServices, typeof subscriptions>({
  method: 'GET',
  url: '/api/v1/admin/subscriptions/statistics',
  scope: 'signed-in',
  summary: 'Subscriptions by plan, state and cycle; revenue a month, trials, conversion and churn',
  schema: subscriptions,
  handle: (context) =>
    asStaff(context, 'user', 'read', async (session) => ({ ...(await subscriptionFigures(session)) }) as never),
});
