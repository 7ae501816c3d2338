/** Who a token makes of its bearer. */
import { createHmac } from 'node:crypto';
import { type Asked, type Expected, hold, post, problem, SECRET } from './test-functions.ts';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
function jwt(claims: unknown, { secret = SECRET as string | Buffer, alg = 'HS256' } = {}): string {
  const signed = `${part({ alg, typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
const bearer = (token: string): Asked => ({ headers: { Authorization: `Bearer ${token}` } });
const AUTHOR = { role: 'authenticated', id: 'jdoe' };
const invalid = (code: string, message: string, details: string | null = null): Expected => ({
  status: 401,
  json: problem(code, message, details),
  answers: {
    'WWW-Authenticate': `Bearer error="invalid_token", error_description="${message.replaceAll('"', '\\"')}"`,
  },
});
const denied = (table: string) => problem('42501', `permission denied for table ${table}`);

hold('what functions read of a request is in alphabetical order', [
  [
    'POST /rpc/get_guc',
    {
      ...post({ name: 'request.jwt.claims' }),
      ...bearer(jwt({ z: { b: 1, a: [{ d: 1, c: null }] }, role: 'authenticated' })),
    },
    { json: '{"role":"authenticated","z":{"a":[{"c":null,"d":1}],"b":1}}' },
  ],
  [
    'GET /rpc/get_guc?name=request.headers',
    { headers: { 'X-B': '1', Cookie: 'd=1; c=2', Accept: '*/*' } },
    { json: '{"accept":"*/*","x-b":"1"}' },
  ],
  ['GET /rpc/get_guc?name=request.cookies', { headers: { Cookie: 'd=1; c=2' } }, { json: '{"c":"2","d":"1"}' }],
]);

hold('tokens decide about the role', [
  ['GET /authors_only', {}, { status: 401, json: denied('authors_only'), answers: { 'WWW-Authenticate': 'Bearer' } }],
  ['GET /authors_only', bearer(jwt(AUTHOR)), { json: [{ owner: 'jdoe', secret: 'shh' }] }],
  [
    'GET /private_table',
    bearer(jwt(AUTHOR)),
    { status: 403, json: denied('private_table'), answers: { 'WWW-Authenticate': null } },
  ],
  [
    'GET /authors_only',
    bearer(jwt({ id: 'jdoe' })),
    { status: 401, json: denied('authors_only'), answers: { 'WWW-Authenticate': 'Bearer' } },
  ],
  ['GET /authors_only', { headers: { Authorization: `bearer ${jwt(AUTHOR)}` } }, {}],
  ['GET /authors_only', { headers: { Authorization: 'Basic abc' } }, { status: 401, json: denied('authors_only') }],
  [
    'GET /authors_only',
    bearer('ey9zdGdyZXN0X3Rlc3RfYXV0aG9yIiwiaWQiOiJqZG9lIn0.y4vZuu1dDdwAl0-S00MCRWRYMlJ5YAMSir6Es6WtWx0'),
    invalid('PGRST301', 'Expected 3 parts in JWT; got 2'),
  ],
  ['GET /authors_only', bearer(''), invalid('PGRST301', 'Empty JWT is sent in Authorization header')],
  [
    'GET /authors_only',
    bearer(jwt(AUTHOR, { secret: 'another' })),
    invalid('PGRST301', 'No suitable key or wrong key type', 'None of the keys was able to decode the JWT'),
  ],
  [
    'GET /authors_only',
    bearer(`${part({ alg: 'none' })}.${part(AUTHOR)}.`),
    invalid(
      'PGRST301',
      'Wrong or unsupported encoding algorithm',
      "JWT is unsecured but expected 'alg' was not 'none'",
    ),
  ],
  ['GET /authors_only', bearer(jwt({ ...AUTHOR, exp: 1 })), invalid('PGRST303', 'JWT expired')],
  ['GET /authors_only', bearer(jwt({ ...AUTHOR, exp: 9999999999 })), {}],
  ['GET /authors_only', bearer(jwt({ ...AUTHOR, nbf: 9999999999 })), invalid('PGRST303', 'JWT not yet valid')],
  ['GET /authors_only', bearer(jwt({ ...AUTHOR, iat: 9999999999 })), invalid('PGRST303', 'JWT issued at future')],
  [
    'GET /authors_only',
    bearer(jwt({ ...AUTHOR, exp: 'x' })),
    invalid('PGRST303', "The JWT 'exp' claim must be a number"),
  ],
  [
    'GET /authors_only',
    bearer(jwt({ ...AUTHOR, nbf: 'x' })),
    invalid('PGRST303', "The JWT 'nbf' claim must be a number"),
  ],
  [
    'GET /authors_only',
    bearer(jwt({ ...AUTHOR, iat: 'x' })),
    invalid('PGRST303', "The JWT 'iat' claim must be a number"),
  ],
  [
    'GET /authors_only',
    bearer(jwt({ ...AUTHOR, aud: 1 })),
    invalid('PGRST303', "The JWT 'aud' claim must be a string or an array of strings"),
  ],
  ['GET /authors_only', bearer(jwt({ ...AUTHOR, aud: 'anything' })), {}],
  ['GET /authors_only', bearer(jwt('text')), invalid('PGRST303', 'Parsing claims failed')],
  [
    'GET /items',
    bearer(jwt({ role: 'not_existing' })),
    {
      status: 401,
      json: problem('22023', 'role "not_existing" does not exist'),
      answers: { 'WWW-Authenticate': 'Bearer' },
    },
  ],
  [
    'POST /rpc/get_guc',
    { ...bearer(jwt(AUTHOR)), body: { name: 'request.jwt.claims' } },
    { text: '"{\\"id\\":\\"jdoe\\",\\"role\\":\\"authenticated\\"}"' },
  ],
  ['POST /rpc/get_guc', post({ name: 'request.jwt.claims' }), { text: '"{\\"role\\":\\"anon\\"}"' }],
]);
hold(
  'an audience is compared where one is configured',
  [
    ['GET /authors_only', bearer(jwt({ ...AUTHOR, aud: 'youraudience' })), {}],
    ['GET /authors_only', bearer(jwt({ ...AUTHOR, aud: ['x', 'youraudience'] })), {}],
    ['GET /authors_only', bearer(jwt({ ...AUTHOR, aud: [] })), {}],
    ['GET /authors_only', bearer(jwt(AUTHOR)), {}],
    ['GET /authors_only', bearer(jwt({ ...AUTHOR, aud: 'not' })), invalid('PGRST303', 'JWT not in audience')],
    ['GET /authors_only', bearer(jwt({ ...AUTHOR, aud: ['not'] })), invalid('PGRST303', 'JWT not in audience')],
  ],
  { jwtAud: 'youraudience' },
);
hold(
  'without an anonymous role a token is required',
  [
    [
      'GET /items',
      {},
      {
        status: 401,
        json: problem('PGRST302', 'Anonymous access is disabled'),
        answers: { 'WWW-Authenticate': 'Bearer' },
      },
    ],
    ['GET /items?id=eq.1', bearer(jwt(AUTHOR)), { json: [{ id: 1 }] }],
    [
      'GET /items',
      bearer(jwt({})),
      {
        status: 401,
        json: problem('PGRST302', 'Anonymous access is disabled'),
        answers: { 'WWW-Authenticate': 'Bearer' },
      },
    ],
  ],
  { dbAnonRole: undefined },
);
hold(
  'without a secret a token cannot be read',
  [
    ['GET /items', bearer('any'), { status: 500, json: problem('PGRST300', 'Server lacks JWT secret') }],
    ['GET /items?id=eq.1', {}, {}],
  ],
  { jwtSecret: undefined },
);
hold('a secret in base64 is read', [['GET /authors_only', bearer(jwt(AUTHOR)), {}]], {
  jwtSecret: Buffer.from(SECRET).toString('base64'),
  jwtSecretIsBase64: true,
});
hold(
  'a token whose algorithm fits no key says so',
  [
    [
      'GET /authors_only',
      bearer(jwt(AUTHOR, { alg: 'RS256' })),
      invalid('PGRST301', 'No suitable key or wrong key type', 'No suitable key was found to decode the JWT'),
    ],
  ],
  { jwtSecret: JSON.stringify({ kty: 'oct', k: Buffer.from(SECRET).toString('base64url'), alg: 'HS256' }) },
);

hold(
  'functions of the request and its place are there',
  [
    ['GET /rpc/get_guc?name=search_path', {}, { json: '"test", "hidden"' }],
    ['GET /rpc/whoami', {}, { text: '"anon"' }],
    ['GET /rpc/whoami', bearer(jwt(AUTHOR)), { text: '"authenticated"' }],
  ],
  { dbExtraSearchPath: ['hidden'] },
);
