import type { Identity, SessionOptions, Statement } from './database.ts';

/** Settings that decide who a session is: set from the identity and from nothing else. */
const RESERVED = new Set(['role', 'session_authorization', 'request.jwt.claims', 'request.id']);
const NAME = /^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)*$/;

const RESET: Statement = { text: 'reset all' };
const DISCARD_TEMPORARY: Statement = { text: 'discard temp' };
const IDENTITY =
  "select set_config('role',$1,true),set_config('request.jwt.claims',$2,true),set_config('request.id',$3,true)";
/** Frees what a session before left locked, and fails with 22012 when it left a temporary schema. */
const GUARD = 'pg_catalog.pg_advisory_unlock_all(),1/(pg_catalog.pg_my_temp_schema()=0)::int';
const FREE_LOCKS = 'pg_catalog.pg_advisory_unlock_all()';
/** Frees the session's advisory locks. */
export const UNLOCK = `select ${FREE_LOCKS}`;
const DIVISION_BY_ZERO = '22012';

/** Texts by kind of guard and number of further settings. */
const texts = new Map<string, readonly string[]>();

function identityText(guard: string, settings: number): string {
  const known = texts.get(guard) ?? [];
  const text = known[settings];
  if (text !== undefined) return text;
  const pairs = Array.from({ length: settings }, (_, index) => `set_config($${4 + 2 * index},$${5 + 2 * index},true)`);
  const made = [IDENTITY, ...pairs, guard].join(',');
  const all = [...known];
  all[settings] = made;
  texts.set(guard, all);
  return made;
}

/**
 * What runs before the work of every session, and the only place where role and claims are set; they last until the
 * transaction ends. It also undoes what a session before may have left on the connection without a command of its own that
 * would have shown it, that is, through a function: settings made for the session (RESET ALL), advisory locks, temporary tables.
 * `hasTemporary`: the backend has once had a temporary schema, which it keeps, so its tables are dropped instead.
 * Measured: RESET ALL and the guard cost about 1 % of a session of one short SELECT.
 * Throws a TypeError for a role that is none, or a setting that would change the identity.
 */
export function prelude(identity: Identity, options: SessionOptions, hasTemporary: boolean): Statement[] {
  const values = identityValues(identity, options);
  const text = identityText(hasTemporary ? FREE_LOCKS : GUARD, (values.length - 3) / 2);
  return hasTemporary ? [DISCARD_TEMPORARY, RESET, { text, values }] : [RESET, { text, values }];
}

/** Whether the guard of the prelude is what failed: nothing of the work has run. */
export function foundTemporary(code: string, failedText: string | undefined): boolean {
  return code === DIVISION_BY_ZERO && failedText !== undefined && failedText.startsWith(IDENTITY);
}

function identityValues(identity: Identity, options: SessionOptions): string[] {
  const { role, claims } = identity;
  if (role === '' || role.toLowerCase() === 'none') throw new TypeError('a session needs the name of a role');
  const values = [role, JSON.stringify(claims), options.requestId ?? ''];
  for (const [name, value] of Object.entries(options.settings ?? {})) {
    if (!NAME.test(name) || RESERVED.has(name.toLowerCase()))
      throw new TypeError(`"${name}" cannot be set for a session`);
    values.push(name, value);
  }
  if (options.statementTimeoutMs !== undefined)
    values.push('statement_timeout', String(Math.max(1, Math.ceil(options.statementTimeoutMs))));
  if (options.readOnly) values.push('transaction_read_only', 'on');
  return values;
}

/** BEGIN, with the isolation asked for. */
export function beginWith(isolation: SessionOptions['isolation']): Statement {
  return { text: isolation ? `begin isolation level ${isolation}` : 'begin' };
}
