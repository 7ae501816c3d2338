import type { Session } from '#kernel/postgres/database.ts';

const CONTACT = `id, name, email, subject, message, language, user_id as "userId", status, priority, category, is_spam as "isSpam",
  to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "createdAt"`;

/** One page of messages, newest first, and how many match. */
export async function listContacts(
  session: Session,
  { page, limit, status, spam }: { page: number; limit: number; status?: string | undefined; spam: boolean },
): Promise<{ contacts: Record<string, unknown>[]; total: number }> {
  const matching = 'from public.contact_submissions where is_spam = $1 and ($2::text is null or status = $2)';
  const values = [spam, status ?? null];
  const { total } = await session.one<{ total: number }>(`select count(*)::int as total ${matching}`, values);
  const contacts = await session.query(
    `select ${CONTACT} ${matching} order by created_at desc, id limit $3 offset $4`,
    [...values, limit, (page - 1) * limit],
  );
  return { contacts, total };
}

/** What is undefined stays. Undefined when there is no such message. */
export function changeContact(
  session: Session,
  id: string,
  change: {
    status?: string | undefined;
    priority?: string | undefined;
    category?: string | null | undefined;
    isSpam?: boolean | undefined;
  },
): Promise<Record<string, unknown> | undefined> {
  return session.maybeOne(
    `update public.contact_submissions set status = coalesce($2, status), priority = coalesce($3, priority),
       category = case when $4 then $5 else category end, is_spam = coalesce($6::boolean, is_spam)
     where id = $1 returning ${CONTACT}`,
    [
      ...[id, change.status ?? null, change.priority ?? null, change.category !== undefined, change.category ?? null],
      change.isSpam ?? null,
    ],
  );
}
