import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type {
  ChartBars,
  ScannerStatus,
  SignalDetail,
  SignalHistoryEntry,
  SignalSummary,
} from '#products/kurzora/contract.ts';
import { ApiError, get } from '../../app/api.ts';
import { currentLanguage } from '../../app/language.ts';
import { useLiveRows } from '../../app/live-rows.ts';

const POLL_MS = 15_000;
const FIRST_SCAN_POLL_MS = 3_000;
const SPREAD_MS = 1_500;
const PAGE_SIZE = 100;
const MAX_PAGES = 10;

export type ChartTimeframe = '1H' | '4H' | '1D' | '1W';

/**
 * The heartbeat of every page: polled every 15 s while the page is visible, more often until the first scan is in.
 * Backs off for as long as the server asks.
 */
export function useStatus() {
  return useQuery({
    queryKey: ['status'],
    queryFn: async ({ signal }) => (await get<ScannerStatus>('status', signal)).data,
    refetchInterval: (query) => {
      const error = query.state.error;
      if (error instanceof ApiError && error.retryAfter) return error.retryAfter * 1000;
      return query.state.data?.lastScan === null ? FIRST_SCAN_POLL_MS : POLL_MS;
    },
    refetchOnWindowFocus: 'always',
  });
}

/**
 * Fetches the signals anew when the heartbeat tells of a new scan or another number of them, instead of asking for the
 * whole list every 15 s: that is one small request a beat, well inside what an anonymous client may ask.
 */
export function useRefreshOnScan(): void {
  const { data: status } = useStatus();
  const client = useQueryClient();
  const stamp = status && `${status.lastScan?.finishedAt}/${status.activeSignals}`;
  useEffect(() => {
    if (!stamp) return;
    const seen = client.getQueryData(['stamp']);
    client.setQueryData(['stamp'], stamp);
    if (seen === undefined || seen === stamp) return;
    const stale = ['signals', 'signal', 'bars', 'watchlists'];
    const refresh = () => {
      for (const key of stale) void client.invalidateQueries({ queryKey: [key] });
    };
    // Every reader hears of a scan in the same instant; they need not all ask in it.
    setTimeout(refresh, Math.random() * SPREAD_MS);
  }, [client, stamp]);
}

/**
 * Tells the heartbeat of a scan as soon as it is stored: one small change a scan, where following the signals themselves would be
 * thousands. For the signed in; a visitor has no socket and waits for the next beat.
 */
export function LiveScans(): null {
  useLiveRows('signal_scans', 'live=eq.true', 'status');
  return null;
}

export interface LoadedSignals {
  readonly signals: readonly SignalSummary[];
  /** How many the reader may see in all; more than `signals.length` only beyond 1,000. */
  readonly total: number;
  /** How many more there are that his plan does not show. */
  readonly hidden: number;
}

/** All live signals, best first, up to 1,000: filters and sorting then answer at once. */
export function useSignals() {
  return useQuery({
    queryKey: ['signals'],
    queryFn: async ({ signal }): Promise<LoadedSignals> => {
      const signals = new Map<string, SignalSummary>();
      let total = 0;
      let hidden = 0;
      for (let page = 1; page <= MAX_PAGES; page++) {
        const answer = await get<SignalSummary[]>(
          `signals?page=${page}&limit=${PAGE_SIZE}&sortBy=score&sortOrder=desc`,
          signal,
        );
        for (const each of answer.data) signals.set(each.id, each);
        total = answer.meta?.total ?? signals.size;
        hidden = answer.meta?.hiddenCount ?? 0;
        if (!answer.meta?.hasMore) break;
      }
      return { signals: [...signals.values()], total: Math.max(total, signals.size), hidden };
    },
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
}

export function useSignal(id: string) {
  return useQuery({
    queryKey: ['signal', id, currentLanguage()],
    queryFn: async ({ signal }) =>
      (await get<SignalDetail>(`signals/${encodeURIComponent(id)}?language=${currentLanguage()}`, signal)).data,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
}

export function useSignalHistory(id: string) {
  return useQuery({
    queryKey: ['signal', id, 'history'],
    queryFn: async ({ signal }) =>
      (await get<SignalHistoryEntry[]>(`signals/${encodeURIComponent(id)}/history`, signal)).data,
    staleTime: 60_000,
  });
}

/** The newest bars; with `until` (ISO) the newest that had closed by then. */
export function useBars(ticker: string, timeframe: ChartTimeframe, until?: string) {
  return useQuery({
    queryKey: ['bars', ticker, timeframe, until],
    queryFn: async ({ signal }) => {
      const query = `timeframe=${timeframe}&limit=250${until ? `&asOf=${encodeURIComponent(until)}` : ''}`;
      return (await get<ChartBars>(`market-data/${encodeURIComponent(ticker)}/bars?${query}`, signal)).data;
    },
    staleTime: 60_000,
  });
}
