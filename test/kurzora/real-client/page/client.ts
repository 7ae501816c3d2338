/** The client with the options of the product's front end (kurzora.md 14.2, 14.3); address and key come with the page's address. */
import { createClient } from 'supabase-js-2-50';

const given = new URLSearchParams(location.search);
for (const name of ['url', 'key']) {
  const value = given.get(name);
  if (value) sessionStorage.setItem(name, value);
}
export const SUPABASE_URL = sessionStorage.getItem('url')!;
export const ANON_KEY = sessionStorage.getItem('key')!;

export const supabase = createClient(SUPABASE_URL, ANON_KEY, {
  auth: { autoRefreshToken: true, persistSession: true, detectSessionInUrl: true },
  global: { headers: { 'x-my-custom-header': 'kurzora-platform' } },
});

/** What an answer was, in what a test can be handed. */
export interface Outcome<T> {
  readonly data: T;
  readonly status: number;
  readonly code: string | null;
  readonly count: number | null;
}

/** The rows are whatever the caller says they are: the client was made without the database's types, as the front end's is. */
export async function outcome<T = Readonly<Record<string, unknown>>[] | null>(
  request: PromiseLike<{
    readonly data: unknown;
    readonly status: number;
    readonly error: { readonly code: string } | null;
    readonly count: number | null;
  }>,
): Promise<Outcome<T>> {
  const { data, status, error, count } = await request;
  return { data: data as T, status, code: error?.code ?? null, count };
}
