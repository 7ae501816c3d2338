import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { supabase } from '../../../app/supabase.ts';
import { useAdmin, withoutMe } from '../staff.ts';

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

export type HealthState = 'healthy' | 'degraded' | 'unhealthy';

interface Check<Details> {
  readonly status: HealthState;
  readonly details: Details;
}

/** `GET admin/system/health`; sizes in bytes, `uptime` in seconds. Details may be empty where a part is not there. */
export interface SystemHealth {
  readonly status: HealthState;
  readonly checks: {
    readonly database: Check<{ responseTimeMs: number; databaseBytes: number; connections: number }>;
    readonly jobs: Check<Partial<{ waiting: number; running: number; overdue: number; failed: number }>>;
    readonly realtime: Check<Partial<{ sockets: number; channels: number; changes: string }>>;
    readonly provider: Check<{ source: string; lastScan: string | null }>;
    readonly disk: Check<{ freeBytes: number; totalBytes: number }>;
  };
  readonly errorsLastHour: number;
  readonly openAlerts: number;
  readonly uptime: number;
  readonly memoryBytes: number;
  readonly version: string;
}

/** One line of `GET admin/activity`. */
export interface Activity {
  readonly at: string;
  readonly kind: string;
  readonly subject: string | null;
  readonly userId: string | null;
  readonly signalId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

const REFRESH_MS = 15_000;

export const useStats = () => useAdmin<SystemStats>('system/stats', { every: REFRESH_MS });
export const useHealth = () => useAdmin<SystemHealth>('system/health', { every: REFRESH_MS });
export const useActivity = () => useAdmin<Activity[]>('activity?limit=30', { every: REFRESH_MS });

/** Scans and trades, which is most of what happens. Whose changes an admin may see the database says; the rest comes by asking. */
const LIVE_TABLES = ['signal_scans', 'paper_trades'];
/** Many changes at once are one. */
const PAUSE_MS = 500;

/** Asks anew soon after something happened. */
export function useLiveOverview(): void {
  const client = useQueryClient();
  useEffect(() => {
    let leave = () => {};
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: ['admin'], predicate: withoutMe });
      }, PAUSE_MS);
    };
    supabase().then(
      (project) => {
        if (over) return;
        const channel = project.channel('admin-overview');
        for (const table of LIVE_TABLES)
          channel.on('postgres_changes', { event: '*', schema: 'public', table }, refresh);
        channel.subscribe();
        leave = () => void project.removeChannel(channel);
      },
      (error) => console.warn('the overview is not followed', error),
    );
    return () => {
      over = true;
      clearTimeout(timer);
      leave();
    };
  }, [client]);
}
