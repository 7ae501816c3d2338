import type { SupabaseClient } from '@supabase/supabase-js';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { supabase } from '../../app/supabase.ts';

export interface Watchlist {
  readonly id: string;
  readonly name: string;
  readonly is_default: boolean;
  readonly watchlist_items: readonly { readonly id: string; readonly ticker: string }[];
}

export function useWatchlists() {
  return useQuery({
    queryKey: ['watchlists'],
    queryFn: async (): Promise<Watchlist[]> => {
      const { data } = await (await supabase())
        .from('user_watchlists')
        .select('id, name, is_default, watchlist_items(id, ticker)')
        .order('is_default', { ascending: false })
        .order('name')
        .order('ticker', { referencedTable: 'watchlist_items' })
        .overrideTypes<Watchlist[], { merge: false }>()
        .throwOnError();
      return data;
    },
  });
}

/** What can be done to lists; each tells the database and asks for the lists anew. */
export type WatchlistChange =
  | { readonly kind: 'add-list'; readonly userId: string; readonly name: string }
  | { readonly kind: 'remove-list'; readonly id: string }
  | { readonly kind: 'add'; readonly list: string; readonly ticker: string }
  | { readonly kind: 'remove'; readonly id: string };

export function useChangeWatchlists() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (change: WatchlistChange) => {
      await statementOf(await supabase(), change).throwOnError();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['watchlists'] }),
  });
}

function statementOf(client: SupabaseClient, change: WatchlistChange) {
  switch (change.kind) {
    case 'add-list':
      return client.from('user_watchlists').insert({ user_id: change.userId, name: change.name });
    case 'remove-list':
      return client.from('user_watchlists').delete().eq('id', change.id);
    case 'add':
      return client.from('watchlist_items').insert({ watchlist_id: change.list, ticker: change.ticker });
    case 'remove':
      return client.from('watchlist_items').delete().eq('id', change.id);
  }
}
