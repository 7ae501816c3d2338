import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEVELOPMENT_JWT_SECRET } from '#kernel/config.ts';
import { projectKeys } from './keys.ts';
import { readProjectFolder } from './read-folder.ts';
import { writtenFolder } from './testing.ts';

const NOTHING = { lookup: () => undefined };
const ANOTHER_SECRET = 'a secret of one installation, long enough';

test('the published secret gives the published keys that front ends have in their code', () => {
  using folder = writtenFolder({ 'config.toml': '' });
  const { config, paths } = readProjectFolder(folder.path, NOTHING);
  const keys = projectKeys(config, paths.supabase, DEVELOPMENT_JWT_SECRET);
  assert.equal(
    keys.anonKey,
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6ImFub24iLCJleHAiOjE5ODM4MTI5OTZ9.CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0',
  );
  assert.equal(
    keys.serviceRoleKey,
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6InNlcnZpY2Vfcm9sZSIsImV4cCI6MTk4MzgxMjk5Nn0.EGIM96RAZx35lJzdJsyH-qQwv8Hdp7fsn3W0YpN81IU',
  );
  assert.match(keys.publishableKey, /^sb_publishable_/);
  assert.match(keys.secretKey, /^sb_secret_/);
});

test('no published key is good with a secret of one’s own', () => {
  using folder = writtenFolder({ 'config.toml': '' });
  const { config, paths } = readProjectFolder(folder.path, NOTHING);
  const published = projectKeys(config, paths.supabase, DEVELOPMENT_JWT_SECRET);
  const own = projectKeys(config, paths.supabase, ANOTHER_SECRET);
  for (const name of ['anonKey', 'serviceRoleKey', 'publishableKey', 'secretKey'] as const)
    assert.notEqual(own[name], published[name]);
  assert.equal(own.secretKey, projectKeys(config, paths.supabase, ANOTHER_SECRET).secretKey);
});

test('signing keys verify tokens beside the secret, without their private part', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', key_ops: ['sign'] };
  using folder = writtenFolder({
    'config.toml': '[auth]\nsigning_keys_path = "./signing_keys.json"',
    'signing_keys.json': JSON.stringify([jwk]),
  });
  const { config, paths } = readProjectFolder(folder.path, NOTHING);
  const keys = projectKeys(config, paths.supabase, ANOTHER_SECRET);
  const set = JSON.parse(keys.verificationKeys).keys as Record<string, unknown>[];
  assert.deepEqual(
    set.map(({ kty }) => kty),
    ['EC', 'oct'],
  );
  assert.equal(set[0]!['d'], undefined);
  assert.equal(set[0]!['kid'], 'k1');
});

test('a list of keys may name secrets and public keys that only verify; the first private one signs', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const old = { kty: 'oct', k: Buffer.from(ANOTHER_SECRET.padEnd(32, '.')).toString('base64url'), alg: 'HS256' };
  const folder = (list: unknown[]) =>
    writtenFolder({
      'config.toml': '[auth]\nsigning_keys_path = "./keys.json"',
      'keys.json': JSON.stringify(list),
    });
  using given = folder([
    old,
    { ...publicKey.export({ format: 'jwk' }), kid: 'older' },
    { ...privateKey.export({ format: 'jwk' }), kid: 'now' },
  ]);
  const { config, paths } = readProjectFolder(given.path, NOTHING);
  const keys = projectKeys(config, paths.supabase, ANOTHER_SECRET);
  assert.deepEqual(
    keys.signingKeys.map((key) => key['kid']),
    ['now'],
  );
  assert.equal(JSON.parse(keys.verificationKeys).keys.length, 4);
  using short = folder([{ kty: 'oct', k: '' }]);
  const read = readProjectFolder(short.path, NOTHING);
  assert.throws(() => projectKeys(read.config, read.paths.supabase, ANOTHER_SECRET), /oct \(of 32 bytes\)/);
});

test('signing keys that are not there or not keys are refused by name', () => {
  using folder = writtenFolder({
    'config.toml': '[auth]\nsigning_keys_path = "./keys.json"',
    'other.json': '{"kty": "oct"}',
  });
  const { config, paths } = readProjectFolder(folder.path, NOTHING);
  assert.throws(() => projectKeys(config, paths.supabase, ANOTHER_SECRET), /keys\.json, which does not exist/);
  const other = { ...config, signingKeysPath: join(paths.supabase, 'other.json') };
  assert.throws(() => projectKeys(other, paths.supabase, ANOTHER_SECRET), /must be a list of JSON web keys/);
});
