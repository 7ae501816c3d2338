import type { Readable } from 'node:stream';
import type { Logger } from '#kernel/log.ts';
import type { Database } from '#kernel/postgres/database.ts';

export interface ImportOptions {
  /** Sessions that may become supabase_auth_admin. */
  readonly services: Database;
  /** A dump: plain SQL of pg_dump (COPY or INSERT), CSV with a header, JSON (a list of users, or `{users, identities}`). */
  readonly input: Readable;
  readonly log: Logger;
}

export interface ImportReport {
  readonly users: number;
  readonly identities: number;
  /** Users that were left alone because their id, address or phone is taken, with the reason. */
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
  /** How many of the imported have a password that this server can verify. */
  readonly passwords: number;
}

/** Brings users and identities of a Supabase/GoTrue project; sessions and tokens stay behind, so everyone signs in again. */
export async function importUsers(_options: ImportOptions): Promise<ImportReport> {
  throw new Error('importUsers is being written');
}
