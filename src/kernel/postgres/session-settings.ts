import type { Identity, SessionOptions, Statement } from './database.ts';

/** Settings that decide who a session is: set from the identity and from nothing else. */
const RESERVED = new Set(['role', 'session_authorization', 'request.jwt.claims', 'request.id']);
const NAME = /^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)*$/;

const RESET: Statement = { text: 'reset all' };
const DISCARD_TEMPORARY: Statement = { text: 'discard temp' };
/**
 * The settings stand in the WHERE of a query without columns, which Postgres walks through in this order: nothing has to be sent
 * back, which saves server and client some 5 us each. No setting is ever null.
 */
const IDENTITY =
  "select where set_config('role',$1,true) is not null and set_config('request.jwt.claims',$2,true) is not null";
const FREE_LOCKS = 'pg_catalog.pg_advisory_unlock_all() is not null';
/** Frees what a session before left locked, and fails with 22012 when it left a temporary schema. */
const GUARD = `${FREE_LOCKS} and 1/(pg_catalog.pg_my_temp_schema()=0)::int=1`;
/** Frees the session's advisory locks. */
export const UNLOCK = `select where ${FREE_LOCKS}`;
const DIVISION_BY_ZERO = '22012';

/** The prelude's text for a list of names. */
interface Prelude {
  readonly hasRequestId: boolean;
  readonly names: readonly string[];
  readonly guarded: string;
  /** Without the look for temporary tables. */
  readonly plain: string;
}

/** The lists that callers use are few; they are compared name by name, which costs less than to make a key of them. */
const known: Prelude[] = [];
const MAX_KNOWN = 16;

/** Throws a TypeError for a name that cannot be set. */
function textsFor(hasRequestId: boolean, names: readonly string[]): Prelude {
  for (const each of known) if (each.hasRequestId === hasRequestId && isSame(each.names, names)) return each;
  for (const name of names)
    if (!NAME.test(name) || RESERVED.has(name.toLowerCase()))
      throw new TypeError(`"${name}" cannot be set for a session`);
  const all = hasRequestId ? ['request.id', ...names] : names;
  const set = all.map((name, index) => `set_config('${name}',$${3 + index},true) is not null`);
  const text = [IDENTITY, ...set].join(' and ');
  const made = { hasRequestId, names, guarded: `${text} and ${GUARD}`, plain: `${text} and ${FREE_LOCKS}` };
  if (known.length === MAX_KNOWN) known.pop();
  known.unshift(made);
  return made;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

/**
 * What runs before the work of every session, and the only place where role and claims are set; they last until the
 * transaction ends. It also undoes what a session before may have left on the connection without a command of its own that
 * would have shown it, that is, through a function: settings made for the session (RESET ALL), advisory locks, temporary tables.
 * `hasTemporary`: the backend has once had a temporary schema, which it keeps, so its tables are dropped instead.
 * Measured with pgbench: RESET ALL and the guard cost 8 to 15 us of the server.
 * Throws a TypeError for a role that is none, or a setting that would change the identity.
 */
export function prelude(identity: Identity, options: SessionOptions, hasTemporary: boolean): Statement[] {
  const { role } = identity;
  if (role === '' || role.toLowerCase() === 'none') throw new TypeError('a session needs the name of a role');
  const { requestId } = options;
  const values = [role, claimsText(identity.claims)];
  if (requestId !== undefined) values.push(requestId);
  const { guarded, plain } = textsFor(requestId !== undefined, setAll(options, values));
  if (hasTemporary) return [DISCARD_TEMPORARY, RESET, { text: plain, values }];
  return [RESET, { text: guarded, values }];
}

/** Adds the values of what is set beside the identity and the request's id, and gives the names. */
function setAll(options: SessionOptions, values: string[]): string[] {
  const names: string[] = [];
  const set = (name: string, value: string) => {
    names.push(name);
    values.push(value);
  };
  const { settings } = options;
  for (const name in settings) set(name, settings[name] as string);
  if (options.statementTimeoutMs !== undefined)
    set('statement_timeout', String(Math.max(1, Math.ceil(options.statementTimeoutMs))));
  if (options.readOnly) set('transaction_read_only', 'on');
  return names;
}

/** JSON of claims that cannot change any more: those of a verified token, which come again. */
const frozenClaims = new WeakMap<Identity['claims'], string>();

function claimsText(claims: Identity['claims']): string {
  const known = frozenClaims.get(claims);
  if (known !== undefined) return known;
  const text = JSON.stringify(claims);
  if (Object.isFrozen(claims)) frozenClaims.set(claims, text);
  return text;
}

/** Whether the guard of the prelude is what failed: nothing of the work has run. */
export function foundTemporary(code: string, failedText: string | undefined): boolean {
  return code === DIVISION_BY_ZERO && failedText !== undefined && failedText.startsWith(IDENTITY);
}

/** BEGIN, with the isolation asked for. */
export function beginWith(isolation: SessionOptions['isolation']): Statement {
  return { text: isolation ? `begin isolation level ${isolation}` : 'begin' };
}
