import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse, TomlError } from 'smol-toml';
import type { SettingsEnvironment } from '#kernel/config.ts';
import { OperatorError } from '#kernel/errors.ts';
import type { FolderPaths } from '../folder.ts';
import { unknownKeys } from './known-keys.ts';
import { resolveReferences } from './references.ts';
import { type ConfigTable, configTable } from './table.ts';

/** What config.toml says, with the CLI's defaults. Sections of services stay tables; each service reads its own. */
export interface FolderConfig {
  readonly projectId: string;
  readonly api: {
    readonly enabled: boolean;
    /** Absent when the file names none. */
    readonly port?: number;
    readonly schemas: readonly string[];
    readonly extraSearchPath: readonly string[];
    readonly maxRows: number;
  };
  readonly migrations: { readonly enabled: boolean };
  readonly seed: { readonly enabled: boolean; readonly sqlPaths: readonly string[] };
  readonly jwtSecret?: string;
  readonly anonKey?: string;
  readonly serviceRoleKey?: string;
  readonly publishableKey?: string;
  readonly secretKey?: string;
  /** From the folder `supabase/`. */
  readonly signingKeysPath?: string;
  /** The whole file, references resolved: for the services that come. */
  readonly table: ConfigTable;
  /** What the person should know, one sentence each. */
  readonly warnings: readonly string[];
}

/** Reads config.toml as the Supabase CLI does. No file means defaults. Throws OperatorError with line and column, or with the key. */
export function readFolderConfig(paths: FolderPaths, environment: Pick<SettingsEnvironment, 'lookup'>): FolderConfig {
  const file = join(paths.supabase, 'config.toml');
  const raw = existsSync(file) ? parseToml(file) : {};
  const dotEnv = readDotEnv(paths);
  const lookup = (name: string) => environment.lookup(name) ?? dotEnv[name];
  const { config, unset } = resolveReferences(raw, lookup);
  const table = configTable(config, file);
  const warnings = [
    ...(existsSync(file) ? [] : [`there is no ${file}; the CLI's defaults hold`]),
    ...unknownKeys(raw).map((key) => `config.toml: the key ${key} is unknown and has no effect`),
    ...unset.map((name) => `config.toml: the environment variable ${name} is not set; env(${name}) stays as it is`),
  ];
  return { ...settings(table, basename(paths.root)), table, warnings };
}

function settings(table: ConfigTable, folderName: string): Omit<FolderConfig, 'table' | 'warnings'> {
  return {
    projectId: table.text('project_id') || folderName,
    api: {
      enabled: table.flag('api.enabled', true),
      port: table.integer('api.port'),
      schemas: withDefault(table.texts('api.schemas'), ['public', 'graphql_public']),
      extraSearchPath: table.texts('api.extra_search_path') ?? ['public', 'extensions'],
      maxRows: table.integer('api.max_rows') ?? 1000,
    },
    migrations: { enabled: table.flag('db.migrations.enabled', true) },
    seed: {
      enabled: table.flag('db.seed.enabled', true),
      sqlPaths: table.texts('db.seed.sql_paths') ?? ['./seed.sql'],
    },
    jwtSecret: settled(table.text('auth.jwt_secret')),
    anonKey: settled(table.text('auth.anon_key')),
    serviceRoleKey: settled(table.text('auth.service_role_key')),
    publishableKey: settled(table.text('auth.publishable_key')),
    secretKey: settled(table.text('auth.secret_key')),
    signingKeysPath: settled(table.text('auth.signing_keys_path')),
  };
}

function withDefault(given: readonly string[] | undefined, fallback: readonly string[]): readonly string[] {
  return given && given.length > 0 ? given : fallback;
}

/** A reference to a variable that is not set is no value. */
function settled(text: string | undefined): string | undefined {
  return text === undefined || text === '' || /^env\(.+\)$/.test(text) ? undefined : text;
}

function parseToml(file: string): Record<string, unknown> {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason] = error.message.split('\n');
    throw new OperatorError(`${file} line ${error.line}, column ${error.column}: ${reason}`, { cause: error });
  }
}

/** The CLI's files with variables; the first that names one wins, and the environment wins over all. */
function readDotEnv({ root, supabase }: FolderPaths): Record<string, string | undefined> {
  const names = ['.env.development.local', '.env.local', '.env.development', '.env'];
  const files = [supabase, root].flatMap((folder) => names.map((name) => join(folder, name)));
  const found = files.filter((path) => existsSync(path)).map((path) => parseEnv(readFileSync(path, 'utf8')));
  return Object.assign({}, ...found.reverse());
}
