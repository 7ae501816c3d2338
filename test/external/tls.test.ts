import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import { parseDatabaseUrl } from '#kernel/postgres/database-url.ts';
import { withOwner } from '#kernel/postgres/owner.ts';
import { Connection } from '#kernel/postgres/wire/connection.ts';
import { type ExternalServer, externalServer, give, skipExternal } from './server.ts';

const present = (command: string, argument: string) => spawnSync(command, [argument]).status === 0;
const skip =
  skipExternal ||
  (present('openssl', 'version') && present('psql', '--version')
    ? false
    : 'openssl or psql, which we are compared with, is absent');

let server: ExternalServer;

const file = (name: string) => join(server.folder, name);
function openssl(...parameters: string[]): void {
  const done: SpawnSyncReturns<Buffer> = spawnSync('openssl', parameters, { cwd: server.folder });
  if (done.status !== 0) throw new Error(`openssl ${parameters[0]}: ${done.stderr}`);
}

/** An authority `name`.crt of our own, signed by itself. */
function authority(name: string): void {
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.crt`,
  );
}

/** A certificate for `localhost` by the authority `ca`, valid between two days counted from now. */
function certificate(name: string, ca: string, days: readonly [from: number, to: number]): void {
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, '');
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=localhost',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
  );
  writeFileSync(file(`${name}.ext`), 'subjectAltName=DNS:localhost\n');
  writeFileSync(file('index.txt'), '');
  writeFileSync(
    file('ca.cnf'),
    `[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n`,
  );
  openssl(
    'ca',
    '-batch',
    '-config',
    'ca.cnf',
    '-cert',
    `${ca}.crt`,
    '-keyfile',
    `${ca}.key`,
    '-in',
    `${name}.csr`,
    '-out',
    `${name}.crt`,
    '-extfile',
    `${name}.ext`,
    '-startdate',
    day(days[0]),
    '-enddate',
    day(days[1]),
    '-notext',
  );
}

/** Puts a certificate into use. The new one counts once a connection has seen it. */
async function serve(name: string): Promise<void> {
  for (const end of ['crt', 'key']) {
    copyFileSync(file(`${name}.${end}`), file(`data/server.${end}`));
    give(file(`data/server.${end}`), 0o600);
  }
  await server.stop('SIGINT');
  await server.start();
}

before(async () => {
  if (skip) return;
  server = await externalServer(
    { ssl: 'on', ssl_cert_file: 'server.crt', ssl_key_file: 'server.key', listen_addresses: '127.0.0.1,::1' },
    async (made) => {
      server = made;
      for (const name of ['ours', 'theirs']) authority(name);
      certificate('good', 'ours', [-1, 1]);
      certificate('expired', 'ours', [-3, -1]);
      for (const end of ['crt', 'key']) {
        copyFileSync(file(`good.${end}`), file(`data/server.${end}`));
        give(file(`data/server.${end}`), 0o600);
      }
    },
  );
  for (const role of ['anyone', 'tls_only', 'plain_only', 'clear', 'trusted', 'nobody_at_all'])
    await server.sql(`create role ${role} login password 'pass'`);
  await server.sql("set password_encryption = 'md5'; create role hashed login password 'pass'");
  writeFileSync(
    file('data/pg_hba.conf'),
    'local all all trust\nhostnossl all tls_only all reject\nhostssl all plain_only all reject\nhost all nobody_at_all all reject\nhost all trusted all trust\nhost all clear all password\nhost all hashed all md5\nhost all all all scram-sha-256\n',
  );
  appendFileSync(file('data/postgresql.conf'), "password_encryption = 'scram-sha-256'\n");
  await serve('good');
});
after(async () => {
  await server?.[Symbol.asyncDispose]();
});

const SELECT = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';
type Outcome = 'tls' | 'plain' | 'refused';
const outcome = (value: unknown): Outcome => (String(value).startsWith('t') ? 'tls' : 'plain');

function byLibpq(url: string): Outcome {
  // The home folder of whoever runs the tests may hold a root.crt of its own.
  const environment = { PATH: process.env['PATH'], HOME: server.folder };
  const done = spawnSync('psql', ['-X', '-A', '-t', '-w', '-c', SELECT, url], { env: environment, encoding: 'utf8' });
  return done.status === 0 ? outcome(done.stdout) : 'refused';
}

async function bySessions(target: ConnectionTarget): Promise<Outcome> {
  try {
    const connection = await Connection.open({ target, connectTimeoutMs: 10_000 });
    const { results } = await connection.send([{ text: SELECT }]);
    connection.close();
    return outcome(results[0]?.rows[0]?.[0]);
  } catch {
    return 'refused';
  }
}

async function byOwner(target: ConnectionTarget): Promise<Outcome> {
  try {
    return await withOwner(target, async (client) => outcome((await client.query(SELECT)).rows[0].ssl));
  } catch {
    return 'refused';
  }
}

/** What each of the three gets with this address; they must agree. Answers the outcome. */
async function compare(user: string, parameters: string, host = 'localhost'): Promise<Outcome> {
  const url = `postgresql://${user}:pass@${host}:${server.admin.port}/postgres?${parameters}`;
  const target = parseDatabaseUrl(url, server.folder);
  const expected = byLibpq(url);
  const what = `${user} ${parameters} ${host}`;
  assert.equal(await bySessions(target), expected, `sessions, ${what}`);
  assert.equal(await byOwner(target), expected, `owner, ${what}`);
  return expected;
}

test('sessions, the owner and libpq use, try and refuse TLS alike in every mode', { skip }, async () => {
  const seen: Record<string, string> = {};
  for (const mode of ['disable', 'allow', 'prefer', 'require']) {
    const outcomes: string[] = [];
    for (const user of ['anyone', 'tls_only', 'plain_only', 'clear', 'hashed', 'nobody_at_all'])
      outcomes.push(await compare(user, `sslmode=${mode}`));
    seen[mode] = outcomes.join(' ');
  }
  assert.deepEqual(seen, {
    disable: 'plain refused plain plain plain refused',
    allow: 'plain tls plain plain plain refused',
    prefer: 'tls tls plain tls tls refused',
    require: 'tls tls refused tls tls refused',
  });
});

test('the server is verified as libpq verifies it: authority, name, dates', { skip }, async () => {
  const check = (mode: string, ca: string, host?: string) =>
    compare('anyone', `sslmode=${mode}&sslrootcert=${encodeURIComponent(file(`${ca}.crt`))}`, host);
  assert.equal(await check('verify-full', 'ours'), 'tls');
  assert.equal(await check('verify-full', 'ours', '127.0.0.1'), 'refused');
  assert.equal(await check('verify-ca', 'ours', '127.0.0.1'), 'tls');
  for (const mode of ['require', 'verify-ca', 'verify-full']) assert.equal(await check(mode, 'theirs'), 'refused');
  await serve('expired');
  for (const mode of ['require', 'verify-ca', 'verify-full']) assert.equal(await check(mode, 'ours'), 'refused');
  assert.equal(await compare('anyone', 'sslmode=require'), 'tls');
  await serve('good');
});

test('a root certificate in the home folder turns require into verify-ca, as for libpq', { skip }, async () => {
  spawnSync('mkdir', ['-p', file('.postgresql')]);
  copyFileSync(file('theirs.crt'), file('.postgresql/root.crt'));
  assert.equal(await compare('anyone', 'sslmode=require'), 'refused');
  copyFileSync(file('ours.crt'), file('.postgresql/root.crt'));
  assert.equal(await compare('anyone', 'sslmode=require'), 'tls');
  assert.equal(await compare('anyone', 'sslmode=verify-full'), 'tls');
});

test('with channel_binding=require only SCRAM that is bound to TLS logs in', { skip }, async () => {
  const outcomes: string[] = [];
  for (const user of ['anyone', 'clear', 'hashed', 'trusted'])
    for (const mode of ['disable', 'require'])
      outcomes.push(await compare(user, `sslmode=${mode}&channel_binding=require`));
  assert.deepEqual(outcomes, ['refused', 'tls', 'refused', 'refused', 'refused', 'refused', 'refused', 'refused']);
  assert.equal(await compare('trusted', 'sslmode=require'), 'tls');
});

test('a server without TLS is used by prefer and refused by require', { skip }, async () => {
  await server.stop('SIGINT');
  await server.start({ ssl: 'off' });
  assert.equal(await compare('anyone', 'sslmode=prefer'), 'plain');
  assert.equal(await compare('anyone', 'sslmode=allow'), 'plain');
  assert.equal(await compare('anyone', 'sslmode=require'), 'refused');
});
