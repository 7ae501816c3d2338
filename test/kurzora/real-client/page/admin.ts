/** The admin's pages, and hooks that no page imports any more but whose queries are asked for all the same. */
import { defaultSettings, type Profile } from './auth.ts';
import { outcome, supabase } from './client.ts';

const exact = { count: 'exact' as const };
const dayAgo = () => new Date(Date.now() - 86_400_000).toISOString();

export async function dashboard() {
  const from = (table: string) => supabase.from(table);
  const [users, trades, open, signals, newUsers, newest, active, newSignals] = await Promise.all([
    outcome(from('users').select('id, created_at', exact)),
    outcome(from('paper_trades').select('id, created_at', exact)),
    outcome(from('paper_trades').select('id, created_at', exact).eq('is_open', true)),
    outcome(from('trading_signals').select('id, created_at', exact)),
    outcome(
      from('users').select('id,email,created_at').gte('created_at', dayAgo()).order('created_at', { ascending: false }),
    ),
    outcome(
      from('paper_trades').select('id,ticker,created_at,user_id').order('created_at', { ascending: false }).limit(10),
    ),
    outcome(from('users').select('id,is_active').eq('is_active', true)),
    outcome(from('trading_signals').select('id,created_at').gte('created_at', dayAgo())),
  ]);
  return { users, trades, open, signals, newUsers, newest, active, newSignals };
}

export async function settingsPage() {
  const tables = ['users', 'paper_trades', 'trading_signals'];
  return await Promise.all(
    tables.map(async (table) => ({
      first: await outcome(supabase.from(table).select('id').limit(1)),
      counted: await outcome(supabase.from(table).select('id', exact)),
    })),
  );
}

export const listUsers = async () => ({
  users: await outcome(
    supabase
      .from('users')
      .select('id, email, name, subscription_tier, subscription_status, is_active, created_at')
      .order('created_at', { ascending: false }),
  ),
  trades: await outcome(supabase.from('paper_trades').select('user_id,id')),
});

/** Makes a test user with the public sign-up, in the admin's own session. */
export async function createUser(email: string, tier: string) {
  const ends = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const data = {
    name: 'Test user',
    subscription_tier: tier,
    subscription_status: 'trial',
    trial_end_date: ends,
    created_by_admin: true,
    skip_authcontext_profile: true,
  };
  const signedUp = await supabase.auth.signUp({ email, password: 'secret-78', options: { data } });
  if (!signedUp.data.user) return { error: signedUp.error?.code ?? 'no user' };
  const { id } = signedUp.data.user;
  const profile = {
    id,
    email,
    name: data.name,
    subscription_tier: tier,
    subscription_status: 'trial',
    subscription_ends_at: ends,
    notification_settings: defaultSettings(tier),
  };
  const inserted = await outcome<Profile | null>(supabase.from('users').insert([profile]).select().single());
  if (inserted.code !== '23505') return { session: signedUp.data.session !== null, id, inserted };
  const { subscription_status, subscription_ends_at, notification_settings } = profile;
  const changed = { subscription_tier: tier, subscription_status, subscription_ends_at, notification_settings };
  const updated = await outcome<Profile | null>(supabase.from('users').update(changed).eq('id', id).select().single());
  return { session: signedUp.data.session !== null, id, inserted, updated };
}

/** What useSignalAlerts and its services ask. */
export async function deadHooks() {
  const alerts = (channel: string) =>
    supabase
      .from('alert_delivery_log')
      .select('*', { count: 'exact', head: true })
      .eq('delivery_channel', channel)
      .gte('created_at', dayAgo());
  return {
    people: await outcome(
      supabase
        .from('users')
        .select('id, email, name, subscription_tier, user_alert_settings!inner(email_enabled, min_signal_score)')
        .eq('is_active', true)
        .in('subscription_tier', ['starter', 'professional'])
        .eq('user_alert_settings.email_enabled', true)
        .lte('user_alert_settings.min_signal_score', 100),
    ),
    chats: await outcome(
      supabase
        .from('users')
        .select('id, user_alert_settings!inner(telegram_chat_id)')
        .not('user_alert_settings.telegram_chat_id', 'is', null),
    ),
    counts: [await outcome(alerts('email')), await outcome(alerts('telegram'))],
    some: await outcome(
      supabase
        .from('trading_signals')
        .select('*')
        .in('status', ['active', 'triggered'])
        .gte('final_score', 70)
        .limit(5),
    ),
  };
}
