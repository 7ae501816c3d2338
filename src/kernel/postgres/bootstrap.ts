import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Client } from 'pg';
import { OperatorError } from '../errors.ts';
import type { ConnectionTarget } from './database.ts';
import { withOwner } from './owner.ts';

const ROLES_SQL = readFileSync(new URL('roles.sql', import.meta.url), 'utf8');
/** Advisory lock shared with `migrate`: one of the two at a time per database. */
export const MIGRATION_LOCK = 7_305_804_402;
const ATTEMPTS = 5;

/**
 * Makes any database of Postgres 15 or newer ready for sessions: roles, schemas, `auth.*()` functions, default privileges;
 * sets the passwords of `authenticator` and `freehold_services`. Idempotent, safe to run at every start and from several processes at once.
 * Throws OperatorError with the SQL that helps when the owner lacks a privilege.
 */
export async function bootstrap(options: {
  owner: ConnectionTarget;
  /** Goes to the server as a SCRAM verifier only, so it never stands in a statement log. */
  authenticatorPassword: string;
}): Promise<void> {
  await withOwner(options.owner, async (client) => {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await retryWhileContended(async () => {
      await client.query(ROLES_SQL);
      await setPassword(client, 'authenticator', options.authenticatorPassword);
      await setPassword(client, 'freehold_services', servicesPassword(options.authenticatorPassword));
    }).catch((error) => {
      throw explained(error, options.owner.user);
    });
  });
}

/** Target of the role that sessions log in as, on the owner's server and database. */
export function authenticatorTarget(owner: ConnectionTarget, password: string): ConnectionTarget {
  return { ...owner, user: 'authenticator', password };
}

/** Target of the role that the services log in as; it may become the owners of their schemas. */
export function servicesTarget(owner: ConnectionTarget, authenticatorPassword: string): ConnectionTarget {
  return { ...owner, user: 'freehold_services', password: servicesPassword(authenticatorPassword) };
}

/** One secret to keep for both logins; neither password gives the other away to whoever only has a login. */
function servicesPassword(authenticatorPassword: string): string {
  return createHmac('sha256', authenticatorPassword).update('freehold services').digest('hex');
}

/**
 * Roles belong to the whole server while advisory locks belong to one database: two databases that bootstrap at the same
 * moment can collide on a role's row. The loser only has to look again.
 */
async function retryWhileContended(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      const contended = code === 'XX000' && message.includes('concurrently');
      if (!contended || attempt === ATTEMPTS) throw error;
    }
  }
}

async function setPassword(client: Client, role: string, password: string): Promise<void> {
  await client.query(`alter role ${role} password '${scramVerifier(password, randomBytes(16), 4096)}'`);
}

/** RFC 5803 form that Postgres stores: `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`. */
export function scramVerifier(password: string, salt: Buffer, iterations: number): string {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${hmac('Server Key').toString('base64')}`;
}

function explained(error: unknown, user: string): unknown {
  const { code, message } = error as { code?: string; message: string };
  if (code !== '42501') return error;
  return new OperatorError(`the database role "${user}" may not prepare the database: ${message}`, {
    remedy:
      `As a superuser, run: alter role "${user}" createrole bypassrls; grant create on database <name> to "${user}"; ` +
      'on Postgres 15 create service_role yourself: create role service_role nologin noinherit bypassrls;',
    cause: error,
  });
}
