import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { SignJWT } from 'jose';
import { createTokens } from './tokens.ts';

const SECRET = 'a secret of the tests, 32 characters long';
const START = Date.parse('2026-06-01T12:00:00Z');

/** A JWT made by hand, so that nothing of the code under test signs it. */
function forge(header: object, payload: object, secret = SECRET): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part(header)}.${part(payload)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

const HS256 = { alg: 'HS256', typ: 'JWT' };
const at = (offset: number) => Math.floor(START / 1000) + offset;

async function tokensAt(clock = { now: START }) {
  return { clock, tokens: await createTokens({ jwtSecret: SECRET, now: () => clock.now }) };
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: { code: string; status: number }) => `${error.status} ${error.code}`,
  );

test('a token of ours and one signed elsewhere with the same secret are the identity they name', async () => {
  const { tokens } = await tokensAt();
  const claims = { sub: 'u', role: 'authenticated', app_metadata: { plan: 'pro' } };
  const mine = await tokens.verify(await tokens.sign(claims, 60));
  assert.equal(mine.role, 'authenticated');
  assert.deepEqual(mine.claims, { ...claims, iat: at(0), exp: at(60) });
  const theirs = { iss: 'supabase-demo', role: 'service_role', exp: at(60) };
  assert.deepEqual(await tokens.verify(forge(HS256, theirs)), { role: 'service_role', claims: theirs });
});

test('the keys are the same at every start, and say anon and service_role', async () => {
  const [one, two] = [(await tokensAt()).tokens, (await tokensAt()).tokens];
  assert.deepEqual([one.anonKey, one.serviceKey], [two.anonKey, two.serviceKey]);
  assert.equal((await one.identify({ apikey: one.anonKey })).role, 'anon');
  assert.equal((await one.identify({ apikey: one.serviceKey })).role, 'service_role');
});

test('a bearer token wins over the key, and nothing at all is anon', async () => {
  const { tokens } = await tokensAt();
  const user = await tokens.sign({ sub: 'u', role: 'authenticated' }, 60);
  assert.equal(
    (await tokens.identify({ authorization: `Bearer ${user}`, apikey: tokens.serviceKey })).role,
    'authenticated',
  );
  assert.deepEqual(await tokens.identify({}), { role: 'anon', claims: { role: 'anon' } });
});

test('forged, unsigned, foreign and endless tokens are invalid', async () => {
  const { tokens } = await tokensAt();
  const claims = { role: 'service_role', exp: at(60) };
  const unsigned = `${forge({ alg: 'none' }, claims).split('.').slice(0, 2).join('.')}.`;
  const wrong = [
    forge(HS256, claims, 'another secret, also 32 characters long'),
    forge({ alg: 'HS512' }, claims),
    unsigned,
    forge(HS256, { role: 'service_role' }),
    forge(HS256, { role: 'x; drop role anon', exp: at(60) }),
    forge(HS256, { role: ['service_role'], exp: at(60) }),
    forge(HS256, { ...claims, nbf: at(30) }),
    'a.b.c',
    'nonsense',
  ];
  for (const token of wrong) assert.equal(await codeOf(tokens.verify(token)), '401 TOKEN_INVALID', token);
  for (const authorization of ['Bearer', 'Basic dTpw', 'Bearer a b'])
    assert.equal(await codeOf(tokens.identify({ authorization })), '401 TOKEN_INVALID', authorization);
});

test('a token that was verified is remembered only until it expires', async () => {
  const { tokens, clock } = await tokensAt();
  const token = await tokens.sign({ sub: 'u', role: 'authenticated' }, 60);
  const first = await tokens.verify(token);
  assert.equal(await tokens.verify(token), first);
  clock.now = START + 59_999;
  assert.equal(await tokens.verify(token), first);
  clock.now = START + 60_000;
  assert.equal(await codeOf(tokens.verify(token)), '401 TOKEN_EXPIRED');
});

test('a token without a role is anon', async () => {
  const { tokens } = await tokensAt();
  assert.equal((await tokens.verify(forge(HS256, { sub: 'u', exp: at(60) }))).role, 'anon');
});

test('public keys verify what their private ones signed, and are no secret for HS256', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256' };
  const verificationKeys = JSON.stringify({
    keys: [jwk, { kty: 'oct', k: Buffer.from(SECRET).toString('base64url') }],
  });
  const tokens = await createTokens({ jwtSecret: SECRET, verificationKeys, now: () => START });
  const claims = { sub: 'u', role: 'authenticated', exp: at(60) };
  const signed = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(privateKey);
  assert.deepEqual((await tokens.verify(signed)).claims, claims);
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const foreign = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(stranger);
  const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
  for (const bad of [foreign, forge(HS256, claims, pem), forge(HS256, claims, JSON.stringify(jwk))])
    assert.equal(await codeOf(tokens.verify(bad)), '401 TOKEN_INVALID');
});
