import { readFileSync } from 'node:fs';
import type { SettingsEnvironment } from '#kernel/config.ts';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import { ConfigError, type FileSettings, parseConfigFile } from './config-file.ts';
import { parseDatabaseUri } from './database-uri.ts';
import { type DataApiSettings, readSettings } from './settings.ts';

const NONE: ReadonlyMap<string, string> = new Map();

/**
 * All settings, freshly read from file and environment; `database` are those that `readDatabaseSettings` gave.
 * Throws `ConfigError`: what is wrong, with the file's name where it is the file.
 */
export function readDataApiSettings(
  environment: SettingsEnvironment,
  file: string | undefined,
  database: ReadonlyMap<string, string> = NONE,
): DataApiSettings {
  const fileSettings = file === undefined ? NONE : readConfigFile(file, environment);
  return readSettings({ environment: environment.variables, file: fileSettings, database }, readText);
}

/** Where and as whom to connect, from `db-uri`. */
export function databaseTarget(settings: DataApiSettings, environment: SettingsEnvironment): ConnectionTarget {
  const { uri } = settings.database;
  const text = uri.startsWith('@') ? readText(uri.slice(1)).trim() : uri;
  return parseDatabaseUri(text, environment.variables);
}

function readConfigFile(path: string, environment: SettingsEnvironment): FileSettings {
  try {
    return parseConfigFile(readText(path), { readFile: readText, lookup: environment.lookup });
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`${path}: ${error.message}`);
    throw error;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigError(`cannot read ${path}: ${code === 'ENOENT' ? 'there is no such file' : message}`);
  }
}
