import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { OperatorError } from '../errors.ts';
import { parseDatabaseUrl } from './database-url.ts';

const EMPTY_HOME = join(tmpdir(), 'freehold-no-such-home');
const parse = (text: string) => parseDatabaseUrl(text, EMPTY_HOME);

test('every part of the address is read and percent-decoded', () => {
  assert.deepEqual(parse('postgresql://a%40b:p%2Fw%3A@db.example:6000/my%20db'), {
    host: 'db.example',
    port: 6000,
    user: 'a@b',
    password: 'p/w:',
    database: 'my db',
    tls: { kind: 'prefer' },
  });
});

test('what is left out has the defaults of libpq', () => {
  const { host, port, user, database } = parse('postgres://');
  const me = userInfo().username;
  assert.deepEqual({ host, port, user, database }, { host: 'localhost', port: 5432, user: me, database: me });
  assert.equal(parse('postgres://joe@h').database, 'joe');
});

test('a socket folder stands in the host, encoded, or in ?host=; an IPv6 address in brackets', () => {
  assert.equal(parse('postgresql://u@%2Frun%2Fpg/db').host, '/run/pg');
  assert.equal(parse('postgresql:///db?host=/run/pg&user=u&port=5433').host, '/run/pg');
  assert.equal(parse('postgresql:///db?host=/run/pg&user=u&port=5433').port, 5433);
  assert.equal(parse('postgresql://u:p@/db?host=/run/pg').host, '/run/pg');
  assert.equal(parse('postgresql://u:p@:5433/db').port, 5433);
  assert.equal(parse('postgresql://u@[::1]:5432/db').host, '::1');
});

test('sslmode has the meaning of libpq', () => {
  const tls = (query: string) => parse(`postgres://u@h/d?${query}`).tls;
  assert.deepEqual(tls('sslmode=disable'), { kind: 'disable' });
  assert.deepEqual(tls('sslmode=allow'), { kind: 'allow' });
  assert.deepEqual(tls('sslmode=require'), { kind: 'require' });
  assert.deepEqual(tls('ssl=true'), { kind: 'require' });
  assert.deepEqual(tls('sslmode=verify-full'), { kind: 'verify-full', caFile: undefined });
  assert.deepEqual(tls('sslrootcert=system'), { kind: 'verify-full' });
});

test('a root certificate that is there turns require into verify-ca, named or in the home folder', (t) => {
  const home = mkdtempSync(join(tmpdir(), 'freehold-home-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, '.postgresql'));
  const caFile = join(home, '.postgresql', 'root.crt');
  writeFileSync(caFile, '');
  assert.deepEqual(parse(`postgres://u@h/d?sslmode=require&sslrootcert=${caFile}`).tls, { kind: 'verify-ca', caFile });
  assert.deepEqual(parseDatabaseUrl('postgres://u@h/d?sslmode=require', home).tls, { kind: 'verify-ca', caFile });
});

const WRONG = {
  'mysql://u:geheim@h/d': /not a postgresql/,
  'postgres://u:geheim@h/d?sslmode=maybe': /sslmode=maybe/,
  'postgres://u:geheim@h/d?sslmode=verify-full&sslrootcert=/none.crt': /none\.crt, which does not exist/,
  'postgres://u:geheim@h/d?sslmode=require&sslrootcert=system': /verify-full only/,
  'postgres://u:geheim@h/d?sslcert=x': /sslcert/,
  'postgres://u:geheim@/d?host=h1,h2': /several hosts/,
  'postgres://u:geheim@h/d?port=70000': /port/,
  'postgres://u:geheim%zz@h/d': /%25/,
};
for (const [address, reason] of Object.entries(WRONG))
  test(`an address with a fault is refused without its password: ${reason.source}`, () => {
    assert.throws(
      () => parse(address),
      (error) => error instanceof OperatorError && reason.test(error.message) && !error.message.includes('geheim'),
    );
  });
