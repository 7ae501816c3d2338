import type { Session } from '#kernel/postgres/database.ts';
import type { Plan } from '../rules/plan.ts';

const MINUTES = 15;

/** Keeps the hash of a code that links a chat to this person within a quarter of an hour; his older codes end. */
export async function addTelegramCode(session: Session, userId: string, codeHash: Uint8Array): Promise<Date> {
  await session.execute('delete from public.telegram_links where user_id = $1 or expires_at < now()', [userId]);
  const { expires_at } = await session.one<{ expires_at: Date }>(
    `insert into public.telegram_links (code_hash, user_id, expires_at)
     values ($1, $2, now() + make_interval(mins => ${MINUTES})) returning expires_at`,
    [codeHash, userId],
  );
  return expires_at;
}

/** Gives the chat to the person of the code, once. False for a code that is unknown, used or too old. */
export async function linkTelegram(session: Session, codeHash: Uint8Array, chatId: string): Promise<boolean> {
  const link = await session.maybeOne<{ user_id: string }>(
    `update public.telegram_links set used_at = now()
     where code_hash = $1 and used_at is null and expires_at > now() returning user_id`,
    [codeHash],
  );
  if (!link) return false;
  await session.execute('update public.users set telegram_chat_id = null where telegram_chat_id = $1 and id <> $2', [
    chatId,
    link.user_id,
  ]);
  await session.execute(
    `update public.users set telegram_chat_id = $2, telegram_verified_at = now(),
       notification_settings = notification_settings || '{"telegram_alerts_enabled": true}'::jsonb
     where id = $1`,
    [link.user_id, chatId],
  );
  return true;
}

export async function unlinkTelegram(session: Session, userId: string): Promise<void> {
  await session.execute(
    `update public.users set telegram_chat_id = null,
       notification_settings = notification_settings || '{"telegram_alerts_enabled": false}'::jsonb where id = $1`,
    [userId],
  );
}

export interface ChatOwner {
  readonly id: string;
  readonly language: string;
  readonly enabled: boolean;
  readonly minimum_score: string | null;
  readonly daily_alerts_sent: number;
  readonly plan: Plan;
}

/** Whose chat it is, as far as it was proved. */
export function chatOwner(session: Session, chatId: string): Promise<ChatOwner | undefined> {
  return session.maybeOne<ChatOwner>(
    `select id, language, notification_settings ->> 'telegram_alerts_enabled' = 'true' as enabled,
            notification_settings ->> 'minimum_score' as minimum_score, daily_alerts_sent,
            kurzora.plan_of(subscription_tier, subscription_status, subscription_ends_at) as plan
     from public.users where telegram_chat_id = $1 and telegram_verified_at is not null limit 1`,
    [chatId],
  );
}

/** The newest signal of a stock that is still open, by id. */
export async function liveSignalOf(session: Session, ticker: string): Promise<string | undefined> {
  const signal = await session.maybeOne<{ id: string }>(
    `select id from public.trading_signals where ticker = upper($1) and status in ('active', 'triggered')
     order by created_at desc limit 1`,
    [ticker],
  );
  return signal?.id;
}
