/** A running Kurzora with a victim, a starter who wants more, and what he must not come to see. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { type Kurzora, startKurzora } from '../real-client/server.ts';

export const SECRET = 'nobody else reads this';

export interface Somebody {
  readonly id: string;
  readonly email: string;
  readonly token: string;
  readonly client: SupabaseClient;
}

export interface World extends AsyncDisposable {
  readonly kurzora: Kurzora;
  readonly service: SupabaseClient;
  /** On the professional plan, with an open trade. */
  readonly victim: Somebody & { readonly trade: string };
  /** Whose trial is over. */
  readonly starter: Somebody;
  /** Active signals that a starter does not see, best first. */
  readonly hidden: readonly { readonly id: string; readonly ticker: string }[];
  /** A request with somebody's token, or a visitor's. */
  call(who: Somebody | null, method: string, path: string, given?: Given): Promise<Answer>;
  newcomer(): Promise<Somebody>;
}

export interface Given {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export async function openWorld(): Promise<World> {
  const kurzora = await startKurzora();
  const { url, anonKey, serviceRoleKey } = kurzora;
  const options = { auth: { persistSession: false, autoRefreshToken: false } };
  const service = createClient(url, serviceRoleKey, options);
  const newcomer = async (): Promise<Somebody> => {
    const client = createClient(url, anonKey, options);
    const email = `${randomUUID()}@example.com`;
    const data = { name: 'Eve', role: 'admin', subscription_tier: 'elite', is_admin: true };
    const { data: made, error } = await client.auth.signUp({ email, password: 'Secret-12', options: { data } });
    assert.ifError(error);
    return { id: made.user!.id, email, token: made.session!.access_token, client };
  };
  const set = (id: string, columns: object) => service.from('users').update(columns).eq('id', id).throwOnError();
  const [person, starter] = [await newcomer(), await newcomer()];
  await set(person.id, { subscription_tier: 'professional', subscription_status: 'active' });
  await set(starter.id, { subscription_status: 'expired' });
  const trade = { user_id: person.id, ticker: 'ACME', quantity: 1, entry_price: 100, notes: SECRET };
  const { data: bought } = await person.client.from('paper_trades').insert(trade).select('id').single().throwOnError();
  const { data: seen } = await starter.client.from('trading_signals').select('id').throwOnError();
  const picks = new Set(seen.map(({ id }) => id));
  const { data: all } = await service
    .from('trading_signals')
    .select('id, ticker')
    .eq('status', 'active')
    .order('final_score', { ascending: false })
    .throwOnError();
  const call: World['call'] = async (who, method, path, { body, headers } = {}) => {
    const bytes = body instanceof Uint8Array;
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...{ apikey: anonKey, authorization: `Bearer ${who?.token ?? anonKey}` },
        ...(body !== undefined && !bytes && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: bytes ? Buffer.from(body) : JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  };
  return {
    ...{ kurzora, service, starter, call, newcomer },
    victim: { ...person, trade: bought['id'] },
    hidden: all.filter(({ id }) => !picks.has(id)) as { id: string; ticker: string }[],
    [Symbol.asyncDispose]: () => kurzora.stop(),
  };
}
