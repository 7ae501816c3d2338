import type { Session } from '#kernel/postgres/database.ts';
import { PostgresError } from '#kernel/postgres/sql-errors.ts';
import type { AuthError } from '../../errors.ts';
import type { IdentityRow } from '../../store/identities.ts';
import { type UserRow, updateUser } from '../../store/users.ts';

/** The account's address is the one of its identity `email`, else of the first identity that has one, else none. */
export async function emailFromIdentities(
  tx: Session,
  user: UserRow,
  identities: readonly IdentityRow[],
  { taken }: { readonly taken: () => AuthError },
): Promise<UserRow> {
  const withEmail = identities.filter((identity) => identity.email);
  const source = withEmail.find((identity) => identity.provider === 'email') ?? withEmail[0];
  try {
    return await updateUser(tx, user.id, { email: source?.email ?? null });
  } catch (error) {
    if (error instanceof PostgresError && error.code === '23505') throw taken();
    throw error;
  }
}
