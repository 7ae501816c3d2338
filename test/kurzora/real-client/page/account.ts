/** Alert settings with their Telegram card, the picture of the profile, and the subscription of a sign-up. */
import { auth, type Profile } from './auth.ts';
import { outcome, supabase } from './client.ts';

const ALERT_COLUMNS =
  'id, email, name, subscription_tier, notification_settings, telegram_chat_id, daily_alerts_sent, last_alert_date, is_active, created_at';
const AFTER_UPDATE =
  'id, email, name, subscription_tier, notification_settings, telegram_chat_id, daily_alerts_sent, last_alert_date, is_active';

export const alertSettings = () =>
  outcome<Profile | null>(supabase.from('users').select(ALERT_COLUMNS).eq('id', auth.user!.id).single());

export const saveAlertSettings = (settings: Readonly<Record<string, unknown>>, chatId?: string | null) =>
  outcome<Profile | null>(
    supabase
      .from('users')
      .update({ notification_settings: settings, ...(chatId !== undefined && { telegram_chat_id: chatId }) })
      .eq('id', auth.user!.id)
      .select(AFTER_UPDATE)
      .single(),
  );

/** The public address, or what the storage refused with. */
export async function uploadAvatar(bytes: readonly number[], type: string, folder = auth.user!.id) {
  const file = new File([new Uint8Array(bytes)], 'me', { type });
  const path = `${folder}/avatar_${Date.now()}.${type.split('/')[1]}`;
  const avatars = supabase.storage.from('avatars');
  const { error } = await avatars.upload(path, file, { upsert: true, contentType: type });
  if (error) return { refused: error.message };
  const { publicUrl } = avatars.getPublicUrl(path).data;
  const saved = await outcome<Profile | null>(
    supabase.from('users').update({ avatar_url: publicUrl }).eq('id', auth.user!.id).select().single(),
  );
  auth.profile = saved.data;
  (document.getElementById('avatar') as HTMLImageElement).src = publicUrl;
  return { publicUrl, status: saved.status };
}

/** Right after the sign-up, on the page's own origin, without a token. */
export async function subscribe(over: Readonly<Record<string, unknown>> = {}) {
  const order = {
    userId: auth.user?.id,
    userEmail: auth.user?.email,
    userName: auth.profile?.name,
    planId: 'professional',
    paymentMethodId: 'pm_card_visa',
    billingCycle: 'monthly',
    ...over,
  };
  const answer = await fetch('/api/subscription/process', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(order),
  });
  return { status: answer.status, body: await answer.json() };
}
