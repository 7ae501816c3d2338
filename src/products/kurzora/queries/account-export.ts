import type { Session } from '#kernel/postgres/database.ts';

/** Names that say more to a reader than those of the tables. */
const NAMES: Readonly<Record<string, string>> = {
  user_preferences: 'preferences',
  user_portfolio: 'portfolio',
  paper_trades: 'trades',
  portfolio_snapshots: 'snapshots',
  user_watchlists: 'watchlists',
  user_subscriptions: 'subscriptions',
  billing_invoices: 'invoices',
  user_api_keys: 'apiKeys',
  admin_users: 'staffRole',
};
/** What lets somebody in, or belongs to the machinery of sending. */
const HIDDEN = /hash|secret|p256dh|^auth$|claimed_by|idempotency/;

interface Table {
  readonly name: string;
  readonly columns: string[];
}

/** Every table with a column `user_id`, so that one which comes later is in the export without anybody thinking of it. */
function tablesOfPeople(session: Session): Promise<Table[]> {
  return session.query<Table>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and exists (select from pg_attribute o where o.attrelid = c.oid and o.attname = 'user_id' and not o.attisdropped)
     group by c.relname order by c.relname`,
  );
}

const camelCase = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Everything kept about a person, by table; asked as the service, held to the person by every statement. One statement reads it all. */
export async function exportAccount(session: Session, userId: string): Promise<Record<string, unknown>> {
  const parts = (await tablesOfPeople(session)).map(({ name, columns }) => {
    const shown = columns.filter((column) => !HIDDEN.test(column)).map(quoted);
    return `'${NAMES[name] ?? camelCase(name)}', (select coalesce(jsonb_agg(to_jsonb(t)), '[]')
      from (select ${shown.join(', ')} from public.${quoted(name)} where user_id = $1) t)`;
  });
  const { data } = await session.one<{ data: Record<string, unknown> }>(
    `select jsonb_build_object('profile', (select to_jsonb(u) from public.users u where u.id = $1),
       'staffRole', (select to_jsonb(a) from public.admin_users a where a.id = $1),
       'watchlistItems', (select coalesce(jsonb_agg(to_jsonb(i)), '[]') from public.watchlist_items i
          join public.user_watchlists l on l.id = i.watchlist_id where l.user_id = $1)) || ${inTens(parts)} as data`,
    [userId],
  );
  return data;
}

/** A function of Postgres takes a hundred arguments. */
function inTens(parts: readonly string[]): string {
  const groups: string[] = [];
  for (let at = 0; at < parts.length; at += 10)
    groups.push(`jsonb_build_object(${parts.slice(at, at + 10).join(', ')})`);
  return groups.join(' || ');
}
