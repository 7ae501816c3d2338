import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { supabase } from './supabase.ts';

interface Watch {
  readonly listeners: Set<() => void>;
  open: boolean;
  leave: () => void;
}

/** One channel a table and filter, however many parts of the page look at it: the client gives a second one of that name the same channel. */
const watches = new Map<string, Watch>();

function watchRows(table: string, filter: string, listener: () => void): () => void {
  const name = `${table}:${filter}`;
  const watch = watches.get(name) ?? openWatch(name, table, filter);
  watch.listeners.add(listener);
  if (watch.open) listener();
  return () => {
    watch.listeners.delete(listener);
    if (watch.listeners.size > 0 || watches.get(name) !== watch) return;
    watches.delete(name);
    watch.leave();
  };
}

function openWatch(name: string, table: string, filter: string): Watch {
  const watch: Watch = { listeners: new Set(), open: false, leave: () => {} };
  watches.set(name, watch);
  const tell = () => {
    for (const each of watch.listeners) each();
  };
  supabase().then(
    (project) => {
      if (watches.get(name) !== watch) return;
      const channel = project
        .channel(name)
        .on('postgres_changes', { event: '*', schema: 'public', table, filter }, tell)
        .subscribe((status) => {
          watch.open = status === 'SUBSCRIBED';
          if (watch.open) tell();
        });
      watch.leave = () => void project.removeChannel(channel);
    },
    (error) => console.warn(`${name} is not followed`, error),
  );
  return watch;
}

/**
 * Invalidates the queries under `key` on every change of the rows of a table that match `filter` (`user_id=eq.<id>`), and whenever
 * the channel opens: what changed before that was not told.
 */
export function useLiveRows(table: string, filter: string, key: string): void {
  const client = useQueryClient();
  useEffect(
    () => watchRows(table, filter, () => void client.invalidateQueries({ queryKey: [key] })),
    [client, table, filter, key],
  );
}
