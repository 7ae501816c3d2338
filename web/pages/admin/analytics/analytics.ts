import { useAdmin } from '../staff.ts';

/** What is counted of one day. */
export const SERIES = [
  'newUsers',
  'signals',
  'strongSignals',
  'tradesOpened',
  'tradesClosed',
  'alerts',
  'errors',
] as const;
export type Series = (typeof SERIES)[number];
export type Day = { readonly [K in Series]: number } & {
  /** `2026-11-22`, UTC. */
  readonly day: string;
};

/** `GET admin/analytics`. */
export interface Analytics {
  readonly days: readonly Day[];
  readonly activeUsers: { readonly day: number; readonly week: number; readonly month: number };
  readonly alerts: readonly { readonly channel: string; readonly status: string; readonly n: number }[];
  /** From a sample of the requests; milliseconds. */
  readonly endpoints: readonly {
    readonly method: string;
    readonly endpoint: string;
    readonly requests: number;
    readonly p50: number;
    readonly p95: number;
    readonly failed: number | null;
  }[];
}

/** `GET admin/subscriptions/statistics`; percent and dollars. */
export interface SubscriptionFigures {
  readonly monthlyRevenue: number;
  readonly paying: number;
  readonly trials: number;
  readonly trialsEndingIn7Days: number;
  readonly canceledLast30Days: number;
  readonly overdue: number;
  /** Null where nothing could be divided yet. */
  readonly trialConversion: number | null;
  readonly churn: number | null;
  readonly byPlan: readonly {
    readonly plan: string;
    readonly status: string;
    readonly cycle: string;
    readonly count: number;
  }[];
}

export const SPANS = ['7', '30', '90', '365'] as const;

export const useAnalytics = (days: string) => useAdmin<Analytics>(`analytics?days=${days}`);
export const useSubscriptions = () => useAdmin<SubscriptionFigures>('subscriptions/statistics');
