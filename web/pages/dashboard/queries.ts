import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type { ActivityEntry, Performance, Portfolio, Trade } from '#products/kurzora/contract.ts';
import { get, send } from '../../app/api.ts';

/** What `/api/v1/dashboard` answers. Everything of the account is under `['trades']`, which live changes invalidate. */
export const PERIODS = ['1D', '1W', '1M', '3M', '6M', '1Y', 'ALL'] as const;
export type Period = (typeof PERIODS)[number];

export interface Overview {
  readonly portfolio: Static<typeof Portfolio>;
  /** The five newest, open and closed. */
  readonly recentTrades: readonly Trade[];
}

export function useOverview() {
  return useQuery({
    queryKey: ['trades', 'overview'],
    queryFn: async ({ signal }) => (await get<Overview>('dashboard/overview', signal)).data,
  });
}

/** One point a session and one for now. */
export function usePerformance(period: Period) {
  return useQuery({
    queryKey: ['trades', 'performance', period],
    queryFn: async ({ signal }) =>
      (await get<Performance>(`dashboard/performance?period=${period}&benchmark=SPY`, signal)).data,
    placeholderData: keepPreviousData,
  });
}

export function useActivity(limit: number) {
  return useQuery({
    queryKey: ['trades', 'activity', limit],
    queryFn: async ({ signal }) => {
      const { data, meta } = await get<ActivityEntry[]>(`dashboard/activity?limit=${limit}`, signal);
      return { entries: data, total: meta?.total ?? data.length };
    },
    placeholderData: keepPreviousData,
  });
}

export interface Alert {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly body: string;
  readonly data: unknown;
  readonly createdAt: string;
}

export function useUnreadList(limit: number) {
  return useQuery({
    queryKey: ['notifications', 'unread', limit],
    queryFn: async ({ signal }) => (await get<Alert[]>(`dashboard/alerts?unreadOnly=true&limit=${limit}`, signal)).data,
  });
}

/** Marks one as read, or all of them without an id. */
export function useMarkRead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id?: string) => {
      await send('PUT', id === undefined ? 'notifications/mark-all-read' : `dashboard/alerts/${id}/read`);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['notifications'] }),
  });
}
