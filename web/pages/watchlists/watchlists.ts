import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { WatchlistItem } from '#products/kurzora/contract.ts';
import { get, send } from '../../app/api.ts';
import { supabase } from '../../app/supabase.ts';

export interface Watchlist {
  readonly id: string;
  readonly name: string;
  readonly is_default: boolean;
  readonly watchlist_items: readonly { readonly ticker: string }[];
}

/** The lists with what is on them, the default first; prices come with the items. */
export function useWatchlists() {
  return useQuery({
    queryKey: ['watchlists'],
    queryFn: async ({ signal }): Promise<Watchlist[]> => {
      const { data } = await (await supabase())
        .from('user_watchlists')
        .select('id, name, is_default, watchlist_items(ticker)')
        .order('is_default', { ascending: false })
        .order('name')
        .abortSignal(signal)
        .overrideTypes<Watchlist[], { merge: false }>()
        .throwOnError();
      return data;
    },
  });
}

/** What is on a list with what it costs now and its live signal; asked anew at every scan. */
export function useItems(list: string) {
  return useQuery({
    queryKey: ['watchlists', list, 'items'],
    queryFn: async ({ signal }) => (await get<WatchlistItem[]>(`watchlists/${list}/items`, signal)).data,
  });
}

/** What can be done to lists; each tells the server and asks for the lists anew. */
export type WatchlistChange =
  | { readonly kind: 'add-list'; readonly name: string }
  | { readonly kind: 'rename'; readonly list: string; readonly name: string }
  | { readonly kind: 'make-default'; readonly list: string }
  | { readonly kind: 'remove-list'; readonly list: string }
  | { readonly kind: 'add'; readonly list: string; readonly symbol: string }
  | { readonly kind: 'note'; readonly list: string; readonly symbol: string; readonly notes: string | null }
  | { readonly kind: 'remove'; readonly list: string; readonly symbol: string };

export function useChangeWatchlists() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: tell,
    onSettled: () => client.invalidateQueries({ queryKey: ['watchlists'] }),
  });
}

/** Puts a stock on a list from another page. */
export function useAddToWatchlist() {
  const change = useChangeWatchlists();
  return {
    isPending: change.isPending,
    error: change.error,
    mutate: (item: { list: string; symbol: string }) => change.mutate({ kind: 'add', ...item }),
  };
}

function tell(change: WatchlistChange): Promise<unknown> {
  if (change.kind === 'add-list') return send('POST', 'watchlists', { name: change.name });
  const list = `watchlists/${change.list}`;
  switch (change.kind) {
    case 'rename':
      return send('PUT', list, { name: change.name });
    case 'make-default':
      return send('PUT', list, { isDefault: true });
    case 'remove-list':
      return send('DELETE', list);
    case 'add':
      return send('POST', `${list}/items`, { symbol: change.symbol });
    case 'note':
      return send('PUT', `${list}/items/${encodeURIComponent(change.symbol)}`, { notes: change.notes });
    case 'remove':
      return send('DELETE', `${list}/items/${encodeURIComponent(change.symbol)}`);
  }
}
