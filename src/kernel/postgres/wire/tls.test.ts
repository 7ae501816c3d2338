import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createLog } from '#kernel/log.ts';
import { type Cluster, startCluster } from '../cluster.ts';
import type { ConnectionTarget, TlsMode } from '../database.ts';
import { withOwner } from '../owner.ts';
import { Connection } from './connection.ts';

const folder = mkdtempSync(join(tmpdir(), 'freehold-tls-'));
const certificate = join(folder, 'server.crt');
const key = join(folder, 'server.key');
const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
const openssl = spawnSync('openssl', [
  ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate],
  ...subject,
]);
const skip = openssl.status === 0 ? false : 'the openssl command, which makes the certificate, is absent';
const HBA = [
  'local all all scram-sha-256',
  'hostnossl all tls_only all reject',
  'hostssl all plain_only all reject',
  'host all clear all password',
  'host all hashed all md5',
  'host all all all scram-sha-256',
];

let cluster: Cluster | undefined;
let server: ConnectionTarget;

before(async () => {
  if (skip) return;
  const settings = { listen_addresses: 'localhost', port: String(await freePort()), fsync: 'off' };
  cluster = await startCluster({ folder, log: createLog('error'), settings });
  server = { ...cluster.target, host: 'localhost' };
  await withOwner(cluster.target, async (client) => {
    const write = (lines: string, file: string) =>
      client.query(`copy (select unnest(string_to_array('${lines}', E'\\n'))) to program 'umask 077 && cat > ${file}'`);
    await write(readFileSync(certificate, 'utf8').trim(), 'server.crt');
    await write(readFileSync(key, 'utf8').trim(), 'server.key');
    await write(HBA.join('\n'), 'pg_hba.conf');
    for (const role of ['tls_only', 'plain_only', 'clear', 'anyone'])
      await client.query(`create role ${role} login password 'pass'`);
    await client.query("set password_encryption = 'md5'");
    await client.query("create role hashed login password 'pass'");
    await client.query('alter system set ssl = on');
    await client.query('select pg_reload_conf()');
  });
  // The postmaster takes the new configuration in its own time; from the first answer over TLS on it counts for every connection.
  while ((await attempt('anyone', { kind: 'require' })) !== 't');
});
after(async () => {
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** `t` when TLS carries the connection, `f` when not, or the SQLSTATE of the refusal. */
async function attempt(user: string, tls: TlsMode, host = 'localhost'): Promise<string> {
  try {
    const target = { ...server, host, user, password: 'pass', database: 'postgres', tls };
    const connection = await Connection.open({ target, connectTimeoutMs: 10_000 });
    const { results } = await connection.send([{ text: 'select ssl from pg_stat_ssl where pid = pg_backend_pid()' }]);
    connection.close();
    return String(results[0]?.rows[0]?.[0]);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test('each mode uses, tries or refuses TLS as libpq does', { skip }, async () => {
  const outcomes = {
    disable: ['f', '28000', 'f'],
    allow: ['f', 't', 'f'],
    prefer: ['t', 't', 'f'],
    require: ['t', 't', '28000'],
  } as const;
  for (const [kind, expected] of Object.entries(outcomes)) {
    const tls = { kind: kind as keyof typeof outcomes };
    const users = ['anyone', 'tls_only', 'plain_only'];
    assert.deepEqual(await Promise.all(users.map((user) => attempt(user, tls))), expected, kind);
  }
});

test('a certificate is verified against the authority, and with verify-full against the name', { skip }, async () => {
  assert.equal(await attempt('anyone', { kind: 'verify-ca' }), '08001');
  assert.equal(await attempt('anyone', { kind: 'verify-ca', caFile: certificate }), 't');
  assert.equal(await attempt('anyone', { kind: 'verify-full', caFile: certificate }), 't');
  assert.equal(await attempt('anyone', { kind: 'verify-full', caFile: certificate }, '127.0.0.1'), '08001');
});

test('a server that asks for the password in clear text or hashed by MD5 gets it, as from libpq', {
  skip,
}, async () => {
  assert.equal(await attempt('clear', { kind: 'disable' }), 'f');
  assert.equal(await attempt('clear', { kind: 'require' }), 't');
  assert.equal(await attempt('hashed', { kind: 'disable' }), 'f');
});
