import type { Client, DatabaseError } from 'pg';
import { OperatorError } from '#kernel/errors.ts';
import { lineAt, type SqlStatement } from '#kernel/postgres/statements.ts';
import type { ExtensionPlan } from '../extensions/plan.ts';
import { adaptStatement, runsInOneTransaction } from './adapt-statement.ts';
import type { SqlFile } from './files.ts';

export interface RunOptions {
  readonly client: Client;
  readonly database: string;
  readonly extensions: ExtensionPlan;
  /** Runs in the file's transaction, after its last statement. */
  record(): Promise<void>;
}

/**
 * Runs a file statement by statement, in one transaction unless it controls transactions itself or holds a statement that Postgres
 * refuses in one. Throws OperatorError with file, line and SQLSTATE.
 */
export async function runFile(file: SqlFile, options: RunOptions): Promise<void> {
  const { client, record } = options;
  await client.query('reset session authorization; reset role; reset all');
  await client.query(`set statement_timeout = 0; set search_path = "$user", public, extensions`);
  const whole = runsInOneTransaction(file.statements);
  if (whole) await client.query('begin');
  try {
    for (const statement of file.statements) await run(file, statement, options, whole);
    if (whole) await finishChecks(file, client);
    await client.query('reset session authorization; reset role; reset all');
    await record();
    if (whole) await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function run(file: SqlFile, statement: SqlStatement, options: RunOptions, whole: boolean): Promise<void> {
  const { client, database, extensions } = options;
  if (/^copy\b[^;]*\bfrom\s+stdin\b/i.test(statement.text))
    throw new OperatorError(`${file.label} line ${statement.line}: COPY ... FROM stdin needs psql`, {
      remedy: 'Write the data as INSERT statements (pg_dump --column-inserts, supabase db dump without --use-copy).',
    });
  const text = extensions.instead(statement.text) ?? adaptStatement(statement.text, database);
  if (text === '') return;
  try {
    await client.query(text);
  } catch (error) {
    throw explained(file, statement, text, error as DatabaseError, whole);
  }
}

/** Deferred constraints would otherwise fail at commit, where nothing says which file it was. */
async function finishChecks(file: SqlFile, client: Client): Promise<void> {
  const last = file.statements.at(-1);
  if (!last) return;
  try {
    await client.query('set constraints all immediate');
  } catch (error) {
    throw explained(file, last, '', error as DatabaseError, true);
  }
}

function explained(file: SqlFile, statement: SqlStatement, sent: string, error: DatabaseError, whole: boolean): Error {
  if (!error.code) return error;
  // A position in text that is not the file's says nothing about the file.
  const offset = error.position && sent === statement.text ? charactersOf(sent, Number(error.position) - 1) : 0;
  const line = statement.line + lineAt(statement.text, offset) - 1;
  const aside = [error.detail, error.hint, error.where].filter(Boolean).map((text) => `\n  ${text}`);
  return new OperatorError(`${file.label} line ${line}: ${error.message} (SQLSTATE ${error.code})${aside.join('')}`, {
    remedy: whole
      ? 'Correct the file and start again; nothing of it was applied.'
      : 'The file runs outside a transaction, so what stands before that line stays. Correct it and start again, or start with --reset.',
    cause: error,
  });
}

/** UTF-16 offset of a number of characters. */
function charactersOf(text: string, count: number): number {
  let offset = 0;
  for (let seen = 0; seen < count && offset < text.length; seen += 1)
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}
