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
    const statements = [...before, ...work.statements];
    if (!work.check && !work.rollback)
      return (await database.oneShot(identity, statements, options)).slice(before.length);
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
  const { cookie, ...headers } = request.headers;
  const settings: Record<string, string> = {
    search_path: [schema, ...config.dbExtraSearchPath].map(identifier).join(', '),
    'request.method': request.method,
    'request.path': request.path,
    'request.headers': inOrder(Object.entries(headers)),
    'request.cookies': cookiesOf(cookie),
  };
  for (const [name, value] of cache.roleSettings.get(requester.role) ?? []) settings[name] = value;
  for (const [name, value] of work.routine?.settings ?? []) settings[name] = value;
  if (work.timezone) settings['timezone'] = work.timezone;
  for (const [name, value] of Object.entries(config.appSettings))
    if (SETTING_NAME.test(`app.settings.${name}`)) settings[`app.settings.${name}`] = value;
  const isolation = work.routine?.isolation ?? cache.roleIsolation.get(requester.role);
  return { settings, readOnly: work.readOnly, signal: request.signal, ...(isolation && { isolation }) };
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
