import { createHash } from 'node:crypto';
import type { SettingsEnvironment } from '#kernel/config.ts';
import { missingFeatures } from './config/missing-features.ts';
import { type FolderConfig, readFolderConfig } from './config/read-config.ts';
import { type FolderPaths, findFolder } from './folder.ts';
import { type MigrationFile, readMigrationFiles, readSeedFiles, type SeedFile } from './migrations/files.ts';

/** Everything that stands in a project's folder, read once. */
export interface ProjectFolder {
  readonly paths: FolderPaths;
  readonly config: FolderConfig;
  /** Made of the project's id; fit to be the name of a database. */
  readonly databaseName: string;
  readonly migrations: readonly MigrationFile[];
  readonly seeds: readonly SeedFile[];
  /** One sentence each. */
  readonly warnings: readonly string[];
}

/** Reads the project at `path`. Throws OperatorError: no project there, or a config.toml that cannot be read. */
export function readProjectFolder(path: string, environment: Pick<SettingsEnvironment, 'lookup'>): ProjectFolder {
  const paths = findFolder(path);
  const config = readFolderConfig(paths, environment);
  const migrations = config.migrations.enabled ? readMigrationFiles(paths.supabase) : { files: [], ignored: [] };
  const seeds = config.seed.enabled
    ? readSeedFiles(paths.supabase, config.seed.sqlPaths)
    : { files: [], unmatched: [] };
  return {
    paths,
    config,
    databaseName: databaseNameOf(config.projectId),
    migrations: migrations.files,
    seeds: seeds.files,
    warnings: [
      ...config.warnings,
      ...missingFeatures(config.table),
      ...migrations.ignored.map((name) => `migrations/${name} is passed over: its name must be <timestamp>_name.sql`),
      ...seeds.unmatched
        .filter((pattern) => pattern !== './seed.sql')
        .map((pattern) => `db.seed.sql_paths: nothing matches ${pattern}`),
    ],
  };
}

/** `project_my_app`; what had to be changed to make it a name is kept apart by a hash, so that two ids never share a database. */
export function databaseNameOf(projectId: string): string {
  const plain = /^[a-z0-9][a-z0-9_]{0,47}$/.test(projectId);
  if (plain) return `project_${projectId}`;
  const slug = projectId
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 40);
  return `project_${slug}_${createHash('sha256').update(projectId).digest('hex').slice(0, 8)}`;
}
