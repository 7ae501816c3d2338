import type { Session } from '@supabase/supabase-js';
import { useSyncExternalStore } from 'react';
import { queryClient } from './query-client.ts';
import { mayHaveSession, supabase } from './supabase.ts';

export type SessionState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'out' }
  | { readonly kind: 'in'; readonly userId: string; readonly email: string };

let state: SessionState = mayHaveSession() ? { kind: 'loading' } : { kind: 'out' };
let following: Promise<void> | undefined;
const listeners = new Set<() => void>();

function change(session: Session | null): void {
  const before = state;
  const next: SessionState = session
    ? { kind: 'in', userId: session.user.id, email: session.user.email ?? '' }
    : { kind: 'out' };
  if (before.kind === 'in' && next.kind === 'in' && before.userId === next.userId && before.email === next.email)
    return;
  state = next;
  for (const listener of listeners) listener();
  // What a visitor may see and what a customer may see differ. A turn later: pages that are left now would ask once more.
  if (before.kind !== 'loading') setTimeout(() => void queryClient.resetQueries());
}

/** Follows the client's session from now on; asked once by the page and before signing in. */
export function followSession(): Promise<void> {
  following ??= supabase().then(
    (client) => void client.auth.onAuthStateChange((_event, session) => change(session)),
    (error) => {
      following = undefined;
      change(null);
      throw error;
    },
  );
  return following;
}

export function useSession(): SessionState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** The caller's token for `/api/v1`, renewed when it is about to end; nothing for a visitor. */
export async function accessToken(): Promise<string | undefined> {
  if (state.kind === 'out') return undefined;
  const { data } = await (await supabase()).auth.getSession();
  return data.session?.access_token;
}
