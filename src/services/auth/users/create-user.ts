import { randomUUID } from 'node:crypto';
import type { Session } from '#kernel/postgres/database.ts';
import { PostgresError } from '#kernel/postgres/sql-errors.ts';
import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import { insertIdentity } from '../store/identities.ts';
import { insertUser, mergedMetadata, type UserColumns, type UserRow, updateUser } from '../store/users.ts';
import { userJson } from './user-body.ts';

/** A user to be made. Address and number already checked and normalised (lower case; E.164 without plus). */
export interface NewUser {
  /** Given by the admin API; a new one otherwise. */
  readonly id?: string;
  readonly email?: string;
  readonly phone?: string;
  /** The hash, not the password. */
  readonly passwordHash?: string;
  /** email, phone, google ...; goes into app_metadata. Absent for anonymous users and those the admin makes with neither. */
  readonly provider?: string;
  /** The identity to make with it; for email and phone it is made here when this is absent. */
  readonly identity?: { readonly providerId: string; readonly data: Readonly<Record<string, unknown>> };
  readonly emailConfirmed?: boolean;
  readonly phoneConfirmed?: boolean;
  readonly userMetadata?: Readonly<Record<string, unknown>>;
  /** Merged over {provider, providers}. */
  readonly appMetadata?: Readonly<Record<string, unknown>>;
  readonly role?: string;
  readonly aud?: string;
  readonly anonymous?: boolean;
  readonly sso?: boolean;
  readonly bannedUntil?: Date;
  readonly invitedAt?: Date;
  /** The person signs up (by password, code or link): the claims of the identity go into user_metadata too, as GoTrue has it. */
  readonly selfSignUp?: boolean;
  /** For the hook's payload. */
  readonly ip?: string;
}

/**
 * Makes the user and its first identity in the caller's transaction, after the hook before_user_created. The app's triggers run
 * here; a confirmation is a second step, for triggers that wait for it. Throws user_already_exists (422) when another request
 * was first, and unexpected_failure (500, "Database error saving new user") when a trigger fails.
 */
export async function createUser(context: AuthContext, tx: Session, given: NewUser): Promise<UserRow> {
  const id = given.id ?? randomUUID();
  const identity = given.identity ?? ownIdentity(id, given);
  const columns = columnsOf(context, given, identity?.data);
  await askHook(context, tx, id, given, columns);
  const created = await saving(async () => {
    const user = await insertUser(tx, id, columns);
    if (identity && given.provider)
      await insertIdentity(tx, {
        userId: id,
        provider: given.provider,
        ...identity,
        lastSignInAt: new Date(context.now()),
      });
    return given.emailConfirmed || given.phoneConfirmed ? confirmUser(context, tx, user, given) : user;
  });
  await notifyHook(context, tx, given, created);
  return created;
}

/** Sets the times of confirmation and what follows from them: an anonymous user is one no more. */
export function confirmUser(
  context: AuthContext,
  tx: Session,
  user: UserRow,
  what: { readonly emailConfirmed?: boolean; readonly phoneConfirmed?: boolean },
): Promise<UserRow> {
  const at = new Date(context.now());
  return updateUser(tx, user.id, {
    ...(what.emailConfirmed && { email_confirmed_at: at, confirmation_token: '' }),
    ...(what.phoneConfirmed && { phone_confirmed_at: at, confirmation_token: '' }),
    ...(what.emailConfirmed && {
      raw_user_meta_data: mergedMetadata(user.raw_user_meta_data, { email_verified: true }),
    }),
    is_anonymous: false,
  });
}

/** With what the person said about herself beside the claims, as GoTrue has it. */
function ownIdentity(id: string, { provider, email, phone, selfSignUp, userMetadata }: NewUser): NewUser['identity'] {
  const address = provider === 'email' ? { email } : provider === 'phone' ? { phone } : undefined;
  if (!address) return undefined;
  const claims = { sub: id, ...address, email_verified: false, phone_verified: false };
  return { providerId: id, data: selfSignUp ? { ...userMetadata, ...claims } : claims };
}

function columnsOf(
  context: AuthContext,
  given: NewUser,
  claims: Readonly<Record<string, unknown>> | undefined,
): Partial<UserColumns> {
  const { provider } = given;
  const at = new Date(context.now());
  return {
    email: given.email ?? null,
    phone: given.phone ?? null,
    encrypted_password: given.passwordHash ?? '',
    aud: given.aud ?? 'authenticated',
    role: given.role ?? 'authenticated',
    raw_app_meta_data: { ...(provider ? { provider, providers: [provider] } : {}), ...given.appMetadata },
    raw_user_meta_data: given.selfSignUp ? { ...given.userMetadata, ...claims } : { ...given.userMetadata },
    is_anonymous: given.anonymous ?? false,
    is_sso_user: given.sso ?? false,
    banned_until: given.bannedUntil ?? null,
    invited_at: given.invitedAt ?? null,
    created_at: at,
    updated_at: at,
  };
}

/** The connection's own troubles are not the app's: they go on as they are. */
async function saving<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof PostgresError) || /^(08|53|57)/.test(cause.code)) throw cause;
    if (cause.code === '23505' && cause.schema === 'auth')
      throw new AuthError(422, 'user_already_exists', 'User already registered', { cause });
    throw new AuthError(500, 'unexpected_failure', 'Database error saving new user', { cause });
  }
}

async function askHook(
  context: AuthContext,
  tx: Session,
  id: string,
  given: NewUser,
  columns: Partial<UserColumns>,
): Promise<void> {
  if (!context.hooks.has('before_user_created')) return;
  const user = userJson({ ...columns, id, created_at: null, updated_at: null }, [], []);
  await context.hooks.call(
    'before_user_created',
    { metadata: metadata('before-user-created', context, given), user },
    tx,
  );
}

async function notifyHook(context: AuthContext, tx: Session, given: NewUser, created: UserRow): Promise<void> {
  if (!context.hooks.has('after_user_created')) return;
  const user = userJson(created, [], []);
  await context.hooks.call(
    'after_user_created',
    { metadata: metadata('after-user-created', context, given), user },
    tx,
  );
}

const metadata = (name: string, context: AuthContext, { ip = '' }: NewUser) => ({
  uuid: randomUUID(),
  time: new Date(context.now()),
  name,
  ip_address: ip,
});
