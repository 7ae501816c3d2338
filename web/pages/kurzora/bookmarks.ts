import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { send } from '../../app/api.ts';
import { useSession } from '../../app/session.ts';
import { supabase } from '../../app/supabase.ts';

const KEY = ['bookmarks'];
const NONE: ReadonlySet<string> = new Set();

/** Ids of the signals the reader bookmarked; none for a visitor. */
export function useBookmarks(): ReadonlySet<string> {
  const session = useSession();
  const found = useQuery({
    queryKey: KEY,
    enabled: session.kind === 'in',
    staleTime: 5 * 60_000,
    queryFn: async ({ signal }) => {
      const asked = (await supabase()).from('signal_bookmarks').select('signal_id').abortSignal(signal);
      const { data } = await asked.overrideTypes<{ signal_id: string }[], { merge: false }>().throwOnError();
      return new Set(data.map(({ signal_id }) => signal_id));
    },
  });
  return found.data ?? NONE;
}

/** Bookmarks a signal or forgets it; shown at once, and taken back when the server refuses. */
export function useBookmark(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (on: boolean) => send(on ? 'POST' : 'DELETE', `signals/${id}/bookmark`),
    onMutate: (on) => {
      client.setQueryData<ReadonlySet<string>>(KEY, (known = NONE) => {
        const next = new Set(known);
        if (on) next.add(id);
        else next.delete(id);
        return next;
      });
    },
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
}
