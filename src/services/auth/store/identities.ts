import type { Session } from '#kernel/postgres/database.ts';

/** A row of auth.identities: how a provider knows the user. `email` is generated from identity_data. */
export interface IdentityRow {
  readonly id: string;
  readonly provider_id: string;
  readonly user_id: string;
  readonly identity_data: Readonly<Record<string, unknown>>;
  readonly provider: string;
  readonly last_sign_in_at: Date | null;
  readonly created_at: Date | null;
  readonly updated_at: Date | null;
  readonly email: string | null;
}

const COLUMNS = 'id, provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at, email';

/** Oldest first. */
export function identitiesOf(tx: Session, userId: string): Promise<IdentityRow[]> {
  return tx.query(`select ${COLUMNS} from auth.identities where user_id = $1 order by created_at, id`, [userId]);
}

export function findIdentity(tx: Session, provider: string, providerId: string): Promise<IdentityRow | undefined> {
  return tx.maybeOne(`select ${COLUMNS} from auth.identities where provider = $1 and provider_id = $2`, [
    provider,
    providerId,
  ]);
}

/** For email and phone `providerId` is the user's id and the data is `{sub, email | phone, email_verified, phone_verified}`. */
export function insertIdentity(
  tx: Session,
  given: {
    readonly userId: string;
    readonly provider: string;
    readonly providerId: string;
    readonly data: Readonly<Record<string, unknown>>;
    /** When it was used to sign in; now when absent. */
    readonly lastSignInAt?: Date;
  },
): Promise<IdentityRow> {
  return tx.one(
    `insert into auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
     values ($1, $2, $3, $4, coalesce($5, now()), now(), now()) returning ${COLUMNS}`,
    [given.providerId, given.userId, given.data, given.provider, given.lastSignInAt],
  );
}

/** Merges into identity_data. */
export function updateIdentity(
  tx: Session,
  id: string,
  data: Readonly<Record<string, unknown>>,
  options: { readonly signedIn?: boolean } = {},
): Promise<IdentityRow> {
  return tx.one(
    `update auth.identities set identity_data = identity_data || $2::jsonb, updated_at = now(),
       last_sign_in_at = case when $3 then now() else last_sign_in_at end
     where id = $1 returning ${COLUMNS}`,
    [id, data, options.signedIn ?? false],
  );
}

export async function deleteIdentity(tx: Session, id: string): Promise<void> {
  await tx.execute('delete from auth.identities where id = $1', [id]);
}

/** What raw_app_meta_data.providers says: the names of the user's providers, oldest first, each once. */
export async function providersOf(tx: Session, userId: string): Promise<string[]> {
  const rows = await identitiesOf(tx, userId);
  return [...new Set(rows.map((row) => row.provider))];
}
