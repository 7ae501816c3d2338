/** Runs a request's statements as its role: in one exchange, or in a transaction of two steps where the result decides its end. */
import type { Database, RawResult, SessionOptions, Statement } from '#kernel/postgres/database.ts';
import type { ApiRequest } from '../api.ts';
import type { Requester } from '../auth/verify-token.ts';
import type { DataApiConfig } from '../config.ts';
import { ApiError } from '../respond/api-error.ts';
import type { Routine, SchemaCache } from '../schema-cache/types.ts';
import { identifier } from '../sql/text.ts';

export interface Work {
  readonly statements: readonly Statement[];
  readonly readOnly: boolean;
  readonly rollback?: boolean;
  /** Throws to undo the work. */
  readonly check?: (results: readonly RawResult[]) => void;
  readonly routine?: Routine;
  readonly timezone?: string;
}

export type Execute = (work: Work) => Promise<RawResult[]>;

export interface Surroundings {
  readonly database: Database;
  readonly request: ApiRequest;
  readonly requester: Requester;
  readonly config: DataApiConfig;
  readonly cache: SchemaCache;
  readonly schema: string;
}

const SETTING_NAME = /^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)*$/;
const UNDO = Symbol('undo');
const SET_CONSTRAINTS: Statement = { text: 'set constraints all immediate' };

export function executor(surroundings: Surroundings): Execute {
  const { database, requester, config } = surroundings;
  const { role, claims } = requester;
  if (role === '' || role.toLowerCase() === 'none')
    throw new ApiError(401, '22023', `role "${role}" does not exist`, { headers: [['WWW-Authenticate', 'Bearer']] });
  const identity = { role, claims };
  const before = config.dbPreRequest ? [{ text: `select ${functionName(config.dbPreRequest)}()` }] : [];
  return async (work) => {
    const options = optionsOf(surroundings, work);
    const statements = before.length === 0 ? work.statements : [...before, ...work.statements];
    if (!work.check && !work.rollback) {
      const all = await database.oneShot(identity, statements, options);
      return before.length === 0 ? all : all.slice(before.length);
    }
    const results: RawResult[] = [];
    try {
      await database.as(
        identity,
        async (session) => {
          for (const statement of statements) results.push(await session.raw(statement));
          work.check?.(results.slice(before.length));
          if (work.rollback) {
            await session.raw(SET_CONSTRAINTS);
            throw UNDO;
          }
        },
        options,
      );
    } catch (error) {
      if (error !== UNDO) throw error;
    }
    return results.slice(before.length);
  };
}

/** `schema.name`, each part quoted unless it is already. */
export function functionName(name: string): string {
  return name
    .split('.')
    .map((part) => (part.startsWith('"') ? part : identifier(part)))
    .join('.');
}

function optionsOf(surroundings: Surroundings, work: Work): SessionOptions {
  const { request, requester, config, cache, schema } = surroundings;
  const settings: Record<string, string> = {
    search_path: searchPath(config, schema),
    'request.method': request.method,
    'request.path': request.path,
    'request.headers': headersOf(request.headers),
    'request.cookies': cookiesOf(request.headers['cookie']),
  };
  const ofRole = cache.roleSettings.get(requester.role);
  if (ofRole) for (const [name, value] of ofRole) settings[name] = value;
  if (work.routine) for (const [name, value] of work.routine.settings) settings[name] = value;
  if (work.timezone) settings['timezone'] = work.timezone;
  for (const name in config.appSettings)
    if (SETTING_NAME.test(`app.settings.${name}`))
      settings[`app.settings.${name}`] = config.appSettings[name] as string;
  const isolation = work.routine?.isolation ?? cache.roleIsolation.get(requester.role);
  return { settings, readOnly: work.readOnly, signal: request.signal, ...(isolation && { isolation }) };
}

const searchPaths = new WeakMap<DataApiConfig, Map<string, string>>();

function searchPath(config: DataApiConfig, schema: string): string {
  let paths = searchPaths.get(config);
  if (!paths) {
    paths = new Map(
      config.dbSchemas.map((each) => [each, [each, ...config.dbExtraSearchPath].map(identifier).join(', ')]),
    );
    searchPaths.set(config, paths);
  }
  return paths.get(schema) as string;
}

/** As JSON with the names in alphabetical order, cookies left out. */
function headersOf(headers: ApiRequest['headers']): string {
  const names: string[] = [];
  for (const name in headers) if (name !== 'cookie' && headers[name] !== undefined) names.push(name);
  let text = '';
  for (const name of names.sort())
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(headers[name])}`;
  return `{${text}}`;
}

function cookiesOf(header: string | undefined): string {
  if (!header) return '{}';
  const pairs = header.split(';').flatMap((part): Pair[] => {
    const at = part.indexOf('=');
    return at < 0 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1).trim()]];
  });
  return inOrder(pairs);
}

type Pair = [string, string | undefined];

/** As an object whose keys are in alphabetical order. */
function inOrder(pairs: Pair[]): string {
  return JSON.stringify(Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))));
}
