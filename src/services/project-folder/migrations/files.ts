import { createHash } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import type { SqlStatement } from '#kernel/postgres/statements.ts';
import { splitStatements } from '#kernel/postgres/statements.ts';

/** One SQL file of the project, read and split. */
export interface SqlFile {
  /** As messages name it: `migrations/20240101000000_init.sql`, `seed.sql`. */
  readonly label: string;
  readonly sql: string;
  readonly statements: readonly SqlStatement[];
}

export interface MigrationFile extends SqlFile {
  /** The digits before the first underscore; the order, and the key of the ledger. */
  readonly version: string;
  readonly name: string;
}

export interface SeedFile extends SqlFile {
  /** SHA-256 of the file, hexadecimal. */
  readonly hash: string;
}

const MIGRATION = /^(\d+)_(.*)\.sql$/;

/** The files of migrations/ in the order they run. `ignored` are SQL files whose name the CLI would not take either. */
export function readMigrationFiles(supabase: string): { files: MigrationFile[]; ignored: string[] } {
  const folder = join(supabase, 'migrations');
  if (!existsSync(folder)) return { files: [], ignored: [] };
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const files = names.flatMap((name) => {
    const match = MIGRATION.exec(name);
    if (!match) return [];
    return [{ ...readSql(join(folder, name), `migrations/${name}`), version: match[1]!, name: match[2]! }];
  });
  return { files, ignored: names.filter((name) => !MIGRATION.test(name)) };
}

/** The files that the patterns of `db.seed.sql_paths` name, each once, in the order of the patterns. `unmatched` found nothing. */
export function readSeedFiles(
  supabase: string,
  patterns: readonly string[],
): { files: SeedFile[]; unmatched: readonly string[] } {
  const found = patterns.map((pattern) => ({ pattern, paths: matching(supabase, pattern) }));
  const paths = [...new Set(found.flatMap((each) => each.paths))];
  const files = paths.map((path) => {
    const file = readSql(path, relative(supabase, path));
    return { ...file, hash: createHash('sha256').update(file.sql).digest('hex') };
  });
  return { files, unmatched: found.filter((each) => each.paths.length === 0).map((each) => each.pattern) };
}

function matching(supabase: string, pattern: string): string[] {
  const absolute = isAbsolute(pattern) ? pattern : join(supabase, pattern);
  return globSync(absolute).sort();
}

/** psql's own commands that newer pg_dump writes around a dump; they say nothing to the server. */
const RESTRICT = /^\\(un)?restrict .*$/gm;

function readSql(path: string, label: string): SqlFile {
  const sql = readFileSync(path, 'utf8')
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .replaceAll(RESTRICT, '');
  return { label, sql, statements: splitStatements(sql) };
}
