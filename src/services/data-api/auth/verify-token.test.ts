import { deepEqual, equal, throws } from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { type DataApiConfig, DEFAULT_CONFIG } from '../config.ts';
import { hold, problem, SECRET } from '../conformance/test-fixture.ts';
import { ApiError } from '../respond/api-error.ts';
import { authenticator } from './verify-token.ts';

const NOW = 1_700_000_000;
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(claims: object, secret = SECRET, header: object = { alg: 'HS256', typ: 'JWT' }): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function ask(bearer: string | undefined, config: Partial<DataApiConfig> = {}) {
  const authenticate = authenticator({ ...DEFAULT_CONFIG, dbAnonRole: 'anon', jwtSecret: SECRET, ...config });
  return authenticate(bearer === undefined ? undefined : `Bearer ${bearer}`, NOW);
}

function refuses(bearer: string | undefined, code: string, message: string, config: Partial<DataApiConfig> = {}) {
  throws(
    () => ask(bearer, config),
    (error: unknown) => {
      if (!(error instanceof ApiError)) return false;
      deepEqual([error.code, error.message], [code, message]);
      return true;
    },
  );
}

test('a signed token gives its role, and its claims in alphabetical order', () => {
  const { role, claims } = ask(token({ sub: 'u', role: 'author', a: 1 }));
  equal(role, 'author');
  equal(JSON.stringify(claims), '{"a":1,"role":"author","sub":"u"}');
  equal(ask(undefined).role, 'anon');
  equal(ask(token({ sub: 'u' })).role, 'anon');
});

test('the role is found along the path of jwt-role-claim-key', () => {
  const claims = { 'https://x/roles': ['other', 'author'], deep: { role: 'nested' } };
  equal(ask(token(claims), { jwtRoleClaimKey: '."https://x/roles"[1]' }).role, 'author');
  equal(ask(token(claims), { jwtRoleClaimKey: '.deep.role' }).role, 'nested');
  equal(ask(token(claims), { jwtRoleClaimKey: '."https://x/roles"[?(@ ^== "aut")]' }).role, 'author');
});

test('times are judged with thirty seconds of tolerance', () => {
  equal(ask(token({ role: 'r', exp: NOW - 29, nbf: NOW + 29, iat: NOW + 29 })).role, 'r');
  refuses(token({ role: 'r', exp: NOW - 31 }), 'PGRST303', 'JWT expired');
  refuses(token({ role: 'r', nbf: NOW + 31 }), 'PGRST303', 'JWT not yet valid');
  refuses(token({ role: 'r', iat: NOW + 31 }), 'PGRST303', 'JWT issued at future');
  refuses(token({ role: 'r', exp: 'x' }), 'PGRST303', "The JWT 'exp' claim must be a number");
});

test('the audience must be ours where one is configured', () => {
  equal(ask(token({ role: 'r', aud: ['a', 'us'] }), { jwtAud: 'us' }).role, 'r');
  refuses(token({ role: 'r', aud: 'them' }), 'PGRST303', 'JWT not in audience', { jwtAud: 'us' });
  refuses(token({ role: 'r', aud: 1 }), 'PGRST303', "The JWT 'aud' claim must be a string or an array of strings");
});

test('what is forged, malformed or unwanted is refused in the known words', () => {
  refuses('', 'PGRST301', 'Empty JWT is sent in Authorization header');
  refuses('a.b', 'PGRST301', 'Expected 3 parts in JWT; got 2');
  refuses(token({ role: 'r' }, 'another-secret'), 'PGRST301', 'No suitable key or wrong key type');
  refuses(token({ role: 'r' }, SECRET, { alg: 'none' }), 'PGRST301', 'Wrong or unsupported encoding algorithm');
  refuses(token({ role: 'r' }, SECRET, { alg: 'RS256' }), 'PGRST301', 'No suitable key or wrong key type');
  refuses(undefined, 'PGRST302', 'Anonymous access is disabled', { dbAnonRole: undefined });
  refuses(token({ role: 'r' }), 'PGRST300', 'Server lacks JWT secret', { jwtSecret: undefined });
});

test('keys of a JWK set verify RS256 and ES256, by key id where one is given', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwtSecret = JSON.stringify({
    keys: [
      { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa' },
      { ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec' },
    ],
  });
  const signed = (alg: string, kid: string) => `${encode({ alg, kid })}.${encode({ role: alg })}`;
  const rs = signed('RS256', 'rsa');
  const es = signed('ES256', 'ec');
  const proof = sign('sha256', Buffer.from(rs), rsa.privateKey).toString('base64url');
  const other = sign('sha256', Buffer.from(es), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }).toString(
    'base64url',
  );
  equal(ask(`${rs}.${proof}`, { jwtSecret }).role, 'RS256');
  equal(ask(`${es}.${other}`, { jwtSecret }).role, 'ES256');
  refuses(`${es}.${proof}`, 'PGRST301', 'No suitable key or wrong key type', { jwtSecret });
});

const as = (claims: object) => ({ Authorization: `Bearer ${token(claims)}` });
const HIDDEN = problem('42501', 'permission denied for table hidden');

hold('row level security sees the role, and a refusal tells strangers from members', [
  { ask: 'GET /owned?select=body', json: [{ body: 'for all' }] },
  { ask: 'GET /owned?select=body', headers: as({ role: 'authenticated' }), json: [{ body: 'for members' }] },
  { ask: 'GET /hidden', status: 401, json: HIDDEN, answers: { 'www-authenticate': 'Bearer' } },
  { ask: 'GET /hidden', headers: as({ role: 'authenticated' }), status: 403, json: HIDDEN },
  {
    ask: 'GET /clients',
    headers: as({ role: 'nobody' }),
    status: 401,
    json: problem('22023', 'role "nobody" does not exist'),
  },
  {
    ask: 'GET /clients',
    headers: as({ role: 'none' }),
    status: 401,
    json: problem('22023', 'role "none" does not exist'),
  },
  {
    ask: 'POST /owned',
    body: { id: 9, owner: 'other' },
    status: 401,
    json: problem('42501', 'new row violates row-level security policy for table "owned"'),
  },
]);
