/** What a redeemed code does to its user, in the caller's transaction: each returns the row as it is then, and ends what else was sent. */
import type { Session } from '#kernel/postgres/database.ts';
import { PostgresError } from '#kernel/postgres/sql-errors.ts';
import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import { type IdentityRow, identitiesOf, insertIdentity, updateIdentity } from '../store/identities.ts';
import { deleteTokensOf } from '../store/one-time-tokens.ts';
import { type UserColumns, type UserRow, updateUser } from '../store/users.ts';

/** The address is the user's: email_confirmed_at, `email_verified` in metadata and in the identity. */
export async function confirmEmail(context: AuthContext, tx: Session, user: UserRow): Promise<UserRow> {
  await deleteTokensOf(tx, user.id);
  for (const identity of await identitiesOf(tx, user.id))
    if (identity.provider === 'email' && identity.email === user.email)
      await updateIdentity(tx, identity.id, { email_verified: true });
  return updateUser(tx, user.id, {
    email_confirmed_at: user.email_confirmed_at ?? new Date(context.now()),
    raw_user_meta_data: { ...user.raw_user_meta_data, email_verified: true },
  });
}

/** The number is the user's. */
export async function confirmPhone(context: AuthContext, tx: Session, user: UserRow): Promise<UserRow> {
  await deleteTokensOf(tx, user.id);
  for (const identity of await identitiesOf(tx, user.id))
    if (identity.provider === 'phone') await updateIdentity(tx, identity.id, { phone_verified: true });
  return updateUser(tx, user.id, {
    phone_confirmed_at: user.phone_confirmed_at ?? new Date(context.now()),
    is_anonymous: false,
  });
}

/** `email_change` becomes the address; the identity `email` follows or is made. Throws email_exists (422) when somebody was faster. */
export async function confirmEmailChange(context: AuthContext, tx: Session, user: UserRow): Promise<UserRow> {
  const email = user.email_change ?? '';
  await putIdentity(tx, user, 'email', { email, email_verified: true });
  const changed = await change(
    tx,
    user,
    {
      email,
      email_change: '',
      email_change_confirm_status: 0,
      email_confirmed_at: new Date(context.now()),
      raw_user_meta_data: {
        ...user.raw_user_meta_data,
        ...('email' in (user.raw_user_meta_data ?? {}) ? { email } : {}),
      },
      is_anonymous: false,
    },
    () => new AuthError(422, 'email_exists', 'A user with this email address has already been registered'),
  );
  await deleteTokensOf(tx, user.id);
  return changed;
}

/** `phone_change` becomes the number; the identity `phone` follows or is made. Throws phone_exists (422). */
export async function confirmPhoneChange(context: AuthContext, tx: Session, user: UserRow): Promise<UserRow> {
  const phone = user.phone_change ?? '';
  await putIdentity(tx, user, 'phone', { phone, phone_verified: true });
  const changed = await change(
    tx,
    user,
    { phone, phone_change: '', phone_confirmed_at: new Date(context.now()), is_anonymous: false },
    () => new AuthError(422, 'phone_exists', 'A user with this phone number has already been registered'),
  );
  await deleteTokensOf(tx, user.id);
  return changed;
}

/** raw_app_meta_data says which providers the user has; call it after identities came or went. */
export async function noteProviders(tx: Session, user: UserRow): Promise<UserRow> {
  const providers = [...new Set((await identitiesOf(tx, user.id)).map((identity) => identity.provider))];
  const before = user.raw_app_meta_data ?? {};
  const first = typeof before['provider'] === 'string' ? before['provider'] : providers[0];
  const provider = first !== undefined && providers.includes(first) ? first : providers[0];
  return updateUser(tx, user.id, { raw_app_meta_data: { ...before, ...(provider ? { provider } : {}), providers } });
}

async function putIdentity(
  tx: Session,
  user: UserRow,
  provider: 'email' | 'phone',
  data: Readonly<Record<string, unknown>>,
): Promise<IdentityRow> {
  const found = (await identitiesOf(tx, user.id)).find((identity) => identity.provider === provider);
  if (found) return updateIdentity(tx, found.id, data);
  const made = await insertIdentity(tx, {
    userId: user.id,
    provider,
    providerId: user.id,
    data: { sub: user.id, ...data },
  });
  await noteProviders(tx, user);
  return made;
}

async function change(
  tx: Session,
  user: UserRow,
  columns: Partial<UserColumns>,
  taken: () => AuthError,
): Promise<UserRow> {
  try {
    return await updateUser(tx, user.id, columns);
  } catch (error) {
    if (error instanceof PostgresError && error.code === '23505') throw taken();
    throw error;
  }
}
