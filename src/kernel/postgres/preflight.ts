/**
 * Looks at an external server before anything is done on it: what the owner role lacks, what follows from it, and the SQL
 * that grants it, all at once.
 */
import type { Client } from 'pg';
import { OperatorError } from '../errors.ts';
import type { ConnectionTarget } from './database.ts';
import { connectOwner } from './owner.ts';
import { type Facts, type Finding, findingsOf } from './preflight-findings.ts';

export { parseDatabaseUrl } from './database-url.ts';
export type { Finding } from './preflight-findings.ts';

const OLDEST_MAJOR = 15;

export interface ServerReport {
  /** e.g. `16.4`. */
  readonly version: string;
  readonly major: number;
  readonly findings: readonly Finding[];
}

/**
 * Connects and examines. Throws `OperatorError` when the server cannot be reached, refuses the login, is older than
 * Postgres 15 or only a standby; privileges that are missing are findings.
 */
export async function checkServer(target: ConnectionTarget): Promise<ServerReport> {
  const client = await connectOwner(target).catch((error) => {
    throw unreachable(target, error);
  });
  try {
    const facts = await readFacts(client);
    const major = Math.floor(facts.version_num / 10_000);
    if (major < OLDEST_MAJOR)
      throw new OperatorError(
        `the server of DATABASE_URL is Postgres ${facts.version}; ${OLDEST_MAJOR} or newer is needed`,
        {
          remedy: `Upgrade it, name another server in DATABASE_URL, or unset it to use the embedded Postgres.`,
        },
      );
    if (facts.standby)
      throw new OperatorError('the server of DATABASE_URL is a standby, which cannot be written to', {
        remedy: 'Name its primary in DATABASE_URL.',
      });
    return { version: facts.version, major, findings: findingsOf(facts, major) };
  } finally {
    await client.end();
  }
}

/** The report as text for a person, fatal findings first; empty when nothing is missing. */
export function describeReport(report: ServerReport): string {
  const sorted = [...report.findings].sort((a, b) => Number(b.fatal) - Number(a.fatal));
  return sorted
    .map(({ missing, consequence, sql, fatal }) => {
      const statements = sql.replaceAll('\n', '\n      ');
      return `  - ${missing}: ${consequence}${fatal ? '' : ' (the rest works)'}\n      ${statements}`;
    })
    .join('\n');
}

/** Throws one `OperatorError` listing everything when something fatal is missing. */
export function requireUsable(report: ServerReport): void {
  if (!report.findings.some(({ fatal }) => fatal)) return;
  throw new OperatorError(`the database of DATABASE_URL cannot be used yet:\n${describeReport(report)}`, {
    remedy: 'Run the SQL above as a superuser (or what your provider calls its administrator), then start again.',
  });
}

// rds_replication and its like: managed servers hand out replication as a role, since the attribute takes a superuser.
const FACTS = `
with wanted(name) as (values ('anon'), ('authenticated'), ('service_role'), ('authenticator'), ('freehold_services')),
     present as (select r.oid, r.rolname, r.rolbypassrls, r.rolsuper from wanted join pg_roles r on r.rolname = wanted.name)
select current_setting('server_version') as version,
       current_setting('server_version_num')::int as version_num,
       pg_is_in_recovery() as standby,
       current_setting('server_encoding') as encoding,
       current_user::text as user,
       current_database()::text as database,
       quote_ident(current_user) as user_identifier,
       quote_ident(current_database()) as database_identifier,
       me.rolsuper as superuser,
       me.rolcreaterole as createrole,
       me.rolbypassrls as bypassrls,
       me.rolreplication or exists (
         select from pg_roles r
         where r.rolname in ('rds_replication', 'alloydbreplica', 'azure_pg_replication') and pg_has_role(r.oid, 'member')
       ) as replication,
       has_database_privilege(current_database(), 'create') as create_in_database,
       coalesce(has_schema_privilege(to_regnamespace('public')::oid, 'create'), false) as create_in_public,
       array(
         select n from unnest(array['freehold', 'auth', 'extensions', 'graphile_worker']) n where to_regnamespace(n) is null
       ) as missing_schemas,
       array(
         select n from unnest(array['freehold', 'auth']) n
         where to_regnamespace(n) is not null and not has_schema_privilege(to_regnamespace(n)::oid, 'create')
           and not (n = 'auth' and 4 = (
             select count(*) from pg_proc p
             where p.pronamespace = to_regnamespace('auth') and p.pronargs = 0 and p.proname in ('uid', 'jwt', 'role', 'email')
           ))
       ) as foreign_schemas,
       array(select name from wanted where to_regrole(name) is null) as missing_roles,
       array(select rolname::text from present where not pg_has_role(oid, 'usage with admin option')) as foreign_roles,
       exists (select from present where rolname = 'service_role' and (rolbypassrls or rolsuper)) as service_role_bypasses,
       coalesce((
         select json_agg(json_build_object('login', login.rolname, 'role', p.rolname)) from present p, present login
         where login.rolname in ('authenticator', 'freehold_services') and p.rolname not in ('authenticator', 'freehold_services')
           and not pg_has_role(login.oid, p.oid, 'member')
       ), '[]') as missing_memberships,
       current_setting('wal_level') as wal_level,
       current_setting('max_replication_slots')::int as slots,
       current_setting('max_wal_senders')::int as senders
from pg_roles me where me.rolname = current_user`;

async function readFacts(client: Client): Promise<Facts> {
  const { rows } = await client.query<Facts>(FACTS);
  return rows[0]!;
}

function unreachable(target: ConnectionTarget, error: unknown): OperatorError {
  const { code, message } = error as { code?: string; message: string };
  const where = target.host.startsWith('/')
    ? `${target.host} (socket, port ${target.port})`
    : `${target.host}:${target.port}`;
  const fail = (what: string, remedy: string) => new OperatorError(what, { remedy, cause: error });
  if (code === '28P01' || code === '28000' || message.includes('password must be a'))
    return fail(
      `the server at ${where} refuses the login of "${target.user}": ${message}`,
      'Correct user and password in DATABASE_URL.',
    );
  if (code === '3D000')
    return fail(
      `the server at ${where} has no database "${target.database}"`,
      `Create it, or correct its name in DATABASE_URL.`,
    );
  if (code === '53300')
    return fail(
      `the server at ${where} has no connection left for "${target.user}": ${message}`,
      'Raise its max_connections (Freehold takes FREEHOLD_POOL_SIZE and sixteen more), or close other programs.',
    );
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return fail(`the host "${target.host}" is not known`, 'Correct the host in DATABASE_URL.');
  if (
    /SSL|TLS|certificate|self.signed|altnames/i.test(message) ||
    code?.startsWith('ERR_TLS') ||
    code?.includes('CERT')
  )
    return fail(
      `the TLS connection to ${where} (sslmode=${target.tls.kind}) failed: ${message}`,
      'Correct sslmode and sslrootcert in DATABASE_URL, or the certificate of the server.',
    );
  return fail(
    `the server at ${where} cannot be reached: ${message || code}`,
    'Start it, or correct DATABASE_URL; unset it to use the embedded Postgres.',
  );
}
