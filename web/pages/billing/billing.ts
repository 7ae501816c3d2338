import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { OwnMethod as Card, OwnInvoice as Invoice, Plan } from '#products/kurzora/contract.ts';
import { get, send } from '../../app/api.ts';

/** Shapes of `/api/v1/billing`. */
export type { Card, Invoice, Plan };
export type Cycle = 'monthly' | 'yearly';

export interface Account {
  readonly payments: 'stripe' | 'fake' | 'off';
  readonly plan: string;
  readonly rights: string;
  readonly status: 'trial' | 'active' | 'cancelled' | 'expired';
  readonly endsAt: string | null;
  readonly trialDays: number;
  readonly hasCustomer: boolean;
}

export interface Subscription {
  readonly id: string;
  readonly planSlug: string;
  readonly planName: string;
  readonly nextPlanSlug: string | null;
  readonly status: string;
  readonly billingCycle: Cycle;
  readonly trialEnd: string | null;
  readonly currentPeriodEnd: string | null;
  readonly cancelAtPeriodEnd: boolean;
  readonly graceEnd: string | null;
}

const TRIAL_DAYS = 7;
const POLL_MS = 2000;

export function usePlans() {
  return useQuery({
    queryKey: ['plans'],
    queryFn: async ({ signal }) => (await get<Plan[]>('billing/plans', signal)).data,
    staleTime: 5 * 60_000,
  });
}

const ask = <T>(path: string) => ({
  queryKey: ['billing', path],
  queryFn: async ({ signal }: { signal: AbortSignal }) => (await get<T>(`billing/${path}`, signal)).data,
});

export const useAccount = (enabled = true) => useQuery({ ...ask<Account>('account'), enabled });
export const useCards = () => useQuery(ask<Card[]>('payment-methods'));
export const useInvoices = () => useQuery(ask<Invoice[]>('invoices'));

/** Null: there is none. `waiting`: the payment service was there and its confirmation has not come yet. */
export function useSubscription({ enabled = true, waiting = false } = {}) {
  return useQuery({
    ...ask<Subscription | null>('subscription'),
    enabled,
    refetchInterval: (query) => (waiting && !isLive(query.state.data) ? POLL_MS : false),
  });
}

export const isLive = (subscription: Subscription | null | undefined): subscription is Subscription =>
  subscription != null && ['trialing', 'active', 'past_due', 'unpaid'].includes(subscription.status);

/** Days without a charge for somebody of whom nothing else is known. */
export const trialDaysOf = (account: Account | undefined): number => account?.trialDays ?? TRIAL_DAYS;

export type BillingChange =
  | { readonly kind: 'change'; readonly planId: string; readonly billingCycle: Cycle }
  | { readonly kind: 'cancel' | 'reactivate' | 'add-test-card' }
  | { readonly kind: 'default-card' | 'remove-card'; readonly id: string };

export function useChangeBilling() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: BillingChange): Promise<unknown> => {
      switch (change.kind) {
        case 'change':
          return send('PUT', 'billing/subscription', { planId: change.planId, billingCycle: change.billingCycle });
        case 'cancel':
          return send('DELETE', 'billing/subscription');
        case 'reactivate':
          return send('POST', 'billing/subscription/reactivate');
        case 'add-test-card':
          return send('POST', 'billing/payment-methods', { paymentMethodId: `pm_fake_${crypto.randomUUID()}` });
        case 'default-card':
          return send('POST', `billing/payment-methods/${change.id}/default`);
        case 'remove-card':
          return send('DELETE', `billing/payment-methods/${change.id}`);
      }
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['billing'] }),
        client.invalidateQueries({ queryKey: ['profile'] }),
      ]),
  });
}

/** Begins an order. Answers where it goes on: a page of the payment service, or ours where payments are faked. */
export async function checkout(planId: string, billingCycle: Cycle): Promise<URL> {
  const { url } = await send<{ url: string }>('POST', 'billing/checkout', { planId, billingCycle });
  return new URL(url);
}

export async function openPortal(): Promise<void> {
  const { url } = await send<{ url: string }>('POST', 'billing/portal');
  location.assign(url);
}
