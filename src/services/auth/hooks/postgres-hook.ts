import type { Session } from '#kernel/postgres/database.ts';
import { AuthError } from '../errors.ts';

const TIMEOUT_MS = 2000;

export interface FunctionTarget {
  readonly uri: string;
  readonly schema: string;
  readonly name: string;
}

/** `pg-functions://postgres/<schema>/<function>`; undefined for an address of another kind. */
export function parseFunctionUri(uri: string): FunctionTarget | undefined {
  const match = /^pg-functions:\/\/[^/]*\/([^/]+)\/([^/]+)$/.exec(uri);
  return match ? { uri, schema: decodeURIComponent(match[1]!), name: decodeURIComponent(match[2]!) } : undefined;
}

/**
 * `select schema.function(payload::jsonb)` in the caller's transaction, as supabase_auth_admin: what the function writes commits or
 * rolls back with the rest. Throws unexpected_failure (500) when it fails or takes longer than two seconds.
 */
export async function callPostgresHook(
  session: Session,
  target: FunctionTarget,
  payload: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const quoted = [target.schema, target.name].map((name) => `"${name.replaceAll('"', '""')}"`).join('.');
  try {
    const { before } = await session.one<{ before: string }>(
      `select current_setting('statement_timeout') as before, set_config('statement_timeout', $1, true)`,
      [`${TIMEOUT_MS}ms`],
    );
    const { answer } = await session.one<{ answer: unknown }>(`select ${quoted}($1::jsonb) as answer`, [
      JSON.stringify(payload),
    ]);
    await session.query(`select set_config('statement_timeout', $1, true)`, [before]);
    return answer;
  } catch (cause) {
    throw new AuthError(500, 'unexpected_failure', `Error running hook URI: ${target.uri}`, { cause });
  }
}
