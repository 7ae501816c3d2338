/** What a plan includes (kurzora.md 6). The database asks `kurzora.plan_of`, which says the same: plan.test.ts holds them together. */

export type Plan = 'starter' | 'professional' | 'elite';

export interface Subscription {
  readonly tier: Plan;
  readonly status: 'trial' | 'active' | 'cancelled' | 'expired';
  /** Epoch ms. */
  readonly endsAt: number | null;
}

export interface PlanLimits {
  /** Fresh signals a day; null: every one. */
  readonly signalsPerDay: number | null;
  readonly historyDays: number;
  readonly csvExport: boolean;
  readonly telegram: boolean;
  /** E-mail alerts a day; null: as many as there are. */
  readonly alertsPerDay: number | null;
}

export const PLAN_LIMITS: Readonly<Record<Plan, PlanLimits>> = {
  starter: { signalsPerDay: 3, historyDays: 7, csvExport: false, telegram: false, alertsPerDay: 3 },
  professional: { signalsPerDay: null, historyDays: 30, csvExport: true, telegram: true, alertsPerDay: null },
  elite: { signalsPerDay: null, historyDays: 90, csvExport: true, telegram: true, alertsPerDay: null },
};

/**
 * Whose rights somebody has at a moment (epoch ms): a live trial has professional rights whatever plan was chosen, a cancelled
 * plan runs to its end, and what is neither these nor active has the starter's.
 */
export function planAt({ tier, status, endsAt }: Subscription, now: number): Plan {
  const live = endsAt !== null && endsAt > now;
  if (status === 'trial' && live) return tier === 'elite' ? 'elite' : 'professional';
  return status === 'active' || (status === 'cancelled' && live) ? tier : 'starter';
}
