import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { openSigningKeys } from './open-signing-keys.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { sealing } from './seal.ts';
import { weaknesses } from './weak-password.ts';

const SECRET = 'a secret with at least thirty-two characters';
const NOW = 1_790_000_000_000;
const seconds = NOW / 1000;
type Jwk = Record<string, unknown>;

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const privateJwk = { ...(pair.privateKey.export({ format: 'jwk' }) as Jwk), kid: 'one', alg: 'ES256' };
const publicJwk = { ...(pair.publicKey.export({ format: 'jwk' }) as Jwk), kid: 'one', alg: 'ES256' };
const keys = openSigningKeys(
  { jwtSecret: SECRET, signingKeys: [privateJwk], verificationKeys: JSON.stringify({ keys: [publicJwk] }) },
  () => NOW,
);
const byteSecret = openSigningKeys({ jwtSecret: SECRET, signingKeys: [], verificationKeys: '{"keys":[]}' }, () => NOW);

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const CLAIMS = { sub: 'a', role: 'service_role', exp: seconds + 60 };
const hmacToken = (header: object, key: string | Buffer, claims: object = CLAIMS) => {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
};

test('what a key signs it verifies, and the secret goes on verifying beside it', async () => {
  assert.deepEqual(await keys.verify(await keys.sign(CLAIMS)), CLAIMS);
  assert.deepEqual(await keys.verify(await byteSecret.sign(CLAIMS)), CLAIMS);
  assert.deepEqual(await keys.verify(hmacToken({ alg: 'HS256', kid: 'whatever' }, SECRET)), CLAIMS);
});

test('a token without an end is verified, because tokens of administrators are made so', async () => {
  const claims = { role: 'service_role' };
  assert.deepEqual(await keys.verify(hmacToken({ alg: 'HS256' }, SECRET, claims)), claims);
});

const publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' });
const ecSigned = (header: object) => {
  const signed = `${part(header)}.${part(CLAIMS)}`;
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
};
const ATTACKS: readonly [sentence: string, token: string, reason: RegExp][] = [
  ['another secret', hmacToken({ alg: 'HS256' }, 'another secret of thirty-two letters'), /signature is invalid/],
  ['no algorithm', `${part({ alg: 'none' })}.${part(CLAIMS)}.`, /signing method|malformed/],
  ['the public key as the secret', hmacToken({ alg: 'HS256' }, publicPem), /signature is invalid/],
  [
    'the public key’s JWK as the secret',
    hmacToken({ alg: 'HS256' }, JSON.stringify(publicJwk)),
    /signature is invalid/,
  ],
  ['another algorithm of the secret', hmacToken({ alg: 'HS512' }, SECRET), /signing method is invalid/],
  ['a key that is not the project’s', ecSigned({ alg: 'ES256', kid: 'one' }), /signature is invalid/],
  ['a key that nobody knows', ecSigned({ alg: 'ES256', kid: 'two' }), /unverifiable/],
  ['a key of its own', ecSigned({ alg: 'ES256', jwk: publicJwk }), /signature is invalid/],
  ['a time that is over', hmacToken({ alg: 'HS256' }, SECRET, { ...CLAIMS, exp: seconds - 1 }), /token is expired/],
  ['a time that has not come', hmacToken({ alg: 'HS256' }, SECRET, { ...CLAIMS, nbf: seconds + 60 }), /nbf/],
  ['no end that is a number', hmacToken({ alg: 'HS256' }, SECRET, { exp: 'never' }), /exp/],
  ['one part', 'abc', /malformed/],
  ['nothing', '..', /malformed/],
];
for (const [sentence, token, reason] of ATTACKS)
  test(`a token with ${sentence} is refused`, async () => {
    await assert.rejects(keys.verify(token), (error: Error & { status: number; code: string }) => {
      assert.deepEqual([error.status, error.code], [403, 'bad_jwt']);
      assert.match(error.message, reason);
      return true;
    });
  });

test('a token that was verified once is refused when its time is over', async () => {
  let now = NOW;
  const own = openSigningKeys({ jwtSecret: SECRET, signingKeys: [], verificationKeys: '{"keys":[]}' }, () => now);
  const token = await own.sign(CLAIMS);
  await own.verify(token);
  now += 59_000;
  await own.verify(token);
  now += 1000;
  await assert.rejects(own.verify(token), /token is expired/);
});

test('a secret that the project had before goes on verifying, an empty one never does', async () => {
  const older = 'an older secret of at least thirty-two characters';
  const listed = [
    { kty: 'oct', k: Buffer.from(older).toString('base64url') },
    { kty: 'oct', k: '' },
  ];
  const opened = openSigningKeys(
    { jwtSecret: SECRET, signingKeys: [], verificationKeys: JSON.stringify({ keys: listed }) },
    () => NOW,
  );
  for (const secret of [older, SECRET])
    assert.deepEqual(await opened.verify(hmacToken({ alg: 'HS256' }, secret)), CLAIMS);
  await assert.rejects(opened.verify(hmacToken({ alg: 'HS256' }, '')), /signature is invalid/);
});

test('what is shown of the keys verifies and does not sign', () => {
  const withSecret = [publicJwk, { kty: 'oct', k: 'c2VjcmV0' }];
  const opened = openSigningKeys(
    { jwtSecret: SECRET, signingKeys: [], verificationKeys: JSON.stringify({ keys: withSecret }) },
    () => NOW,
  );
  assert.deepEqual(opened.jwks, { keys: [publicJwk] });
});

test('a password is verified by its own hash, and no two hashes are alike', async () => {
  const [one, two] = await Promise.all([hashPassword('a good password'), hashPassword('a good password')]);
  assert.notEqual(one, two);
  assert.deepEqual(await verifyPassword('a good password', one), { ok: true, outdated: false });
  assert.deepEqual(await verifyPassword('a good passwore', one), { ok: false, outdated: false });
});

test('hashes that are none, empty or too dear verify nothing', async () => {
  const dear = '$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA';
  const costly = `$2b$31$${'a'.repeat(53)}`;
  for (const hash of ['', null, undefined, 'plain', '$1$abc', dear, costly])
    assert.deepEqual(await verifyPassword('x', hash), { ok: false, outdated: false });
});

test('argon2 of a lighter kind is verified and called outdated', async () => {
  // argon2-cffi: PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1, hash_len=16, salt_len=8) of "password" would look so.
  const { argon2Sync } = await import('node:crypto');
  const nonce = Buffer.from('saltsalt');
  const tag = argon2Sync('argon2id', {
    message: Buffer.from('password'),
    nonce,
    memory: 1024,
    passes: 1,
    parallelism: 1,
    tagLength: 16,
  });
  const plain = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  const hash = `$argon2id$v=19$m=1024,t=1,p=1$${plain(nonce)}$${plain(tag)}`;
  assert.deepEqual(await verifyPassword('password', hash), { ok: true, outdated: true });
});

test('a password is weak for every reason that holds', () => {
  const rules = { minimumPasswordLength: 8, passwordRequirements: 'lower_upper_letters_digits_symbols' };
  assert.deepEqual(weaknesses('abc', rules).reasons, ['length', 'characters']);
  assert.deepEqual(weaknesses('abcdefgh', rules).reasons, ['characters']);
  assert.deepEqual(weaknesses('Abcdef1!', rules).reasons, []);
  assert.deepEqual(weaknesses('abcdefgh', { ...rules, passwordRequirements: '' }).reasons, []);
  assert.deepEqual(weaknesses('äöüßä', { minimumPasswordLength: 8, passwordRequirements: '' }).reasons, []);
});

test('a seal depends on the value, its purpose and the secret', () => {
  const [ours, theirs] = [sealing(SECRET), sealing(`${SECRET}!`)];
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      assert.equal(ours('code', a), ours('code', a));
      assert.notEqual(ours('code', a), ours('link', a));
      assert.notEqual(ours('code', a), theirs('code', a));
      assert.equal(ours('code', a) === ours('code', b), a === b);
    }),
  );
});
