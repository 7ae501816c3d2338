import type { Identity, SessionOptions, Statement } from './database.ts';

/** Settings that decide who a session is: set from the identity and from nothing else. */
const RESERVED = new Set(['role', 'session_authorization', 'request.jwt.claims', 'request.id']);
const NAME = /^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)*$/;

const BASE = `set_config('role',$1,true),set_config('request.jwt.claims',$2,true),set_config('request.id',$3,true)`;
const texts: string[] = [];

function textWith(settings: number): string {
  texts[settings] ??=
    `select ${[BASE, ...Array.from({ length: settings }, (_, index) => `set_config($${4 + 2 * index},$${5 + 2 * index},true)`)].join(',')}`;
  return texts[settings];
}

/**
 * The first statement of every session, the only place where role and claims are set. All of it lasts until the transaction
 * ends. Throws a TypeError for a role that is none, or a setting that would change the identity.
 */
export function identify(identity: Identity, options: SessionOptions): Statement {
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
  return { text: textWith((values.length - 3) / 2), values };
}

/** BEGIN, with the isolation asked for. */
export function beginWith(isolation: SessionOptions['isolation']): Statement {
  return { text: isolation ? `begin isolation level ${isolation}` : 'begin' };
}
