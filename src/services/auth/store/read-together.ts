import type { Statement } from '#kernel/postgres/database.ts';
import { decodeRows } from '#kernel/postgres/wire/decode.ts';
import type { AuthContext } from '../context.ts';
import { AUTH_OWNER } from './auth-owner.ts';

/** Reads that do not wait for each other, in one round trip and one transaction; rows by statement. For what every request asks. */
export async function readTogether(
  context: Pick<AuthContext, 'services'>,
  statements: readonly Statement[],
): Promise<unknown[][]> {
  const results = await context.services.oneShot(AUTH_OWNER, statements, { readOnly: true });
  return results.map((result) => decodeRows(result));
}
