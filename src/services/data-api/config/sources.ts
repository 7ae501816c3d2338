import { ConfigError, type FileSettings } from './config-file.ts';
import { OPTIONS, type Option, underscored } from './options.ts';

/** Where settings come from; the database wins over the environment, the environment over the file. */
export interface Sources {
  readonly environment: Readonly<Record<string, string>>;
  readonly file: FileSettings;
  /** By name with underscores and without `pgrst.`; empty when `db-config` is off or the database is away. */
  readonly database: ReadonlyMap<string, string>;
}

/**
 * Reads single settings as PostgREST does: an empty text counts as absent, and so does a number or boolean that is none, of which
 * `warnings` tells.
 */
export interface Reader {
  text(name: string): string | undefined;
  list(name: string): readonly string[] | undefined;
  boolean(name: string): boolean | undefined;
  integer(name: string): number | undefined;
  readonly warnings: readonly string[];
}

const byName = new Map(OPTIONS.map((option) => [option.name, option]));

export function createReader(sources: Sources): Reader {
  const warnings: string[] = [];
  const raw = (name: string): string | undefined => {
    const option = byName.get(name);
    if (!option) throw new ConfigError(`there is no setting ${name}`);
    return lookup(option, sources);
  };
  const converted = <T>(name: string, right: string, convert: (text: string) => T | undefined): T | undefined => {
    const text = raw(name);
    if (text === undefined || text === '') return undefined;
    const value = convert(text);
    if (value === undefined) warnings.push(`${name} is "${text}", which is not ${right}: its default is used`);
    return value;
  };
  return {
    warnings,
    text: (name) => raw(name) || undefined,
    list: (name) =>
      raw(name)
        ?.split(',')
        .map((each) => each.trim()),
    boolean: (name) => converted(name, 'true or false', toBoolean),
    integer: (name) => converted(name, 'a whole number', toInteger),
  };
}

/** Under its own name from every source first, under the older one then. */
function lookup(option: Option, sources: Sources): string | undefined {
  for (const name of option.alias ? [option.name, option.alias] : [option.name]) {
    const inDatabase = option.inDatabase ? sources.database.get(underscored(name)) : undefined;
    const found =
      inDatabase ?? sources.environment[`PGRST_${underscored(name).toUpperCase()}`] ?? sources.file.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function toBoolean(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  const number = toInteger(text);
  return number === undefined ? undefined : number > 0;
}

function toInteger(text: string): number | undefined {
  return /^\s*-?\d+\s*$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
}

/** `app.settings.*`: the environment's `PGRST_APP_SETTINGS_name` wins over the file's; names without the prefix. */
export function appSettings({ environment, file }: Sources): Readonly<Record<string, string>> {
  const found: [string, string][] = [];
  for (const [key, value] of file) if (key.startsWith('app.settings.')) found.push([key.slice(13), value]);
  for (const [key, value] of Object.entries(environment))
    if (key.startsWith('PGRST_APP_SETTINGS_')) found.push([key.slice(19), value]);
  return Object.fromEntries(found);
}
