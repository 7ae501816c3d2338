import type { Session } from '#kernel/postgres/database.ts';

const ISO = (column: string) => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
const KEY = `id, name, key_prefix as "prefix", permissions, rate_per_minute as "rateLimit", is_active as "isActive",
  ${ISO('last_used')} as "lastUsed", ${ISO('expires_at')} as "expiresAt", ${ISO('created_at')} as "createdAt"`;

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly permissions: string[];
  /** Requests a minute; null: what the account has set. */
  readonly rateLimit: number | null;
  readonly isActive: boolean;
  readonly lastUsed: string | null;
  readonly expiresAt: string | null;
  readonly createdAt: string;
}

export function listApiKeys(session: Session, userId: string): Promise<ApiKey[]> {
  return session.query<ApiKey>(`select ${KEY} from public.user_api_keys where user_id = $1 order by created_at desc`, [
    userId,
  ]);
}

export interface NewApiKey {
  readonly userId: string;
  readonly name: string;
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  readonly prefix: string;
  readonly permissions: readonly string[];
  readonly rateLimit: number | null;
  readonly expiresAt: Date | null;
}

export function addApiKey(session: Session, key: NewApiKey): Promise<ApiKey> {
  return session.one<ApiKey>(
    `insert into public.user_api_keys (user_id, name, key_hash, key_prefix, permissions, rate_per_minute, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7) returning ${KEY}`,
    [key.userId, key.name, key.hash, key.prefix, key.permissions, key.rateLimit, key.expiresAt],
  );
}

export interface ApiKeyChange {
  readonly name?: string | undefined;
  readonly isActive?: boolean | undefined;
  readonly permissions?: readonly string[] | undefined;
  readonly rateLimit?: number | null | undefined;
}

/** What is absent stays. */
export function changeApiKey(
  session: Session,
  userId: string,
  id: string,
  { name, isActive, permissions, rateLimit }: ApiKeyChange,
): Promise<ApiKey | undefined> {
  return session.maybeOne<ApiKey>(
    `update public.user_api_keys set name = coalesce($3, name), is_active = coalesce($4::boolean, is_active),
       permissions = coalesce($5::text[], permissions), rate_per_minute = case when $6 then $7::int else rate_per_minute end
     where user_id = $1 and id = $2 returning ${KEY}`,
    [
      ...[userId, id, name ?? null, isActive ?? null, permissions ?? null],
      ...[rateLimit !== undefined, rateLimit ?? null],
    ],
  );
}

export async function dropApiKey(session: Session, userId: string, id: string): Promise<boolean> {
  return (await session.execute('delete from public.user_api_keys where user_id = $1 and id = $2', [userId, id])) > 0;
}

export interface UsedApiKey {
  readonly id: string;
  readonly user_id: string;
  readonly email: string;
  readonly permissions: string[];
  readonly per_minute: number;
}

/** Whose key has this hash, if it may be used at `at` and its owner may still come in; notes that it was used, once a minute. */
export function useApiKey(session: Session, hash: string, at: number): Promise<UsedApiKey | undefined> {
  return session.maybeOne<UsedApiKey>('select * from kurzora.use_api_key($1, $2)', [hash, new Date(at)]);
}
