import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from './config-file.ts';
import { parseDatabaseUri } from './database-uri.ts';

const target = { host: 'db.example', port: 5433, user: 'authenticator', password: 'p w', database: 'app' };

function parsed(text: string, environment: Record<string, string> = {}) {
  const { tls, ...rest } = parseDatabaseUri(text, environment);
  return rest;
}

test('an address, key=value pairs and the environment say the same', () => {
  assert.deepEqual(parsed('postgres://authenticator:p%20w@db.example:5433/app'), target);
  assert.deepEqual(parsed("host=db.example port=5433 user=authenticator password='p w' dbname=app"), target);
  const PG = { PGHOST: 'db.example', PGPORT: '5433', PGUSER: 'authenticator', PGPASSWORD: 'p w', PGDATABASE: 'app' };
  assert.deepEqual(parsed('postgresql://', PG), target);
  assert.deepEqual(parsed('', PG), target);
});

test('the environment fills in only what the address leaves open', () => {
  const PG = { PGHOST: 'elsewhere', PGPASSWORD: 'p w', PGPORT: '1' };
  assert.deepEqual(parsed('postgres://authenticator@db.example:5433/app', PG), target);
  assert.deepEqual(parsed('user=authenticator host=db.example dbname=app port=5433', PG), target);
});

test('what cannot be read is refused without repeating the password', () => {
  for (const text of ['user=x password=hidden nonsense', 'postgres://x:hidden@h:port/app'])
    assert.throws(
      () => parseDatabaseUri(text, {}),
      (error) => error instanceof ConfigError && /db-uri/.test(error.message) && !error.message.includes('hidden'),
    );
});
