import { randomUUID } from 'node:crypto';
import type { Session } from '#kernel/postgres/database.ts';
import { PostgresError } from '#kernel/postgres/sql-errors.ts';
import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import { insertIdentity } from '../store/identities.ts';
import { insertUser, type UserRow } from '../store/users.ts';

/** A user to be made. Address and number already checked and normalised (lower case; E.164 without plus). */
export interface NewUser {
  /** Given by the admin API; a new one otherwise. */
  readonly id?: string;
  readonly email?: string;
  readonly phone?: string;
  /** The hash, not the password. */
  readonly passwordHash?: string;
  /** email, phone, anonymous, google ...; goes into app_metadata. Absent for a user that the admin makes with neither. */
  readonly provider?: string;
  /** Identities to make with it; for email and phone their data is made here when this is absent. */
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
  /** For the hook's payload. */
  readonly ip?: string;
}

/**
 * Makes the user and its first identity in the caller's transaction, after the hook before_user_created. The app's triggers run
 * here. Throws email_exists, phone_exists or user_already_exists (422) when another request was first, and unexpected_failure
 * (500, "Database error saving new user") when a trigger fails.
 */
export async function createUser(context: AuthContext, tx: Session, given: NewUser): Promise<UserRow> {
  throw new Error('not yet');
}
