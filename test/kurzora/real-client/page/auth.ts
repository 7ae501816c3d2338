/** The front end's AuthContext: who is signed in, and the profile, which is made here when the server has none. */
import type { Session, User } from 'supabase-js-2-50';
import { outcome, supabase } from './client.ts';

const INIT_MS = 3_000;
const PROFILE_MS = 2_000;

export interface Profile {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly subscription_tier: string;
  readonly subscription_status: string;
  readonly subscription_ends_at: string | null;
  readonly notification_settings: Readonly<Record<string, unknown>>;
  readonly avatar_url: string | null;
  readonly [column: string]: unknown;
}

export const auth = {
  user: null as User | null,
  profile: null as Profile | null,
  /** Where the profile came from, each time it was looked for; `late` after its two seconds were over. */
  origins: [] as ('late' | 'found' | 'created' | 'refused' | 'there by now')[],
  events: [] as string[],
  initialised: 'no' as 'no' | 'in time' | 'gave up',
};

const within = <T>(ms: number, work: PromiseLike<T>): Promise<T | 'late'> =>
  Promise.race([work, new Promise<'late'>((resolve) => setTimeout(resolve, ms, 'late'))]);

export async function start(): Promise<void> {
  supabase.auth.onAuthStateChange((event, session) => {
    auth.events.push(event);
    // Calls of the client inside of this callback would wait for the lock that it holds.
    setTimeout(() => void follow(session), 0);
  });
  const first = await within(INIT_MS, supabase.auth.getSession());
  auth.initialised = first === 'late' ? 'gave up' : 'in time';
  await follow(first === 'late' ? null : first.data.session);
}

async function follow(session: Session | null): Promise<void> {
  auth.user = session?.user ?? null;
  if (!session) auth.profile = null;
  else if (auth.profile?.id !== session.user.id) await loadProfile(session.user);
  show();
}

export async function loadProfile(user: User): Promise<void> {
  const found = await within(PROFILE_MS, supabase.from('users').select('*').eq('id', user.id).single());
  if (found === 'late') auth.origins.push('late');
  else if (!found.error) settle(found.data, 'found');
  else if (found.error.code === 'PGRST116') await createProfile(user);
}

/** Answers with the code of the insert: 23505 when the server was faster. */
export async function createProfile(
  user: Pick<User, 'id' | 'email'> & Partial<User>,
): Promise<{ code: string | null }> {
  const metadata = user.user_metadata ?? {};
  const tier = metadata['subscription_tier'] ?? 'starter';
  const profile = {
    id: user.id,
    email: user.email,
    name: metadata['name'] ?? user.email?.split('@')[0],
    subscription_tier: tier,
    subscription_status: 'trial',
    notification_settings: defaultSettings(tier),
    created_at: new Date().toISOString(),
    updated_at: new Date().toISOString(),
  };
  const made = await supabase.from('users').insert([profile]).select().single();
  const code = made.error?.code ?? null;
  if (code === '23505') {
    const again = await supabase.from('users').select('*').eq('id', user.id).single();
    settle(again.data, 'there by now');
  } else settle(made.data, code ? 'refused' : 'created');
  return { code };
}

export const defaultSettings = (tier: string) => ({
  minimum_score: 65,
  daily_alert_limit: tier === 'starter' ? 3 : null,
  email_alerts_enabled: true,
  telegram_alerts_enabled: tier !== 'starter',
});

function settle(profile: Profile | null, origin: (typeof auth.origins)[number]): void {
  auth.profile = profile;
  auth.origins.push(origin);
  show();
}

/** Days left of the trial as the dashboard counts them: never less than none. */
export function trialDaysLeft(): number {
  const ends = auth.profile?.subscription_ends_at;
  return ends ? Math.max(0, Math.ceil((Date.parse(ends) - Date.now()) / 86_400_000)) : 0;
}

function show(): void {
  const set = (id: string, text: string) => {
    document.getElementById(id)!.textContent = text;
  };
  const { user, profile } = auth;
  set('user', user?.email ?? 'nobody');
  set('plan', profile ? `${profile.subscription_tier} ${profile.subscription_status} ${trialDaysLeft()}` : '');
  set('state', user ? (profile ? 'signed in' : 'without profile') : 'signed out');
  (document.getElementById('avatar') as HTMLImageElement).src = profile?.avatar_url ?? 'data:,';
}

const failure = (error: { status?: number; code?: string } | null) =>
  error && { status: error.status, code: error.code };

export const signUp = async (email: string, password: string, name: string) => {
  const { data, error } = await supabase.auth.signUp({ email, password, options: { data: { name } } });
  return { session: data.session !== null, id: data.user?.id ?? null, error: failure(error) };
};

export const signIn = async (email: string, password: string) =>
  failure((await supabase.auth.signInWithPassword({ email, password })).error);

export const signOut = async () => failure((await supabase.auth.signOut()).error);

/** The name goes to the account and to the profile. */
export async function rename(name: string) {
  const updated = { name, updated_at: new Date().toISOString() };
  const profile = await outcome<Profile | null>(
    supabase.from('users').update(updated).eq('id', auth.user!.id).select().single(),
  );
  const { error } = await supabase.auth.updateUser({ data: { name } });
  return { profile, error: failure(error) };
}

/** Takes another plan on, as the context does when it thinks that it changed. */
export const takePlan = (tier: string) =>
  outcome<Profile | null>(
    supabase
      .from('users')
      .update({
        subscription_tier: tier,
        notification_settings: defaultSettings(tier),
        updated_at: new Date().toISOString(),
      })
      .eq('id', auth.user!.id)
      .select()
      .single(),
  );

/** ChangePasswordModal: the old one is checked by signing in. */
export async function changePassword(before: string, after: string) {
  const wrong = await signIn(auth.user!.email!, before);
  return wrong ?? failure((await supabase.auth.updateUser({ password: after })).error);
}
