import { Refusal } from '#kernel/errors.ts';
import { PostgresError } from '#kernel/postgres/sql-errors.ts';

/** The database was away, and may answer when asked again: nothing has been decided. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof Refusal) return error.code === 'UNAVAILABLE';
  return error instanceof PostgresError && (error.code.startsWith('08') || error.code.startsWith('57P'));
}
