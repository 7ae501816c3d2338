import { OperatorError } from '#kernel/errors.ts';
import type { MigrationFile } from './files.ts';

/** A row of supabase_migrations.schema_migrations. */
export interface Applied {
  readonly version: string;
  readonly statements: readonly string[] | null;
}

/**
 * What is left to run, and what a person should know about what ran before. Throws OperatorError when two files have one version,
 * or when a file that was applied is gone: then nobody can say what the database should look like.
 */
export function planHistory(
  files: readonly MigrationFile[],
  applied: readonly Applied[],
): { due: MigrationFile[]; remarks: string[] } {
  refuseTwins(files);
  refuseLost(files, applied);
  const known = new Map(applied.map((row) => [row.version, row]));
  const last =
    applied
      .map(({ version }) => version)
      .sort()
      .at(-1) ?? '';
  const due = files.filter(({ version }) => !known.has(version));
  const late = due.filter(({ version }) => version < last);
  const changed = files.filter((file) => differs(file, known.get(file.version)));
  return {
    due,
    remarks: [
      ...late.map(({ label }) => `${label} comes before migrations that were applied already; it runs now`),
      ...changed.map(({ label }) => `${label} was changed after it had been applied; --reset applies it as it is now`),
    ],
  };
}

function refuseTwins(files: readonly MigrationFile[]): void {
  const twin = files.find((file, index) => files[index - 1]?.version === file.version);
  if (!twin) return;
  throw new OperatorError(`two migrations have the version ${twin.version}; the second is ${twin.label}`, {
    remedy: 'Give one of them another timestamp.',
  });
}

function refuseLost(files: readonly MigrationFile[], applied: readonly Applied[]): void {
  const versions = new Set(files.map(({ version }) => version));
  const lost = applied.filter(({ version }) => !versions.has(version));
  if (lost.length === 0) return;
  throw new OperatorError(
    `the database has migrations whose files are missing: ${lost.map(({ version }) => version).join(', ')}`,
    { remedy: 'Bring the files back, or make the database anew with --reset (its data is lost).' },
  );
}

function differs(file: MigrationFile, row: Applied | undefined): boolean {
  if (!row?.statements) return false;
  return JSON.stringify(row.statements) !== JSON.stringify(file.statements.map(({ text }) => text));
}
