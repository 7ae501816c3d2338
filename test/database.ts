/**
 * Databases for tests: `const db = await testDatabase({ migrations })`, then `await db.close()`. Each is a clone of a template
 * that was prepared once per distinct list of migrations.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Client } from 'pg';
import { createLog } from '#kernel/log.ts';
import { authenticatorTarget, bootstrap, servicesTarget } from '#kernel/postgres/bootstrap.ts';
import type { ConnectionTarget, Database, Row } from '#kernel/postgres/database.ts';
import { type MigrationSource, migrate } from '#kernel/postgres/migrate.ts';
import { connectOwner, withOwner } from '#kernel/postgres/owner.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import { publishedCluster, startTestCluster, type TestCluster } from './cluster.ts';

const PASSWORD = 'authenticator-of-tests';
const POSTGRES_FOLDER = new URL('../src/kernel/postgres/', import.meta.url);
const log = createLog('error');

export interface TestDatabase extends AsyncDisposable {
  /** Sessions, as the application has them. */
  readonly database: Database;
  /** Sessions of the services, which may become supabase_auth_admin, supabase_storage_admin and supabase_realtime_admin too. */
  readonly services: Database;
  /** Login of `authenticator`. */
  readonly target: ConnectionTarget;
  /** Login of the superuser. */
  readonly owner: ConnectionTarget;
  /** Runs one statement as the superuser, past every policy. */
  sql<R = Row>(text: string, values?: readonly unknown[]): Promise<R[]>;
  /** Closes the sessions and drops the database. */
  close(): Promise<void>;
}

let own: Promise<TestCluster> | undefined;

/** Superuser on the database `postgres` of the run's cluster. */
export async function clusterTarget(): Promise<ConnectionTarget> {
  const published = publishedCluster();
  if (published) return published;
  own ??= startOwn();
  return (await own).target;
}

/** Stops when nothing is left to do: a hook of node:test would run before the file's own hooks, which still need the server. */
async function startOwn(): Promise<TestCluster> {
  const cluster = await startTestCluster();
  process.once('beforeExit', () => void cluster.stop());
  return cluster;
}

export async function testDatabase(
  options: { migrations?: readonly MigrationSource[]; poolSize?: number } = {},
): Promise<TestDatabase> {
  const cluster = await clusterTarget();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const template = await preparedTemplate(cluster, options.migrations ?? []);
  // Copying files takes 30 ms where copying through the log takes 170; its checkpoint is cheap with fsync off.
  await withOwner(cluster, (client) => client.query(`create database ${name} template ${template} strategy file_copy`));
  const owner = { ...cluster, database: name };
  const target = authenticatorTarget(owner, PASSWORD);
  const poolSize = options.poolSize ?? 4;
  const database = openDatabase({ target, poolSize, statementTimeoutMs: 30_000, log });
  const services = openDatabase({ target: servicesTarget(owner, PASSWORD), poolSize, statementTimeoutMs: 30_000, log });
  const client = await connectOwner(owner);
  const close = async () => {
    await Promise.all([database.close(), services.close()]);
    await client.end();
    await withOwner(cluster, (admin) => admin.query(`drop database if exists ${name} with (force)`));
  };
  return {
    database,
    services,
    target,
    owner,
    sql: async (text, values) => (await client.query(text, values as unknown[])).rows,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Name of the template for these migrations; made under a lock, because test files run side by side. */
async function preparedTemplate(cluster: ConnectionTarget, migrations: readonly MigrationSource[]): Promise<string> {
  const name = `template_${fingerprint(migrations)}`;
  await withOwner(cluster, async (admin) => {
    if (await isTemplate(admin, name)) return;
    await admin.query('select pg_advisory_lock(hashtext($1))', ['test templates']);
    if (await isTemplate(admin, name)) return;
    await admin.query(`drop database if exists ${name}`);
    await admin.query(`create database ${name}`);
    const owner = { ...cluster, database: name };
    await bootstrap({ owner, authenticatorPassword: PASSWORD });
    await migrate({ owner, migrations, log });
    await admin.query(`alter database ${name} is_template true`);
  });
  return name;
}

async function isTemplate(admin: Client, name: string): Promise<boolean> {
  const { rows } = await admin.query('select from pg_database where datname = $1 and datistemplate', [name]);
  return rows.length > 0;
}

function fingerprint(migrations: readonly MigrationSource[]): string {
  const hash = createHash('sha256').update(readFileSync(new URL('roles.sql', POSTGRES_FOLDER)));
  for (const { ledger, folder } of migrations) {
    const base = new URL(folder.href.endsWith('/') ? folder.href : `${folder.href}/`);
    for (const name of readdirSync(base).sort())
      if (name.endsWith('.sql')) hash.update(`\0${ledger}/${name}\0`).update(readFileSync(new URL(name, base)));
  }
  return hash.digest('hex').slice(0, 16);
}
