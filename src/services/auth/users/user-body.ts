import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { type IdentityRow, identitiesOf } from '../store/identities.ts';
import { readTogether } from '../store/read-together.ts';
import type { UserRow } from '../store/users.ts';

export type UserBody = Readonly<Record<string, unknown>> & { readonly id: string };

/** A row of auth.mfa_factors, as far as anyone is shown it. */
export interface FactorBodyRow {
  readonly id: string;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly status: 'unverified' | 'verified';
  readonly friendly_name: string | null;
  readonly factor_type: 'totp' | 'phone' | 'webauthn';
  readonly phone: string | null;
  readonly last_challenged_at: Date | null;
}

/** The user as GoTrue shows it, with identities and factors; what is empty is left out where GoTrue leaves it out. */
export async function userBody(tx: Session, user: UserRow): Promise<UserBody> {
  const identities = await identitiesOf(tx, user.id);
  return userJson(user, identities, await factorsOf(tx, user.id));
}

/** The same outside a transaction, in one round trip. */
export async function shownUser(context: Pick<AuthContext, 'services'>, user: UserRow): Promise<UserBody> {
  const [identities, factors] = await readTogether(context, [
    { text: `${IDENTITIES} where user_id = $1 order by created_at, id`, values: [user.id] },
    { text: `${FACTORS} where user_id = $1 order by created_at, id`, values: [user.id] },
  ]);
  return userJson(user, identities as IdentityRow[], factors as FactorBodyRow[]);
}

/** The same for many users with two statements in all. */
export async function userBodies(tx: Session, users: readonly UserRow[]): Promise<UserBody[]> {
  const ids = users.map((user) => user.id);
  const identities = Map.groupBy(
    await tx.query<IdentityRow>(`${IDENTITIES} where user_id = any($1) order by created_at, id`, [ids]),
    (row) => row.user_id,
  );
  const factors = Map.groupBy(
    await tx.query<FactorBodyRow & { user_id: string }>(`${FACTORS} where user_id = any($1) order by created_at, id`, [
      ids,
    ]),
    (row) => row.user_id,
  );
  return users.map((user) => userJson(user, identities.get(user.id) ?? [], factors.get(user.id) ?? []));
}

const IDENTITIES =
  'select id, provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at, email from auth.identities';

const FACTORS =
  'select user_id, id, created_at, updated_at, status, friendly_name, factor_type, phone, last_challenged_at from auth.mfa_factors';

const factorsOf = (tx: Session, userId: string): Promise<FactorBodyRow[]> =>
  tx.query(`${FACTORS} where user_id = $1 order by created_at, id`, [userId]);

/** Pure; `undefined` fields are left out by JSON, and columns that are not given count as null. */
export function userJson(
  user: Partial<UserRow> & { readonly id: string },
  identities: readonly IdentityRow[],
  factors: readonly FactorBodyRow[],
): UserBody {
  return {
    id: user.id,
    aud: user.aud ?? '',
    role: user.role ?? '',
    email: user.email ?? '',
    email_confirmed_at: user.email_confirmed_at ?? undefined,
    invited_at: user.invited_at ?? undefined,
    phone: user.phone ?? '',
    phone_confirmed_at: user.phone_confirmed_at ?? undefined,
    confirmation_sent_at: user.confirmation_sent_at ?? undefined,
    confirmed_at: user.confirmed_at ?? undefined,
    recovery_sent_at: user.recovery_sent_at ?? undefined,
    new_email: user.email_change || undefined,
    email_change_sent_at: user.email_change_sent_at ?? undefined,
    new_phone: user.phone_change || undefined,
    phone_change_sent_at: user.phone_change_sent_at ?? undefined,
    reauthentication_sent_at: user.reauthentication_sent_at ?? undefined,
    last_sign_in_at: user.last_sign_in_at ?? undefined,
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    factors: factors.length > 0 ? factors.map(factorJson) : undefined,
    identities: identities.map(identityJson),
    created_at: user.created_at ?? undefined,
    updated_at: user.updated_at ?? undefined,
    banned_until: user.banned_until ?? undefined,
    deleted_at: user.deleted_at ?? undefined,
    is_anonymous: user.is_anonymous ?? false,
  };
}

export function identityJson(row: IdentityRow): Readonly<Record<string, unknown>> {
  return {
    identity_id: row.id,
    id: row.provider_id,
    user_id: row.user_id,
    identity_data: row.identity_data,
    provider: row.provider,
    last_sign_in_at: row.last_sign_in_at ?? undefined,
    created_at: row.created_at ?? undefined,
    updated_at: row.updated_at ?? undefined,
    email: row.email || undefined,
  };
}

export function factorJson(row: FactorBodyRow): Readonly<Record<string, unknown>> {
  return {
    id: row.id,
    created_at: row.created_at,
    updated_at: row.updated_at,
    status: row.status,
    friendly_name: row.friendly_name || undefined,
    factor_type: row.factor_type,
    phone: row.phone || undefined,
    last_challenged_at: row.last_challenged_at ?? undefined,
  };
}
