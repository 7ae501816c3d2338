import type { Client } from 'pg';
import { OperatorError } from '#kernel/errors.ts';
import { MIGRATION_LOCK } from '#kernel/postgres/bootstrap.ts';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import { withOwner } from '#kernel/postgres/owner.ts';
import { type ExtensionPlan, planExtensions } from '../extensions/plan.ts';
import type { MigrationFile, SeedFile } from './files.ts';
import { type Applied, planHistory } from './history.ts';
import { runFile } from './run-file.ts';

export interface ApplyOptions {
  readonly owner: ConnectionTarget;
  readonly migrations: readonly MigrationFile[];
  readonly seeds: readonly SeedFile[];
  note(text: string): void;
}

export interface ApplyReport {
  /** Labels of what ran now. */
  readonly migrations: readonly string[];
  readonly seeds: readonly string[];
}

/** Where the Supabase CLI writes down what it ran; its own tools read it too. */
const LEDGER = `
  create schema if not exists supabase_migrations;
  create table if not exists supabase_migrations.schema_migrations (
    version    text primary key,
    statements text[],
    name       text
  );
  create table if not exists supabase_migrations.seed_files (path text primary key, hash text not null);
  create table if not exists freehold.project_folder (
    event       text primary key,
    happened_at timestamptz not null default now()
  )`;

/**
 * Brings the project's database up to date: each migration exactly once, in order; seeds only before the first successful start.
 * What extensions are lacking is said before anything runs. Throws OperatorError with file, line and SQLSTATE.
 */
export async function applyProject(options: ApplyOptions): Promise<ApplyReport> {
  return withOwner(options.owner, async (lock) => {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await lock.query(LEDGER);
    // A connection of its own: a file may change the session in any way it likes.
    return withOwner(options.owner, (client) => applyLocked(client, lock, options));
  });
}

async function applyLocked(client: Client, ledger: Client, options: ApplyOptions): Promise<ApplyReport> {
  const { migrations, seeds, note } = options;
  const { rows } = await ledger.query<Applied>('select version, statements from supabase_migrations.schema_migrations');
  const { due, remarks } = planHistory(migrations, rows);
  for (const remark of remarks) note(remark);
  const dueSeeds = await seedsDue(ledger, seeds);
  const extensions = planExtensions([...due, ...dueSeeds], await availableExtensions(ledger));
  if (extensions.faults.length > 0) throw lacking(extensions);
  for (const warning of extensions.warnings) note(warning);
  await runMigrations(client, due, { ...options, extensions });
  await runSeeds(client, dueSeeds, { ...options, extensions });
  await ledger.query(`insert into freehold.project_folder (event) values ('seeded') on conflict do nothing`);
  return { migrations: due.map(({ label }) => label), seeds: dueSeeds.map(({ label }) => label) };
}

type Running = ApplyOptions & { readonly extensions: ExtensionPlan };

async function runMigrations(client: Client, files: readonly MigrationFile[], options: Running): Promise<void> {
  const { owner, extensions } = options;
  for (const file of files) {
    const { version, name, statements } = file;
    const record = async () => {
      await client.query(
        'insert into supabase_migrations.schema_migrations (version, statements, name) values ($1, $2, $3)',
        [version, statements.map(({ text }) => text), name],
      );
    };
    await runFile(file, { client, database: owner.database, extensions, record });
  }
}

async function runSeeds(client: Client, files: readonly SeedFile[], options: Running): Promise<void> {
  const { owner, extensions } = options;
  for (const file of files) {
    const record = async () => {
      await client.query('insert into supabase_migrations.seed_files (path, hash) values ($1, $2)', [
        `supabase/${file.label}`,
        file.hash,
      ]);
    };
    await runFile(file, { client, database: owner.database, extensions, record });
  }
}

/** None once a start has come through; before that, those that the last attempt did not reach. */
async function seedsDue(ledger: Client, seeds: readonly SeedFile[]): Promise<SeedFile[]> {
  const { rowCount } = await ledger.query(`select from freehold.project_folder where event = 'seeded'`);
  if (rowCount) return [];
  const { rows } = await ledger.query<{ path: string }>('select path from supabase_migrations.seed_files');
  const done = new Set(rows.map(({ path }) => path));
  return seeds.filter(({ label }) => !done.has(`supabase/${label}`));
}

async function availableExtensions(client: Client): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>('select name from pg_available_extensions');
  return new Set(rows.map(({ name }) => name));
}

function lacking({ faults }: ExtensionPlan): OperatorError {
  return new OperatorError(
    `this Postgres lacks what the project uses; nothing was run:\n  - ${faults.map(({ message }) => message).join('\n  - ')}`,
    {
      remedy:
        'Take these statements out, or set DATABASE_URL to a Postgres (15 or newer) that has the extensions installed.',
    },
  );
}
