/** For tests: customers as auth makes them, and sessions as them. */
import { randomUUID } from 'node:crypto';
import type { Identity } from '#kernel/postgres/database.ts';
import type { TestDatabase } from '../../../test/database.ts';

export interface TestCustomer {
  readonly id: string;
  readonly identity: Identity;
}

/** A new account, on a trial as every account begins; `columns` are set on its profile, past every guard. */
export async function testCustomer(
  db: TestDatabase,
  columns: Readonly<Record<string, unknown>> = {},
): Promise<TestCustomer> {
  const id = randomUUID();
  await db.services.as({ role: 'supabase_auth_admin', claims: {} }, (session) =>
    session.query(
      `insert into auth.users (id, email, raw_user_meta_data, aud, role, created_at, updated_at)
       values ($1, $2, '{}', 'authenticated', 'authenticated', now(), now())`,
      [id, `${id}@example.com`],
    ),
  );
  for (const [column, value] of Object.entries(columns))
    await db.sql(`update public.users set ${column} = $2 where id = $1`, [id, value]);
  return { id, identity: { role: 'authenticated', claims: { role: 'authenticated', sub: id } } };
}
