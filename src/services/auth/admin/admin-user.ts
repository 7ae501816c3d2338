import { type Static, Type } from 'typebox';
import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { AuthError, userNotFound, validationFailed } from '../errors.ts';
import type { AuthRequest } from '../http/endpoint.ts';
import type { Actor } from '../store/audit.ts';
import { findUser, findUserByEmail, findUserByPhone, isUuid, type UserRow } from '../store/users.ts';
import { hashPassword } from '../tokens/passwords.ts';

/** Who the audit log names for what came with the service key. */
export const SERVICE_ACTOR: Actor = { role: 'service_role' };

const text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const flag = Type.Optional(Type.Union([Type.Boolean(), Type.Null()]));
const json = Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]));

/** What the service key may say about a user. */
export const AdminUserBody = Type.Object({
  id: text,
  aud: text,
  role: text,
  email: text,
  phone: text,
  password: text,
  password_hash: text,
  email_confirm: flag,
  phone_confirm: flag,
  user_metadata: json,
  app_metadata: json,
  ban_duration: text,
});
export type AdminUser = Static<typeof AdminUserBody>;

/** The user of the path's `:id`. Throws 404 as GoTrue words it. */
export async function userOfPath(
  tx: Session,
  request: Pick<AuthRequest<unknown>, 'params'>,
  options: { readonly lock?: boolean } = {},
): Promise<UserRow> {
  const id = request.params['id'] ?? '';
  if (!isUuid(id)) throw new AuthError(404, 'validation_failed', 'user_id must be an UUID');
  const user = await findUser(tx, id, options);
  if (!user) throw userNotFound();
  return user;
}

export const emailExists = () =>
  new AuthError(422, 'email_exists', 'A user with this email address has already been registered');
export const phoneExists = () => new AuthError(422, 'phone_exists', 'Phone number already registered by another user');

/** Throws email_exists or phone_exists (422) when another user has this address or number. */
export async function assertFree(
  tx: Session,
  wanted: { readonly email?: string; readonly phone?: string },
  except?: string,
): Promise<void> {
  const byEmail = wanted.email ? await findUserByEmail(tx, wanted.email) : undefined;
  if (byEmail && byEmail.id !== except) throw emailExists();
  const byPhone = wanted.phone ? await findUserByPhone(tx, wanted.phone) : undefined;
  if (byPhone && byPhone.id !== except) throw phoneExists();
}

const BCRYPT = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;
const ARGON2 = /^\$argon2(id|i|d)\$v=19\$m=\d+,t=\d+,p=\d+(,[a-z]+=[^$]*)*\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/;

/** Whether the server can verify a password against this. */
export const isKnownHash = (hash: string): boolean => BCRYPT.test(hash) || ARGON2.test(hash);

/** The hash to store; undefined when neither is given. Throws validation_failed (400). */
export async function passwordHashOf(body: Pick<AdminUser, 'password' | 'password_hash'>): Promise<string | undefined> {
  const { password, password_hash: hash } = body;
  if (typeof password === 'string' && hash)
    throw validationFailed('Only a password or a password hash should be provided');
  if (hash) {
    if (isKnownHash(hash)) return hash;
    throw validationFailed('Unsupported password hash: give bcrypt ($2a$, $2b$, $2y$) or argon2 as a PHC string');
  }
  if (!password) return undefined;
  if (Buffer.byteLength(password) > 72) throw validationFailed('bcrypt: password length exceeds 72 bytes');
  return hashPassword(password);
}

/** An id that the admin chose. Throws validation_failed (400). */
export function chosenId(id: string | null | undefined): string | undefined {
  if (!id) return undefined;
  if (!isUuid(id)) throw validationFailed('ID must conform to the uuid v4 format');
  if (/^[0-]+$/.test(id)) throw validationFailed('ID cannot be a nil uuid');
  return id.toLowerCase();
}

/** The admin's question in a transaction that only reads. */
export const reading = <T>(context: AuthContext, work: (tx: Session) => Promise<T>): Promise<T> =>
  context.transaction(work, { readOnly: true });
