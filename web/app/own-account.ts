import { useQuery } from '@tanstack/react-query';
import { supabase } from './supabase.ts';

/** What the frame of every page needs to know of whoever is signed in. */
export interface OwnAccount {
  readonly name: string;
  readonly avatar_url: string | null;
  readonly language: string;
  readonly user_preferences: Preferences | null;
  /** The role of staff; null for everybody else. */
  readonly admin_users: { readonly admin_role: string } | null;
}

interface Preferences {
  readonly ui: { readonly theme?: unknown; readonly language?: unknown };
  readonly created_at: string;
  readonly updated_at: string;
}

// Two keys lead from admin_users to users: whose row it is, and who wrote it.
const COLUMNS =
  'name, avatar_url, language, user_preferences(ui, created_at, updated_at), admin_users!admin_users_id_fkey(admin_role)';

/** Asked anew with everything under `['profile', userId]`, so that a changed name or picture shows at once. */
export function useOwnAccount(userId: string | undefined) {
  return useQuery({
    queryKey: ['profile', userId, 'frame'],
    enabled: userId !== undefined,
    staleTime: 5 * 60_000,
    queryFn: async ({ signal }): Promise<OwnAccount> => {
      const found = (await supabase()).from('users').select(COLUMNS).eq('id', userId).abortSignal(signal);
      return (await found.single<OwnAccount>().throwOnError()).data;
    },
  });
}
