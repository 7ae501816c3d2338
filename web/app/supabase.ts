import type { SupabaseClient } from '@supabase/supabase-js';

const STORAGE_KEY = 'kurzora.session';
let opened: Promise<SupabaseClient> | undefined;

/** Whether a session may be there: stored, or in the address as links of mails bring it. Without one the client is not loaded. */
export const mayHaveSession = (): boolean =>
  localStorage.getItem(STORAGE_KEY) !== null || location.hash.includes('access_token=');

/** Leaves this device without asking the server, for a session that it has ended itself; loads the page at `to`. */
export function leaveFor(to: string): void {
  localStorage.removeItem(STORAGE_KEY);
  location.assign(to);
}

/** The project's own client, loaded when first needed: visitors who only look do not pay for it. */
export function supabase(): Promise<SupabaseClient> {
  opened ??= open().catch((error) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

async function open(): Promise<SupabaseClient> {
  const [{ createClient }, response] = await Promise.all([import('@supabase/supabase-js'), fetch('/client.json')]);
  if (!response.ok) throw new Error(`/client.json answered ${response.status}`);
  const { anonKey } = (await response.json()) as { anonKey: string };
  return createClient(location.origin, anonKey, { auth: { storageKey: STORAGE_KEY } });
}
