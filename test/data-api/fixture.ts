import { readFileSync } from 'node:fs';
import { SignJWT } from 'jose';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../database.ts';

export const JWT_SECRET = 'a secret of the tests, long enough for HS256';
const FIXTURE = new URL('./fixture.sql', import.meta.url);

export type Settings = Readonly<Record<string, string>>;

/** A database of its own with the observatory's records in it. */
export async function fixtureDatabase(): Promise<TestDatabase> {
  const db = await testDatabase();
  await db.sql(readFileSync(FIXTURE, 'utf8'));
  return db;
}

/** What `freehold data-api` needs to serve the fixture. */
export function fixtureSettings(target: ConnectionTarget): Settings {
  return {
    PGRST_DB_URI: uriOf(target),
    PGRST_DB_SCHEMAS: 'sky,Ωmega',
    PGRST_DB_EXTRA_SEARCH_PATH: 'ext',
    PGRST_DB_ANON_ROLE: 'anon',
    PGRST_JWT_SECRET: JWT_SECRET,
    PGRST_DB_AGGREGATES_ENABLED: 'true',
    PGRST_DB_TX_END: 'commit-allow-override',
  };
}

export function uriOf({ host, port, user, password, database }: ConnectionTarget): string {
  const parameters = new URLSearchParams({ host, port: String(port), user, password, dbname: database });
  return `postgresql://?${parameters}`;
}

export function token(claims: Record<string, unknown>, secret = JWT_SECRET): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(new TextEncoder().encode(secret));
}

/** Headers of a signed-in observer; without one, of nobody in particular. */
export async function signedIn(observer?: number): Promise<Record<string, string>> {
  return { Authorization: `Bearer ${await token({ role: 'authenticated', observer })}` };
}
