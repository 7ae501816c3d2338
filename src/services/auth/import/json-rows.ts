/** Rows of a JSON file: users as the table has them or as the admin API shows them, alone or as `{users, identities, mfa_factors}`. */
import { OperatorError } from '#kernel/errors.ts';
import type { DumpRow, DumpTable } from './dump-row.ts';

type Json = Readonly<Record<string, unknown>>;

/** Fields of the admin API under the names of the columns. */
const RENAMED: Readonly<Record<string, string>> = {
  user_metadata: 'raw_user_meta_data',
  app_metadata: 'raw_app_meta_data',
  new_email: 'email_change',
  new_phone: 'phone_change',
  password_hash: 'encrypted_password',
};

export function* jsonRows(text: string): Generator<DumpRow> {
  const whole = parsed(text);
  const lists: Json = Array.isArray(whole) ? { users: whole } : (whole as Json);
  if (!Array.isArray(lists['users']))
    throw new OperatorError('The JSON file holds no users', { remedy: 'Give a list of users, or {"users": [...]}.' });
  for (const table of ['users', 'identities', 'mfa_factors'] as const)
    for (const item of listOf(lists[table])) {
      yield rowOf(table, item);
      if (table !== 'users') continue;
      // The admin API shows a provider's id as `id` and the row's own as `identity_id`.
      for (const { identity_id, ...identity } of listOf(item['identities']))
        yield rowOf('identities', {
          ...identity,
          provider_id: identity['provider_id'] ?? identity['id'],
          id: identity_id,
        });
    }
}

function parsed(text: string): Json | readonly Json[] {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new OperatorError(`The file is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);

function rowOf(table: DumpTable, item: Json): DumpRow {
  const values = Object.entries(item).map(([name, value]) => [
    table === 'users' ? (RENAMED[name] ?? name) : name,
    value === null || value === undefined ? null : typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
  return { table, values: Object.fromEntries(values) };
}
