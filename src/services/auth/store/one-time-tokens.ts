import type { Session } from '#kernel/postgres/database.ts';

/** What a token is for: the enum auth.one_time_token_type. A user has at most one of each. */
export type CodeType =
  | 'confirmation_token'
  | 'reauthentication_token'
  | 'recovery_token'
  | 'email_change_token_new'
  | 'email_change_token_current'
  | 'phone_change_token';

/** A row of auth.one_time_tokens; `token_hash` is a seal, never what was sent. */
export interface OneTimeTokenRow {
  readonly id: string;
  readonly user_id: string;
  readonly token_type: CodeType;
  readonly token_hash: string;
  /** Mail address or phone that it was sent to. */
  readonly relates_to: string;
  readonly created_at: Date;
  /** Codes tried against it, right or wrong. */
  readonly attempts: number;
}

const COLUMNS =
  "id, user_id, token_type, token_hash, relates_to, created_at at time zone 'utc' as created_at, attempts";

/** Replaces what the user had of this type. */
export async function replaceToken(tx: Session, row: Omit<OneTimeTokenRow, 'attempts'>): Promise<void> {
  await tx.execute(
    `insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6::timestamptz at time zone 'utc', $6::timestamptz at time zone 'utc')
     on conflict (user_id, token_type) do update set id = excluded.id, token_hash = excluded.token_hash,
       relates_to = excluded.relates_to, created_at = excluded.created_at, updated_at = excluded.updated_at, attempts = 0`,
    [row.id, row.user_id, row.token_type, row.token_hash, row.relates_to, row.created_at],
  );
}

/**
 * Counts a try against each token of these types that was sent to this address, and returns them with the count. The rows' locks put
 * tries in line. Several users may want one address; more than the latest ten are not looked at.
 */
export function countTries(tx: Session, relatesTo: string, types: readonly CodeType[]): Promise<OneTimeTokenRow[]> {
  return tx.query<OneTimeTokenRow>(
    `update auth.one_time_tokens set attempts = least(attempts, 30000) + 1
     where id in (
       select id from auth.one_time_tokens
       where relates_to = $1 and token_type = any($2::auth.one_time_token_type[])
       order by created_at desc, id limit 10 for update
     ) returning ${COLUMNS}`,
    [relatesTo, [...types]],
  );
}

/** The tokens of these types that were sent to this address; the latest first. */
export function tokensSentTo(tx: Session, relatesTo: string, types: readonly CodeType[]): Promise<OneTimeTokenRow[]> {
  return tx.query<OneTimeTokenRow>(
    `select ${COLUMNS} from auth.one_time_tokens
     where relates_to = $1 and token_type = any($2::auth.one_time_token_type[]) order by created_at desc, id limit 10`,
    [relatesTo, [...types]],
  );
}

export function findTokenByHash(
  tx: Session,
  tokenHash: string,
  types: readonly CodeType[],
): Promise<OneTimeTokenRow | undefined> {
  return tx.maybeOne<OneTimeTokenRow>(
    `select ${COLUMNS} from auth.one_time_tokens
     where token_hash = $1 and token_type = any($2::auth.one_time_token_type[])`,
    [tokenHash, [...types]],
  );
}

/** False when somebody else was faster: a token is worth one use. */
export async function deleteToken(tx: Session, id: string): Promise<boolean> {
  return (await tx.execute('delete from auth.one_time_tokens where id = $1', [id])) === 1;
}

/** Ends everything that was sent to the user and not used; or only what is of these types. */
export async function deleteTokensOf(tx: Session, userId: string, types?: readonly CodeType[]): Promise<void> {
  await tx.execute(
    `delete from auth.one_time_tokens
     where user_id = $1 and ($2::text[] is null or token_type::text = any($2::text[]))`,
    [userId, types ? [...types] : null],
  );
}
