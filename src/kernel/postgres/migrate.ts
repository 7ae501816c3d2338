import type { EventEmitter } from 'node:events';
import type { Client, DatabaseError } from 'pg';
import { OperatorError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { MIGRATION_LOCK } from './bootstrap.ts';
import type { ConnectionTarget } from './database.ts';
import {
  type AppliedMigration,
  type MigrationFile,
  type MigrationSource,
  planMigrations,
  readMigrations,
} from './migration-plan.ts';
import { withOwner } from './owner.ts';
import { lineAt, splitStatements } from './statements.ts';

export type { MigrationSource } from './migration-plan.ts';

export interface MigrationDone {
  readonly ledger: string;
  readonly name: string;
  readonly ms: number;
}

export interface MigrateOptions {
  /** Owner of the database; sessions never migrate. */
  readonly owner: ConnectionTarget;
  /** Run in this order; a ledger stands here once. */
  readonly migrations: readonly MigrationSource[];
  readonly log: Logger;
  /** Told after each applied file, of `total` files that were due. */
  readonly onFile?: (file: MigrationDone, total: number) => void;
}

/**
 * Applies what is due: plain SQL, forward only, one transaction a file, under one advisory lock per database. Returns what
 * was applied. Throws OperatorError: history that does not fit (named), another process that holds the lock for a minute,
 * or a file that fails (file, line, SQLSTATE); files before it stay applied, of it nothing does.
 */
export async function migrate(options: MigrateOptions): Promise<MigrationDone[]> {
  const { owner, migrations, log, onFile } = options;
  const files = readAll(migrations);
  return withOwner(owner, async (client) => {
    await lock(client);
    await createLedger(client);
    const due = await planAll(client, migrations, files);
    const done: MigrationDone[] = [];
    for (const file of due) {
      const applied = await apply(client, file);
      log.info(applied, 'migration applied');
      onFile?.(applied, due.length);
      done.push(applied);
    }
    return done;
  });
}

/** Every file is read and checked before the first one runs. */
function readAll(migrations: readonly MigrationSource[]): MigrationFile[] {
  const ledgers = migrations.map((source) => source.ledger);
  const twice = ledgers.find((ledger, index) => ledgers.indexOf(ledger) !== index);
  if (twice) throw new OperatorError(`the migration ledger "${twice}" has two folders`);
  return migrations.flatMap(readMigrations);
}

async function lock(client: Client): Promise<void> {
  await client.query("set lock_timeout = '60s'");
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  } catch (error) {
    if ((error as DatabaseError).code !== '55P03') throw error;
    throw new OperatorError('another process has been migrating this database for a minute', {
      remedy: "wait for it, or look for it in pg_stat_activity (application_name 'freehold owner')",
    });
  }
  await client.query('set lock_timeout = 0; set statement_timeout = 0; set search_path = "$user", public, extensions');
}

async function createLedger(client: Client): Promise<void> {
  const { rows } = await client.query<{ schema: boolean }>("select to_regnamespace('freehold') is not null as schema");
  if (!rows[0]!.schema) await client.query('create schema freehold');
  await client.query(`
    create table if not exists freehold.migrations (
      ledger     text not null,
      name       text not null,
      sha256     text not null,
      applied_at timestamptz not null default now(),
      ms         integer not null,
      primary key (ledger, name)
    )`);
}

async function planAll(client: Client, migrations: readonly MigrationSource[], files: readonly MigrationFile[]) {
  const { rows } = await client.query<AppliedMigration>('select ledger, name, sha256 from freehold.migrations');
  return migrations.flatMap(({ ledger }) =>
    planMigrations(
      files.filter((file) => file.ledger === ledger),
      rows.filter((row) => row.ledger === ledger),
    ),
  );
}

async function apply(client: Client, file: MigrationFile): Promise<MigrationDone> {
  const started = performance.now();
  await client.query('begin');
  try {
    await runFile(client, file);
    const ms = Math.round(performance.now() - started);
    await client.query(
      `insert into freehold.migrations (ledger, name, sha256, ms) values ($1, $2, $3, $4)
       on conflict (ledger, name) do update set sha256 = excluded.sha256, applied_at = now(), ms = excluded.ms`,
      [file.ledger, file.name, file.sha256, ms],
    );
    await client.query('commit');
    return { ledger: file.ledger, name: file.name, ms };
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Sends the file as one message; the server's completions are counted so that a failure without a position has a line too. */
async function runFile(client: Client, file: MigrationFile): Promise<void> {
  const { connection } = client as unknown as { connection: EventEmitter };
  let completed = 0;
  const count = () => {
    completed += 1;
  };
  connection.on('commandComplete', count);
  try {
    await client.query(file.sql);
    // Deferred checks would otherwise fail at commit, where nothing says which file it was.
    await client.query('set constraints all immediate');
  } catch (error) {
    throw explained(file, error as DatabaseError, completed);
  } finally {
    connection.off('commandComplete', count);
  }
}

function explained(file: MigrationFile, error: DatabaseError, completed: number): Error {
  if (!error.code) return error;
  const line = error.position
    ? lineAt(file.sql, Number(error.position) - 1)
    : (splitStatements(file.sql)
        .slice(0, completed + 1)
        .at(-1)?.line ?? 1);
  const aside = [error.detail, error.hint, error.where].filter(Boolean).map((text) => `\n  ${text}`);
  return new OperatorError(
    `migration ${file.ledger}/${file.name} failed at line ${line}: ${error.message} (SQLSTATE ${error.code})${aside.join('')}`,
    { remedy: 'correct the file and start again; nothing of it was applied', cause: error },
  );
}
