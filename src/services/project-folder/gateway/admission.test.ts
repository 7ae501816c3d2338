import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEVELOPMENT_JWT_SECRET } from '#kernel/config.ts';
import { projectKeys } from '../keys.ts';
import { readProjectFolder } from '../read-folder.ts';
import { writtenFolder } from '../testing.ts';
import { admit } from './admission.ts';

using folder = writtenFolder({ 'config.toml': '' });
const { config, paths } = readProjectFolder(folder.path, { lookup: () => undefined });
const keys = projectKeys(config, paths.supabase, DEVELOPMENT_JWT_SECRET);
const { publishableKey, secretKey, anonKey, serviceRoleKey } = keys;
const SERVICE = `Bearer ${serviceRoleKey}`;
const ANON = `Bearer ${anonKey}`;
const USER = 'Bearer header.claims.signature';

const CASES: readonly [
  sentence: string,
  authorization: string | undefined,
  apikey: string | undefined,
  expected: string | undefined,
][] = [
  ['the secret key is the service', undefined, secretKey, SERVICE],
  ['the publishable key is anon', undefined, publishableKey, ANON],
  ['an opaque key sent as Bearer means the same', `Bearer ${secretKey}`, undefined, SERVICE],
  ['the header apikey wins over an opaque Bearer', `Bearer ${publishableKey}`, secretKey, SERVICE],
  ['a token wins over the key', USER, publishableKey, USER],
  ['a token wins over the secret key too', USER, secretKey, USER],
  ['a legacy key as apikey counts as Bearer', undefined, anonKey, ANON],
];

for (const [sentence, authorization, apikey, expected] of CASES)
  for (const production of [false, true])
    test(`${sentence}${production ? ' in production' : ''}`, () => {
      assert.deepEqual(admit({ authorization, apikey }, keys, production), {
        kind: 'admitted',
        authorization: expected,
      });
    });

test('without any key one is anon in development and refused in production', () => {
  assert.deepEqual(admit({}, keys, false), { kind: 'admitted', authorization: undefined });
  const refused = admit({}, keys, true);
  assert.ok(refused.kind === 'refused');
  assert.equal(refused.message, 'No API key found in request');
});

test('an opaque key that is not the project’s is refused everywhere', () => {
  for (const given of [`${secretKey}x`, 'sb_secret_', 'sb_publishable_guess'])
    for (const presented of [
      { apikey: given },
      { authorization: `Bearer ${given}` },
      { apikey: given, authorization: USER },
    ])
      for (const production of [false, true]) assert.equal(admit(presented, keys, production).kind, 'refused');
});
