/** OPTIONS, CORS, paths, methods, the root. */
import { accept, hold, JSON_TYPE, post, problem } from './test-functions.ts';

hold('OPTIONS says what is allowed', [
  [
    'OPTIONS /projects',
    {},
    { text: '', answers: { Allow: 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE', 'Access-Control-Allow-Origin': '*' } },
  ],
  ['OPTIONS /keyless', {}, { answers: { Allow: 'OPTIONS,GET,HEAD,POST,PATCH,DELETE' } }],
  ['OPTIONS /fixed', {}, { answers: { Allow: 'OPTIONS,GET,HEAD' } }],
  ['OPTIONS /rpc/sayhello', {}, { answers: { Allow: 'OPTIONS,GET,HEAD,POST' } }],
  ['OPTIONS /rpc/reset_items', {}, { answers: { Allow: 'OPTIONS,POST' } }],
  ['OPTIONS /', {}, { answers: { Allow: 'OPTIONS,GET,HEAD' } }],
  ['OPTIONS /unknown', {}, { status: 404 }],
  ['OPTIONS /rpc/nowhere', {}, { status: 404 }],
]);

const ORIGIN = { Origin: 'http://example.com' };
hold('browsers of any origin may come', [
  [
    'OPTIONS /',
    { headers: { ...ORIGIN, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'Foo,Bar' } },
    {
      text: '',
      answers: {
        'Access-Control-Allow-Origin': '*',
        'Access-Control-Allow-Methods': 'GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD',
        'Access-Control-Allow-Headers': 'Authorization, Foo, Bar, Accept, Accept-Language, Content-Language',
        'Access-Control-Max-Age': '86400',
      },
    },
  ],
  [
    'GET /items?id=eq.1',
    { headers: ORIGIN },
    {
      answers: {
        'Access-Control-Allow-Origin': '*',
        'Access-Control-Expose-Headers':
          'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit',
      },
    },
  ],
  ['OPTIONS /items', { headers: ORIGIN }, { text: '', answers: { 'Access-Control-Allow-Origin': '*' } }],
]);

hold('paths and methods that are none are refused', [
  [
    'GET /items/1',
    {},
    {
      status: 404,
      json: problem('PGRST125', 'Invalid path specified in request URL'),
      answers: { 'Proxy-Status': 'PostgREST; error=PGRST125', 'Content-Type': JSON_TYPE },
    },
  ],
  ['GET /items/', {}, { status: 404, json: problem('PGRST125', 'Invalid path specified in request URL') }],
  ['GET /rpc/sayhello/x', {}, { status: 404, json: problem('PGRST125', 'Invalid path specified in request URL') }],
  ['CONNECT /items', {}, { status: 405, json: problem('PGRST117', 'Unsupported HTTP method: CONNECT') }],
  ['TRACE /', {}, { status: 405, json: problem('PGRST117', 'Unsupported HTTP method: TRACE') }],
  ['POST /', post(), { status: 405, json: problem('PGRST117', 'Unsupported HTTP method: POST') }],
  [
    'GET /items',
    { headers: { 'Accept-Profile': 'unknown' } },
    {
      status: 406,
      json: problem('PGRST106', 'Invalid schema: unknown', null, 'Only the following schemas are exposed: test'),
    },
  ],
]);

hold(
  'a function may answer the root, and one may stand before every request',
  [
    [
      'GET /',
      accept('application/openapi+json'),
      {
        json: { swagger: '2.0' },
        answers: { 'Content-Type': 'application/openapi+json; charset=utf-8', 'X-Gate': 'open' },
      },
    ],
    ['GET /', accept('application/json'), { json: { swagger: '2.0' }, answers: { 'Content-Type': JSON_TYPE } }],
    ['POST /', post(), { json: { swagger: '2.0' } }],
    ['OPTIONS /', {}, { answers: { Allow: 'OPTIONS,GET,HEAD,POST' } }],
    ['PATCH /', {}, { status: 405, json: problem('PGRST101', 'Cannot use the PATCH method on RPC') }],
    ['GET /items?id=eq.1', {}, { json: [{ id: 1 }], answers: { 'X-Gate': 'open' } }],
    ['GET /items', { headers: { 'X-Blocked': '1' } }, { status: 403, json: problem('PT403', 'blocked') }],
  ],
  { dbRootSpec: 'root', dbPreRequest: 'test.gate' },
);
hold(
  'the root is not there where OpenAPI is off',
  [['GET /', {}, { status: 404, json: problem('PGRST126', 'Root endpoint metadata is disabled') }]],
  { openapiMode: 'disabled' },
);
