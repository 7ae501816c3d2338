import { useAdmin } from '../staff.ts';

interface Counted {
  readonly total: number;
  readonly last24h: number;
}

/** `GET admin/system/stats`. */
export interface SystemStats {
  readonly users: Counted & { readonly active: number };
  readonly trades: Counted & { readonly open: number };
  readonly signals: Counted & { readonly active: number };
  /** Dollars a month, of subscriptions that are paid. */
  readonly revenue: { readonly monthly: number; readonly subscriptions: number };
}

const REFRESH_MS = 10_000;

export const useStats = () => useAdmin<SystemStats>('system/stats', { every: REFRESH_MS });
