import { GoTrueAdminApi, GoTrueClient } from '@supabase/auth-js';
import type { Ready } from '../../project-folder/freehold.ts';
import { signed } from '../suite.ts';

type Options = NonNullable<ConstructorParameters<typeof GoTrueClient>[0]>;

/** The official client with a storage of its own and no timers. */
export const newClient = ({ url, anonKey }: Ready, options: Partial<Options> = {}): GoTrueClient =>
  new GoTrueClient({
    url: `${url}/auth/v1`,
    headers: { apikey: anonKey },
    autoRefreshToken: false,
    persistSession: true,
    storage: memory(),
    ...options,
  });

/** With a token that the suite signs itself, as upstream's does. */
export async function newAdmin({ url }: Ready, role = 'service_role'): Promise<GoTrueAdminApi> {
  const token = await signed({ sub: '1234567890', role });
  return new GoTrueAdminApi({ url: `${url}/auth/v1`, headers: { Authorization: `Bearer ${token}` } });
}

let serial = 0;

/** Nobody has these yet. The number is none of any numbering plan; GoTrue takes it all the same. */
export function credentials(): { email: string; phone: string; password: string } {
  const number = `${Date.now()}${++serial}`.slice(-11).padStart(11, '1');
  return { email: `email+${number}@supabase.com`, phone: `1${number}`, password: `Passw0rd-${number}` };
}

/** What tests look at of an error. */
export function told(error: unknown): { name: string; status: number; code: string; message: string } | null {
  if (!error) return null;
  const { name, status, code, message } = error as { name: string; status: number; code: string; message: string };
  return { name, status, code, message };
}

export const memory = () => {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
};

/** Names of all fields, however deep, `undefined` ones left out. */
export function fields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fields);
  if (value === null || typeof value !== 'object') return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([name, each]) => [name, fields(each)])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  );
}
