import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { OperatorError } from '../errors.ts';
import { splitStatements } from './statements.ts';

/** A folder of `NNNN_name.sql` (and perhaps `policies.sql`) whose applied files are written down under `ledger`. */
export interface MigrationSource {
  readonly ledger: string;
  readonly folder: URL;
}

export interface MigrationFile {
  readonly ledger: string;
  readonly name: string;
  readonly sql: string;
  /** Of the text with \n line ends, so that a checkout on Windows is the same migration. */
  readonly sha256: string;
  /** `policies.sql`: run again whenever its text changes. */
  readonly repeatable: boolean;
}

/** A row of freehold.migrations. */
export interface AppliedMigration {
  readonly ledger: string;
  readonly name: string;
  readonly sha256: string;
}

const NUMBERED = /^\d{4}_[a-z0-9_]+\.sql$/;
const REPEATABLE = 'policies.sql';

/** Reads one folder, in the order its files run. Throws OperatorError on a name that has no place in the order. */
export function readMigrations(source: MigrationSource): MigrationFile[] {
  const names = readdirSync(source.folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const wrong = names.find((name) => name !== REPEATABLE && !NUMBERED.test(name));
  if (wrong) throw new OperatorError(`${source.ledger}/${wrong} is not named NNNN_name.sql or ${REPEATABLE}`);
  const numbered = names.filter((name) => name !== REPEATABLE);
  const twin = numbered.find((name, index) => numbered[index - 1]?.slice(0, 4) === name.slice(0, 4));
  if (twin) throw new OperatorError(`${source.ledger}/${twin} has a number that another file has already`);
  // Policies name tables, so they come after every numbered file.
  const ordered = names.includes(REPEATABLE) ? [...numbered, REPEATABLE] : numbered;
  return ordered.map((name) => readMigration(source, name));
}

function readMigration(source: MigrationSource, name: string): MigrationFile {
  const folder = source.folder.href.endsWith('/') ? source.folder : new URL(`${source.folder.href}/`);
  const sql = readFileSync(new URL(name, folder), 'utf8').replaceAll('\r\n', '\n');
  const sha256 = createHash('sha256').update(sql).digest('hex');
  const file = { ledger: source.ledger, name, sql, sha256, repeatable: name === REPEATABLE };
  refuseTransactionControl(file);
  return file;
}

/** A COMMIT inside a file would end the transaction that makes the file atomic. */
function refuseTransactionControl(file: MigrationFile): void {
  const wrong = splitStatements(file.sql).find(({ text }) =>
    /^(begin|start\s+transaction|commit|end|abort|rollback(?!\s+(work\s+|transaction\s+)?to\b)|prepare\s+transaction)\b/i.test(
      text,
    ),
  );
  if (!wrong) return;
  throw new OperatorError(`${file.ledger}/${file.name} line ${wrong.line} controls the transaction ("${wrong.text}")`, {
    remedy: 'each file runs in a transaction of its own; leave begin and commit out',
  });
}

/**
 * What is left to run of one ledger, in order. Throws OperatorError that names the file when history does not fit:
 * an applied file changed or is gone, or a new file stands before an applied one.
 */
export function planMigrations(files: readonly MigrationFile[], applied: readonly AppliedMigration[]): MigrationFile[] {
  const known = new Map(applied.map((row) => [row.name, row]));
  for (const row of applied) {
    if (files.some((file) => file.name === row.name)) continue;
    throw new OperatorError(
      `migration ${row.ledger}/${row.name} was applied to this database but its file is missing`,
      {
        remedy: 'bring the file back; to undo what it did, add a new file',
      },
    );
  }
  const last = applied
    .map((row) => row.name)
    .filter((name) => name !== REPEATABLE)
    .sort()
    .at(-1);
  for (const file of files.filter((each) => !each.repeatable)) refuseRewrittenHistory(file, known.get(file.name), last);
  return files.filter((file) => known.get(file.name)?.sha256 !== file.sha256);
}

function refuseRewrittenHistory(
  file: MigrationFile,
  row: AppliedMigration | undefined,
  last: string | undefined,
): void {
  if (row && row.sha256 !== file.sha256)
    throw new OperatorError(
      `migration ${file.ledger}/${file.name} was changed after it had been applied to this database`,
      {
        remedy: 'put the old text back and write the change into a new file',
      },
    );
  if (!row && last && file.name < last)
    throw new OperatorError(
      `migration ${file.ledger}/${file.name} is new but comes before ${last}, which was applied already`,
      {
        remedy: `give it a number after ${last.slice(0, 4)}`,
      },
    );
}
