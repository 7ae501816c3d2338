import type { ConnectionTarget } from './database.ts';
import { withOwner } from './owner.ts';

const DUPLICATE_DATABASE = '42P04';

/**
 * The database with this name on the server, created when it is missing. Text is UTF-8 and sorts by code point, so that
 * order does not change with the C library of the machine. Returns the owner's target in that database.
 */
export async function ensureDatabase(server: ConnectionTarget, name: string): Promise<ConnectionTarget> {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) throw new Error(`"${name}" cannot be the name of a database`);
  await withOwner(server, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount) return;
    try {
      await client.query(
        `create database ${name} template template0 encoding 'UTF8' locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'`,
      );
    } catch (error) {
      if ((error as { code?: string }).code !== DUPLICATE_DATABASE) throw error;
    }
  });
  return { ...server, database: name };
}
