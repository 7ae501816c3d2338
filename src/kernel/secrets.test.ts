import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { OperatorError } from './errors.ts';
import { temporaryFolder } from './postgres/cluster/testing.ts';
import { openSecrets } from './secrets.ts';

test('a missing secret is made once in development and readable by its owner only', (t) => {
  const folder = temporaryFolder(t);
  const made = openSecrets(folder, 'development').obtain('jwtSecret');
  const again = openSecrets(folder, 'production');
  assert.match(made, /^[0-9a-f]{64}$/);
  assert.equal(again.obtain('jwtSecret'), made);
  assert.equal(statSync(again.path).mode & 0o777, 0o600);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('half')),
    [],
  );
});

test('secrets differ from each other and do not displace each other', (t) => {
  const secrets = openSecrets(temporaryFolder(t), 'development');
  const [jwt, password] = [secrets.obtain('jwtSecret'), secrets.obtain('postgresPassword')];
  assert.notEqual(jwt, password);
  assert.deepEqual(JSON.parse(readFileSync(secrets.path, 'utf8')), { jwtSecret: jwt, postgresPassword: password });
});

test('production makes up internal passwords, and refuses to make up what the operator must choose', (t) => {
  const secrets = openSecrets(temporaryFolder(t), 'production');
  assert.throws(
    () => secrets.obtain('jwtSecret'),
    (error) =>
      error instanceof OperatorError && error.message.includes('JWT_SECRET') && /openssl/.test(error.remedy ?? ''),
  );
  assert.equal(secrets.peek('jwtSecret'), undefined);
  assert.match(secrets.obtain('postgresPassword'), /^[0-9a-f]{64}$/);
});

test('a file that others may read is closed to them', (t) => {
  const secrets = openSecrets(temporaryFolder(t), 'development');
  secrets.obtain('jwtSecret');
  chmodSync(secrets.path, 0o644);
  secrets.peek('jwtSecret');
  assert.equal(statSync(secrets.path).mode & 0o777, 0o600);
});

test('a file that is not JSON is refused and left as it is', (t) => {
  const secrets = openSecrets(temporaryFolder(t), 'development');
  writeFileSync(secrets.path, '{"jwtSecret": ');
  assert.throws(() => secrets.obtain('jwtSecret'), OperatorError);
  assert.equal(readFileSync(secrets.path, 'utf8'), '{"jwtSecret": ');
});
