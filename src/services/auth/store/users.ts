import type { Session, Value } from '#kernel/postgres/database.ts';

/** A row of auth.users, columns by their names; times as Date. */
export interface UserRow {
  readonly id: string;
  readonly aud: string | null;
  readonly role: string | null;
  readonly email: string | null;
  readonly encrypted_password: string | null;
  readonly email_confirmed_at: Date | null;
  readonly invited_at: Date | null;
  readonly confirmation_token: string | null;
  readonly confirmation_sent_at: Date | null;
  readonly recovery_token: string | null;
  readonly recovery_sent_at: Date | null;
  readonly email_change_token_new: string | null;
  readonly email_change: string | null;
  readonly email_change_sent_at: Date | null;
  readonly last_sign_in_at: Date | null;
  readonly raw_app_meta_data: Readonly<Record<string, unknown>> | null;
  readonly raw_user_meta_data: Readonly<Record<string, unknown>> | null;
  readonly is_super_admin: boolean | null;
  readonly created_at: Date | null;
  readonly updated_at: Date | null;
  readonly phone: string | null;
  readonly phone_confirmed_at: Date | null;
  readonly phone_change: string | null;
  readonly phone_change_token: string | null;
  readonly phone_change_sent_at: Date | null;
  readonly confirmed_at: Date | null;
  readonly email_change_token_current: string | null;
  readonly email_change_confirm_status: number | null;
  readonly banned_until: Date | null;
  readonly reauthentication_token: string | null;
  readonly reauthentication_sent_at: Date | null;
  readonly is_sso_user: boolean;
  readonly deleted_at: Date | null;
  readonly is_anonymous: boolean;
}

/** What may be written: everything but what Postgres generates. */
export type UserColumns = Omit<UserRow, 'id' | 'confirmed_at'>;

/** The columns of UserRow, for statements that return users: apps may have added columns of their own. */
export const USER_COLUMNS = [
  'id, aud, role, email, encrypted_password, email_confirmed_at, invited_at, confirmation_token, confirmation_sent_at',
  'recovery_token, recovery_sent_at, email_change_token_new, email_change, email_change_sent_at, last_sign_in_at',
  'raw_app_meta_data, raw_user_meta_data, is_super_admin, created_at, updated_at, phone, phone_confirmed_at, phone_change',
  'phone_change_token, phone_change_sent_at, confirmed_at, email_change_token_current, email_change_confirm_status',
  'banned_until, reauthentication_token, reauthentication_sent_at, is_sso_user, deleted_at, is_anonymous',
].join(', ');

const NIL = '00000000-0000-0000-0000-000000000000';

/** `lock`: the row stays ours until the transaction ends, so that two requests about one user follow each other. */
export interface FindOptions {
  readonly lock?: boolean;
}

const locking = ({ lock }: FindOptions) => (lock ? ' for update' : '');

/** By id; undefined for what is no UUID as well. */
export async function findUser(tx: Session, id: string, options: FindOptions = {}): Promise<UserRow | undefined> {
  if (!isUuid(id)) return undefined;
  return tx.maybeOne(`select ${USER_COLUMNS} from auth.users where id = $1${locking(options)}`, [id]);
}

/** By address in any case; users of SSO are found by their identity only. */
export async function findUserByEmail(
  tx: Session,
  email: string,
  options: FindOptions = {},
): Promise<UserRow | undefined> {
  const [first] = await tx.query<UserRow>(
    `select ${USER_COLUMNS} from auth.users
     where (email = lower($1) or (instance_id = '${NIL}' and lower(email) = lower($1)))
       and is_sso_user = false and deleted_at is null
     order by created_at limit 1${locking(options)}`,
    [email],
  );
  return first;
}

/** By number as auth.users has it: E.164 without plus. */
export async function findUserByPhone(
  tx: Session,
  phone: string,
  options: FindOptions = {},
): Promise<UserRow | undefined> {
  return tx.maybeOne(
    `select ${USER_COLUMNS} from auth.users where phone = $1 and not is_sso_user and deleted_at is null${locking(options)}`,
    [phone],
  );
}

/** Inserts the columns given, the rest as GoTrue leaves them (tokens '' and not null). Throws PostgresError 23505 for a second one. */
export async function insertUser(tx: Session, id: string, given: Partial<UserColumns>): Promise<UserRow> {
  const now = new Date();
  const columns: Partial<UserColumns> = {
    aud: 'authenticated',
    role: 'authenticated',
    encrypted_password: '',
    confirmation_token: '',
    recovery_token: '',
    email_change_token_new: '',
    email_change: '',
    raw_app_meta_data: {},
    raw_user_meta_data: {},
    created_at: now,
    updated_at: now,
    ...given,
  };
  const names = Object.keys(columns);
  const values = Object.values(columns) as Value[];
  return tx.one(
    `insert into auth.users (instance_id, id, ${names.join(', ')})
     values ('${NIL}', $1, ${names.map((_, index) => `$${index + 2}`).join(', ')}) returning ${USER_COLUMNS}`,
    [id, ...values],
  );
}

/** Sets these columns and updated_at; the row as it is then. Refusal NOT_FOUND when there is no such user. */
export async function updateUser(tx: Session, id: string, changes: Partial<UserColumns>): Promise<UserRow> {
  const all = { updated_at: new Date(), ...changes };
  const names = Object.keys(all);
  const sets = names.map((name, index) => `${name} = $${index + 2}`);
  return tx.one(`update auth.users set ${sets.join(', ')} where id = $1 returning ${USER_COLUMNS}`, [
    id,
    ...(Object.values(all) as Value[]),
  ]);
}

/** GoTrue's rule for both kinds of metadata: keys are merged at the top, null takes a key away. */
export function mergedMetadata(
  before: Readonly<Record<string, unknown>> | null,
  changes: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null);
  return Object.fromEntries(merged);
}

export const isBanned = (user: UserRow, now: number): boolean =>
  user.banned_until !== null && user.banned_until.getTime() > now;

export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
