import type { Session } from '#kernel/postgres/database.ts';

/** What somebody left outside of the account, by id or address; before the address becomes a tombstone. What is counted stays, nameless. */
const TRACES = [
  'delete from public.newsletter_subscribers where email = (select email from public.users where id = $1)',
  `update public.contact_submissions set name = 'Deleted user', email = $1 || '@deleted.invalid', subject = '', message = '',
     ip_address = null, user_agent = null, user_id = null
   where user_id = $1::uuid or lower(email) = (select email from public.users where id = $1::uuid)`,
  `delete from public.rate_limits using public.users u
   where u.id = $1 and (identifier = u.email or identifier = $1::uuid::text or starts_with(identifier, u.email || '|'))`,
  'delete from public.user_legal_consents where user_id = $1',
  'delete from public.user_interactions where user_id = $1',
  'delete from public.user_islamic_preferences where user_id = $1',
  'update public.api_usage_log set user_id = null, ip_address = null, user_agent = null where user_id = $1',
] as const;

export async function forgetTraces(session: Session, userId: string): Promise<void> {
  for (const text of TRACES) await session.execute(text, [userId]);
}
