import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { OperatorError } from '../errors.ts';
import type { ConnectionTarget, TlsMode } from './database.ts';

const DEFAULT_PORT = 5432;
const RIGHT = 'It must look like postgresql://user:password@host:5432/name?sslmode=verify-full';

/** Parameters that change how one logs in and that we do not have: to ignore them would fail later and less clearly. */
const UNSUPPORTED = [
  'sslcert',
  'sslkey',
  'sslpassword',
  'sslcrl',
  'sslcrldir',
  'passfile',
  'service',
  'hostaddr',
  'gssencmode',
];

/**
 * DATABASE_URL as libpq reads it: percent-encoding everywhere, a socket folder as `%2Frun%2Fpostgresql` or `?host=/run/postgresql`,
 * `?user=`, `password=`, `port=`, `dbname=`, `sslmode=`, `sslrootcert=`, `channel_binding=`. Without a user it is the one who runs this process.
 * Differences: one host only; verify-* without any root certificate trusts Node's own list; with a root certificate
 * that does not fit, allow and prefer keep TLS where libpq falls back to plain text.
 * Throws `OperatorError`, which never repeats the address, since it holds a password.
 * Source: PostgreSQL 18 documentation, 32.1.1.2 and 32.19.
 */
export function parseDatabaseUrl(text: string, home = homedir()): ConnectionTarget {
  // libpq takes `user:password@/name`, the usual form with a socket; the URL standard wants a host after the @.
  const whole = text.replace(/^(\w+:\/\/[^/?#]*@)(?=[:/?#]|$)/, '$1localhost');
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol)) throw wrong('is not a postgresql:// address');
  const parameters = new Map([...url.searchParams].map(([name, value]) => [name, value] as const));
  for (const name of UNSUPPORTED)
    if (parameters.has(name) && !(name === 'gssencmode' && parameters.get(name) !== 'require'))
      throw wrong(`uses the parameter ${name}, which Freehold does not have`);
  const host = parameters.get('host') || decode(url.hostname.replace(/^\[(.*)\]$/, '$1')) || 'localhost';
  if (host.includes(',')) throw wrong('names several hosts; Freehold takes one');
  const user = parameters.get('user') || decode(url.username) || userInfo().username;
  return {
    host,
    port: parsePort(parameters.get('port') || url.port),
    user,
    password: parameters.get('password') ?? decode(url.password),
    database: parameters.get('dbname') || decode(url.pathname.slice(1)) || user,
    ...(parseBinding(parameters) && { channelBinding: 'require' }),
    tls: parseTls(parameters, join(home, '.postgresql', 'root.crt')),
  };
}

function parsePort(text: string): number {
  if (!text) return DEFAULT_PORT;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw wrong(`has the port "${text}"`);
  return port;
}

function parseBinding(parameters: ReadonlyMap<string, string>): boolean {
  const choice = parameters.get('channel_binding') || 'prefer';
  if (!['disable', 'prefer', 'require'].includes(choice))
    throw wrong(`has channel_binding=${choice}; it must be disable, prefer or require`);
  return choice === 'require';
}

/** As libpq: a root certificate that is there turns `require` into verify-ca, and `system` means verify-full. */
function parseTls(parameters: ReadonlyMap<string, string>, homeRoot: string): TlsMode {
  const named = parameters.get('sslrootcert');
  const legacy = parameters.get('ssl') === 'true' || parameters.get('requiressl') === '1' ? 'require' : undefined;
  const mode = parameters.get('sslmode') || legacy || (named === 'system' ? 'verify-full' : 'prefer');
  if (named === 'system') {
    if (mode !== 'verify-full') throw wrong('says sslrootcert=system, which goes with sslmode=verify-full only');
    return { kind: 'verify-full' };
  }
  if (named && !existsSync(named) && mode.startsWith('verify-'))
    throw wrong(`names the file ${named}, which does not exist`);
  const caFile = [named, homeRoot].find((path) => path && existsSync(path));
  switch (mode) {
    case 'disable':
      return { kind: 'disable' };
    case 'allow':
    case 'prefer':
      return { kind: mode };
    case 'require':
      return caFile ? { kind: 'verify-ca', caFile } : { kind: 'require' };
    case 'verify-ca':
    case 'verify-full':
      return { kind: mode, caFile };
    default:
      throw wrong(`has sslmode=${mode}; it must be disable, allow, prefer, require, verify-ca or verify-full`);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong('has a % that is not followed by two hexadecimal digits; write % itself as %25');
  }
}

function wrong(what: string): OperatorError {
  return new OperatorError(`DATABASE_URL ${what}`, { remedy: RIGHT });
}
