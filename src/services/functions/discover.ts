import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { parseEnv } from 'node:util';

/** One script as config.toml and its folder describe it. Paths are absolute. */
export interface FunctionSettings {
  readonly name: string;
  readonly entrypoint: string;
  readonly verifyJwt: boolean;
  /** deno.json, deno.jsonc or import_map.json. */
  readonly importMap?: string;
  /** Of functions/.env, [edge_runtime.secrets] and [functions.NAME.env]. */
  readonly env: Readonly<Record<string, string>>;
}

/** What is read of config.toml; `ConfigTable` of the project folder fits. */
interface Table {
  text(path: string): string | undefined;
  flag(path: string, fallback: boolean): boolean;
  table(path: string): Readonly<Record<string, unknown>>;
}

const ENTRY_POINTS = ['index.ts', 'index.tsx', 'index.js', 'index.mjs', 'index.jsx'];
const IMPORT_MAPS = ['deno.json', 'deno.jsonc', 'import_map.json'];

/** The scripts of `supabase/functions`, as the Supabase CLI finds them; those switched off in config.toml are left out. */
export function functionsOf(supabase: string, config: Table): FunctionSettings[] {
  const folder = join(supabase, 'functions');
  const found = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && /^[A-Za-z][\w-]*$/.test(entry.name))
        .map(({ name }) => name)
    : [];
  const shared = { ...dotEnv(join(folder, '.env')), ...texts(config.table('edge_runtime.secrets')) };
  const declared = Object.keys(config.table('functions')).filter((name) => !found.includes(name));
  return [...found, ...declared]
    .sort()
    .filter((name) => config.flag(`functions.${name}.enabled`, true))
    .map((name) => settingsOf(supabase, config, name, shared))
    .filter(({ entrypoint }) => existsSync(entrypoint));
}

function settingsOf(
  supabase: string,
  config: Table,
  name: string,
  shared: Readonly<Record<string, string>>,
): FunctionSettings {
  const own = join(supabase, 'functions', name);
  const path = (key: string) => {
    const given = config.text(`functions.${name}.${key}`);
    return given === undefined || given === '' ? undefined : isAbsolute(given) ? given : join(supabase, given);
  };
  const maps = [...IMPORT_MAPS.map((file) => join(own, file)), join(supabase, 'functions', 'import_map.json')];
  return {
    name,
    entrypoint: path('entrypoint') ?? join(own, ENTRY_POINTS.find((file) => existsSync(join(own, file))) ?? 'index.ts'),
    verifyJwt: config.flag(`functions.${name}.verify_jwt`, true),
    importMap: path('import_map') ?? maps.find((file) => existsSync(file)),
    env: { ...shared, ...texts(config.table(`functions.${name}.env`)) },
  };
}

function dotEnv(file: string): Record<string, string> {
  return existsSync(file) ? (parseEnv(readFileSync(file, 'utf8')) as Record<string, string>) : {};
}

function texts(table: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, String(value)]));
}
