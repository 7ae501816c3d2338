import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import { parseDatabaseUrl } from '#kernel/postgres/preflight.ts';
import { ConfigError } from './config-file.ts';

/** libpq's environment variables and the parameters they stand for. */
const VARIABLES: Readonly<Record<string, string>> = {
  PGHOST: 'host',
  PGPORT: 'port',
  PGUSER: 'user',
  PGPASSWORD: 'password',
  PGDATABASE: 'dbname',
  PGSSLMODE: 'sslmode',
  PGSSLROOTCERT: 'sslrootcert',
};
/** `key = value`, the value perhaps in single quotes with backslash escapes. */
const PAIR = /\s*(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))\s*/sy;

/**
 * `db-uri` as libpq reads it: an address, `key=value` pairs or nothing, filled up from `PGHOST` and the like.
 * Throws `ConfigError`, which does not repeat the address.
 */
export function parseDatabaseUri(text: string, environment: Readonly<Record<string, string>>): ConnectionTarget {
  const url = /^postgres(ql)?:\/\//.test(text) ? text : urlOf(pairs(text));
  try {
    return parseDatabaseUrl(filledUp(url, environment));
  } catch (error) {
    throw new ConfigError((error as Error).message.replace('DATABASE_URL', 'db-uri'));
  }
}

function pairs(text: string): Map<string, string> {
  const found = new Map<string, string>();
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < text.length) {
    const pair = PAIR.exec(text);
    if (!pair) throw new ConfigError('db-uri is neither postgresql://user:password@host:5432/name nor key=value pairs');
    found.set(pair[1]!, (pair[2] ?? pair[3]!).replace(/\\(.)/gs, '$1'));
  }
  return found;
}

function urlOf(parameters: ReadonlyMap<string, string>): string {
  return `postgresql://?${new URLSearchParams([...parameters])}`;
}

/** Adds what the address leaves open. */
function filledUp(text: string, environment: Readonly<Record<string, string>>): string {
  const [, user, password, host, port, database, query] =
    /^\w+:\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?([^:/?#]*|\[[^\]]*\])(?::(\d*))?(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(
      text,
    ) ?? [];
  const given = new URLSearchParams(query);
  const named: Readonly<Record<string, string | undefined>> = { user, password, host, port, dbname: database };
  const added = Object.entries(VARIABLES).flatMap(([variable, parameter]) => {
    const value = environment[variable];
    const open = value && !named[parameter] && !given.has(parameter);
    return open ? [`${parameter}=${encodeURIComponent(value)}`] : [];
  });
  return added.length === 0 ? text : `${text}${text.includes('?') ? '&' : '?'}${added.join('&')}`;
}
