/** Functions, media types, tokens, OPTIONS and CORS: what is asked and what PostgREST answers. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { createLog } from '#kernel/log.ts';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import type { DataApi } from '../api.ts';
import { type DataApiConfig, DEFAULT_CONFIG } from '../config.ts';
import { createDataApi } from '../create.ts';

interface Expected {
  readonly status?: number;
  /** Compared as JSON; a text as it came. */
  readonly json?: unknown;
  readonly text?: string;
  /** null: the header must not be there. */
  readonly answers?: Readonly<Record<string, string | null>>;
}
interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
/** `POST /rpc/f`, what goes with it, and what must come of it. */
type Case = readonly [ask: string, asked: Asked, expected: Expected];

const SECRET = 'reallyreallyreallyreallyverysafe';
const CONFIG: DataApiConfig = {
  ...DEFAULT_CONFIG,
  dbSchemas: ['test'],
  dbAnonRole: 'anon',
  jwtSecret: SECRET,
  dbPlanEnabled: true,
};
let db: TestDatabase;
const apis = new Map<string, DataApi>();

before(async () => {
  db = await testDatabase();
  await db.sql(readFileSync(new URL('functions.sql', import.meta.url), 'utf8'));
});
after(async () => {
  for (const api of apis.values()) await api.close();
  await db.sql('drop owned by conformance_author; drop role conformance_author');
  await db.close();
});

function apiWith(config: Partial<DataApiConfig>): DataApi {
  const key = JSON.stringify(config, (_, value) => value ?? null);
  const known = apis.get(key);
  if (known) return known;
  const made = createDataApi({
    database: db.database,
    listenTarget: db.target,
    log: createLog('silent'),
    config: { ...CONFIG, ...config },
  });
  apis.set(key, made);
  return made;
}

function hold(sentence: string, cases: readonly Case[], config: Partial<DataApiConfig> = {}): void {
  describe(sentence, () => {
    for (const [ask, asked, expected] of cases)
      test([ask, JSON.stringify(asked)].join(' '), async () => {
        const given = await answerTo(ask, asked, config);
        if ('json' in expected) assert.deepEqual(JSON.parse(given.text), expected.json);
        if (expected.text !== undefined) assert.equal(given.text, expected.text);
        assert.equal(given.status, expected.status ?? 200);
        for (const [name, value] of Object.entries(expected.answers ?? {}))
          assert.equal(given.headers[name.toLowerCase()] ?? null, value, name);
      });
  });
}

async function answerTo(ask: string, { headers = {}, body }: Asked, config: Partial<DataApiConfig>) {
  const [method = '', url = ''] = [ask.slice(0, ask.indexOf(' ')), ask.slice(ask.indexOf(' ') + 1)];
  const [path = '', ...query] = url.split('?');
  const given = await apiWith(config).handle({
    method,
    path,
    query: query.join('?'),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)),
  });
  const text = given.body.toString('utf8');
  return {
    status: given.status,
    text,
    headers: Object.fromEntries(given.headers.map(([name, value]) => [name.toLowerCase(), value])),
  };
}

const problem = (code: string, message: string, details: unknown = null, hint: string | null = null) => ({
  code,
  details,
  hint,
  message,
});
const accept = (Accept: string): Asked => ({ headers: { Accept } });
const typed = (type: string, body: string): Asked => ({ headers: { 'Content-Type': type }, body });
const post = (body: unknown = {}): Asked => ({ body });
const JSON_TYPE = 'application/json; charset=utf-8';

hold('functions are found by the names of their arguments', [
  ['POST /rpc/sayhello', post({ name: 'world' }), { text: '"Hello, world"', answers: { 'Content-Type': JSON_TYPE } }],
  ['GET /rpc/with_defaults?a=1', {}, { text: '"1-2-z"' }],
  ['GET /rpc/with_defaults?a=1&c=y', {}, { text: '"1-2-y"' }],
  ['POST /rpc/with_defaults', post({ b: 5, a: 1 }), { text: '"1-5-z"' }],
  ['GET /rpc/overloaded', {}, { json: [1, 2, 3] }],
  ['POST /rpc/overloaded', post([{ x: 1 }, { x: 2 }]), { json: [{ x: 1 }, { x: 2 }] }],
  ['POST /rpc/overloaded', post({ a: 1, b: 2 }), { text: '3' }],
  ['POST /rpc/overloaded', post({ a: '1', b: '2', c: '3' }), { text: '"123"' }],
  ['GET /rpc/overloaded?a=1&b=2&c=3', {}, { text: '"123"' }],
  [
    'POST /rpc/overloaded_unnamed',
    post({}),
    {
      status: 300,
      json: problem(
        'PGRST203',
        'Could not choose the best candidate function between: test.overloaded_unnamed( => json), test.overloaded_unnamed( => jsonb)',
        null,
        'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
      ),
    },
  ],
  ['POST /rpc/overloaded_unnamed', typed('text/plain', 'abc'), { text: '"text"' }],
  ['POST /rpc/overloaded_unnamed', typed('application/octet-stream', 'abc'), { text: '"bytea3"' }],
  [
    'POST /rpc/overloaded_unnamed',
    typed('text/xml', '<a/>'),
    {
      status: 404,
      json: problem(
        'PGRST202',
        'Could not find the function test.overloaded_unnamed in the schema cache',
        'Searched for the function test.overloaded_unnamed with a single unnamed xml parameter, but no matches were found in the schema cache.',
      ),
    },
  ],
  ['POST /rpc/unnamed_json', post({ a: [1] }), { json: { a: [1] } }],
  [
    'GET /rpc/zqxw?x=1&a=2',
    {},
    {
      status: 404,
      json: problem(
        'PGRST202',
        'Could not find the function test.zqxw(a, x) in the schema cache',
        'Searched for the function test.zqxw with parameters a, x, but no matches were found in the schema cache.',
      ),
    },
  ],
  [
    'GET /rpc/sayhell',
    {},
    {
      status: 404,
      json: problem(
        'PGRST202',
        'Could not find the function test.sayhell without parameters in the schema cache',
        'Searched for the function test.sayhell without parameters, but no matches were found in the schema cache.',
        'Perhaps you meant to call the function test.sayhello',
      ),
    },
  ],
  [
    'POST /rpc/add_them',
    post({ a: 1, b: 2, smthelse: 'blabla' }),
    {
      status: 404,
      json: problem(
        'PGRST202',
        'Could not find the function test.add_them(a, b, smthelse) in the schema cache',
        'Searched for the function test.add_them with parameters a, b, smthelse or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
        'Perhaps you meant to call the function test.add_them(a, b)',
      ),
    },
  ],
  ['GET /rpc/secret', {}, { status: 404 }],
  [
    'GET /rpc/same_names?a=1',
    {},
    {
      status: 300,
      json: problem(
        'PGRST203',
        'Could not choose the best candidate function between: test.same_names(a => integer), test.same_names(a => text), test.same_names(a => integer, b => integer)',
        null,
        'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
      ),
    },
  ],
  ['POST /rpc/quoted%20function', post({ camelCase: 'a', 'with space': 'b' }), { text: '"ab"' }],
  ['GET /rpc/quoted%20function?camelCase=a&with%20space=b', {}, { text: '"ab"' }],
]);

hold('arguments of every type are passed', [
  ['GET /rpc/variadic_param?v=hi&v=there', {}, { json: ['hi', 'there'] }],
  ['GET /rpc/variadic_param?v=%7Ba,b%7D', {}, { json: ['{a,b}'] }],
  ['GET /rpc/variadic_param', {}, { json: [] }],
  ['POST /rpc/variadic_param', post({ v: ['x', 'y'] }), { json: ['x', 'y'] }],
  ['POST /rpc/variadic_param', typed('application/x-www-form-urlencoded', 'v=x&v=y'), { json: ['x', 'y'] }],
  ['POST /rpc/enum_arg', post({ val: 'green' }), { text: '"green"' }],
  ['POST /rpc/array_arg', post({ arr: [1, 2] }), { text: '2' }],
  ['POST /rpc/array_arg', post({ arr: '{1,2,3}' }), { text: '3' }],
  ['GET /rpc/array_arg?arr=%7B1,2,3%7D', {}, { text: '3' }],
  ['POST /rpc/json_arg', post({ arg: { a: 1 } }), { text: '"object"' }],
  ['POST /rpc/json_arg', post({ arg: 'text' }), { text: '"string"' }],
  ['GET /rpc/json_arg?arg=%5B1%5D', {}, { text: '"array"' }],
  ['POST /rpc/add_them', typed('text/csv', 'a,b\n1,2'), { text: '3' }],
  ['GET /rpc/add_them?a=1&b=2&b=5', {}, { text: '6' }],
  [
    'POST /rpc/unnamed_bytea',
    { headers: { 'Content-Type': 'application/octet-stream', Accept: 'application/octet-stream' }, body: 'xyz' },
    { text: 'xyz' },
  ],
  [
    'POST /rpc/add_them',
    typed('application/json', '{"a": 1, '),
    { status: 400, json: problem('PGRST102', 'Empty or invalid json') },
  ],
  [
    'GET /rpc/add_them?a=x&b=1',
    {},
    { status: 400, json: problem('22P02', 'invalid input syntax for type integer: "x"') },
  ],
]);

hold('results of every type are answered', [
  ['GET /rpc/ret_null', {}, { text: 'null' }],
  ['GET /rpc/ret_setof_integers', {}, { json: [1, 2, 3] }],
  ['GET /rpc/ret_array', {}, { json: [1, 2, 3] }],
  ['GET /rpc/ret_enum?val=red', {}, { text: '"red"' }],
  ['GET /rpc/ret_point', {}, { text: '{"x":10,"y":5}' }],
  [
    'GET /rpc/ret_points',
    {},
    {
      json: [
        { x: 10, y: 5 },
        { x: 3, y: 4 },
      ],
    },
  ],
  ['GET /rpc/ret_range?low=1&up=4', {}, { text: '"[1,4)"' }],
  ['GET /rpc/ret_jsonb', {}, { json: { a: 1 } }],
  ['GET /rpc/ret_setof_json', {}, { json: [{ a: 1 }, [2]] }],
  ['GET /rpc/ret_record_out?num=1&b=true', {}, { json: { str: 'x', b: true } }],
  ['GET /rpc/single_out?num=1', {}, { json: { num_plus_one: 2 } }],
  ['GET /rpc/single_inout?num=1', {}, { json: { num: 2 } }],
  [
    'GET /rpc/ret_table',
    {},
    {
      json: [
        { id: 1, name: 'a' },
        { id: 2, name: 'b' },
      ],
    },
  ],
  ['GET /rpc/single_column_table', {}, { json: [{ id: 1 }, { id: 2 }] }],
  ['GET /rpc/single_project?id=1', {}, { json: { id: 1, name: 'Windows 7', client_id: 1 } }],
  [
    'GET /rpc/single_project?id=1&select=name,clients(name)',
    {},
    { json: { name: 'Windows 7', clients: { name: 'Microsoft' } } },
  ],
  ['POST /rpc/no_return', post(), { status: 204, text: '', answers: { 'Content-Type': null, 'Content-Length': null } }],
  ['POST /rpc/ret_void', post(), { status: 204, text: '', answers: { 'Content-Range': '0-0/*' } }],
  [
    'GET /rpc/getproject?id=1',
    accept('application/vnd.pgrst.object+json'),
    { text: '{"id":1,"name":"Windows 7","client_id":1}' },
  ],
  [
    'GET /rpc/getproject?id=100',
    accept('application/vnd.pgrst.object+json'),
    {
      status: 406,
      json: problem('PGRST116', 'Cannot coerce the result to a single JSON object', 'The result contains 0 rows'),
    },
  ],
  ['GET /rpc/ret_setof_integers', accept('text/csv'), { text: 'pgrst_scalar\n1\n2\n3' }],
  ['GET /rpc/add_them?a=1&b=2', accept('text/csv'), { text: 'pgrst_scalar\n3' }],
]);

hold('results are filtered, paged and counted', [
  ['GET /rpc/getallprojects?id=gt.1&id=lt.5&select=id', {}, { json: [{ id: 2 }, { id: 3 }, { id: 4 }] }],
  ['GET /rpc/getitemrange?min=2&max=4', {}, { json: [{ id: 3 }, { id: 4 }], answers: { 'Content-Range': '0-1/*' } }],
  [
    'GET /rpc/getitemrange?min=0&max=15',
    { headers: { Range: '0-4', Prefer: 'count=exact' } },
    { status: 206, answers: { 'Content-Range': '0-4/15' } },
  ],
  [
    'POST /rpc/getitemrange?limit=1',
    post({ min: 0, max: 15 }),
    { json: [{ id: 1 }], answers: { 'Content-Range': '0-0/*' } },
  ],
  [
    'HEAD /rpc/getitemrange?min=2&max=4',
    {},
    { text: '', answers: { 'Content-Type': JSON_TYPE, 'Content-Range': '0-1/*' } },
  ],
  [
    'POST /rpc/setprojects?select=id,name',
    post({ id_l: 1, id_h: 1, name: 'Windows 7' }),
    { json: [{ id: 1, name: 'Windows 7' }] },
  ],
  [
    'GET /rpc/setprojects?id_l=1&id_h=2&name=x',
    {},
    { status: 405, json: problem('25006', 'cannot execute UPDATE in a read-only transaction') },
  ],
  ['HEAD /rpc/setprojects?id_l=1&id_h=2&name=x', {}, { status: 405 }],
  ['DELETE /rpc/sayhello', {}, { status: 405, json: problem('PGRST101', 'Cannot use the DELETE method on RPC') }],
  ['PATCH /rpc/sayhello', post(), { status: 405, json: problem('PGRST101', 'Cannot use the PATCH method on RPC') }],
  [
    'POST /rpc/getallprojects',
    { headers: { Prefer: 'handling=strict, max-affected=2' }, body: {} },
    {
      status: 400,
      json: problem('PGRST124', 'Query result exceeds max-affected preference constraint', 'The query affects 5 rows'),
    },
  ],
  [
    'POST /rpc/ret_point',
    { headers: { Prefer: 'handling=strict, max-affected=2' }, body: {} },
    {
      status: 400,
      json: problem(
        'PGRST128',
        'Function must return SETOF or TABLE when max-affected preference is used with handling=strict',
      ),
    },
  ],
]);

hold(
  'functions decide about the answer',
  [
    ['POST /rpc/problem', post(), { status: 400, json: problem('P0001', 'bad thing') }],
    [
      'POST /rpc/payment',
      post(),
      {
        status: 402,
        json: problem('PT402', 'Payment Required', 'Quota exceeded', 'Upgrade your plan'),
        answers: { 'Proxy-Status': 'PostgREST; error=PT402' },
      },
    ],
    ['POST /rpc/headers_of_mine', post(), { status: 204, answers: { 'Set-Cookie': 'b=2' } }],
    [
      'POST /rpc/bad_headers',
      post(),
      {
        status: 500,
        json: problem(
          'PGRST111',
          'response.headers guc must be a JSON array composed of objects with a single key and a string value',
        ),
      },
    ],
    [
      'POST /rpc/bad_status',
      post(),
      { status: 500, json: problem('PGRST112', 'response.status guc must be a valid status code') },
    ],
    ['POST /rpc/html_status', post(), { status: 418, json: { tea: true } }],
    ['GET /rpc/timeout_of', {}, { text: '"17s"' }],
    [
      'POST /rpc/get_guc',
      { headers: { 'X-Mine': 'v' }, body: { name: 'request.headers' } },
      { text: '"{\\"x-mine\\":\\"v\\"}"' },
    ],
    ['POST /rpc/get_guc', post({ name: 'request.method' }), { text: '"POST"' }],
    ['GET /rpc/get_guc?name=request.path', {}, { text: '"/rpc/get_guc"' }],
    [
      'POST /rpc/get_guc',
      { headers: { Cookie: 'acookie=cookievalue; second=anothervalue' }, body: { name: 'request.cookies' } },
      { text: '"{\\"acookie\\":\\"cookievalue\\",\\"second\\":\\"anothervalue\\"}"' },
    ],
    ['POST /rpc/get_guc', post({ name: 'app.settings.app_host' }), { text: '"localhost"' }],
  ],
  { appSettings: { app_host: 'localhost' } },
);

hold('media types come from domains and aggregates', [
  [
    'GET /rpc/welcome',
    accept('text/plain'),
    { text: 'Welcome', answers: { 'Content-Type': 'text/plain; charset=utf-8' } },
  ],
  ['GET /rpc/welcome', {}, { text: '"Welcome"', answers: { 'Content-Type': JSON_TYPE } }],
  ['GET /rpc/welcome_html', accept('text/html'), { text: '<h1>hi</h1>', answers: { 'Content-Type': 'text/html' } }],
  [
    'GET /rpc/welcome_html',
    accept('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'),
    { text: '<h1>hi</h1>' },
  ],
  ['GET /rpc/ret_xml', accept('text/xml'), { text: '<a/>', answers: { 'Content-Type': 'text/xml; charset=utf-8' } }],
  ['GET /rpc/ret_png', accept('image/png'), { answers: { 'Content-Type': 'image/png', 'Content-Length': '2' } }],
  [
    'GET /rpc/ret_png',
    accept('image/jpeg'),
    { status: 406, json: problem('PGRST107', 'None of these media types are available: image/jpeg') },
  ],
  ['GET /rpc/ret_any', accept('app/bingo'), { text: 'any', answers: { 'Content-Type': 'application/octet-stream' } }],
  ['GET /rpc/ret_any', {}, { text: 'any', answers: { 'Content-Type': 'application/octet-stream' } }],
  ['GET /rpc/ret_any_typed', accept('app/groucho'), { text: 'groucho', answers: { 'Content-Type': 'app/groucho' } }],
  ['GET /rpc/many_html', accept('text/html'), { status: 406 }],
  [
    'GET /projects?id=eq.1',
    accept('application/vnd.first'),
    { text: 'Windows 7', answers: { 'Content-Type': 'application/vnd.first', 'Content-Range': '0-0/*' } },
  ],
  ['GET /projects?id=eq.1&select=id', accept('application/vnd.first'), { status: 406 }],
  [
    'GET /clients',
    accept('application/vnd.first'),
    { status: 406, json: problem('PGRST107', 'None of these media types are available: application/vnd.first') },
  ],
  ['GET /rpc/getallprojects?id=eq.3', accept('application/vnd.first'), { text: 'IOS' }],
  ['GET /clients', accept('text/tab-separated'), { text: '(1,Microsoft)\n(2,Apple)' }],
  ['GET /rpc/ret_setof_integers', accept('text/tab-separated'), { text: '1\n2\n3' }],
  ['GET /numbers', {}, { text: '<1><2>', answers: { 'Content-Type': 'magic/number' } }],
  ['GET /numbers?val=eq.1', accept('magic/number'), { text: '<1>', answers: { 'Content-Type': 'magic/number' } }],
  ['GET /numbers?val=eq.1', accept('application/json'), { text: '<1>' }],
  ['GET /numbers?val=eq.1', accept('application/vnd.pgrst.object+json'), { text: '{"val":1}' }],
  ['GET /numbers?val=eq.1&select=val', {}, { text: '[{"val":1}]', answers: { 'Content-Type': JSON_TYPE } }],
  [
    'GET /projects',
    accept('image/webp, text/unknowntype'),
    { status: 406, json: problem('PGRST107', 'None of these media types are available: image/webp, text/unknowntype') },
  ],
  ['GET /projects?select=id&id=eq.1', accept('text/unknowntype, application/json;q=0.5'), { json: [{ id: 1 }] }],
  ['HEAD /projects?id=eq.1', accept('text/csv'), { text: '', answers: { 'Content-Type': 'text/csv; charset=utf-8' } }],
]);

hold('plans are shown in the form asked for', [
  [
    'GET /projects',
    accept('application/vnd.pgrst.plan+json'),
    { answers: { 'Content-Type': 'application/vnd.pgrst.plan+json; for="application/json"; charset=utf-8' } },
  ],
  [
    'GET /projects',
    accept('application/vnd.pgrst.plan'),
    { answers: { 'Content-Type': 'application/vnd.pgrst.plan+text; for="application/json"; charset=utf-8' } },
  ],
  [
    'GET /projects',
    accept('application/vnd.pgrst.plan+json; for="text/csv"; options=analyze|buffers'),
    {
      answers: {
        'Content-Type': 'application/vnd.pgrst.plan+json; for="text/csv"; options=analyze|buffers; charset=utf-8',
      },
    },
  ],
  [
    'GET /rpc/getallprojects',
    accept('application/vnd.pgrst.plan+json; for="application/vnd.pgrst.object+json"'),
    {
      answers: {
        'Content-Type': 'application/vnd.pgrst.plan+json; for="application/vnd.pgrst.object+json"; charset=utf-8',
      },
    },
  ],
  [
    'DELETE /projects?id=eq.99',
    accept('application/vnd.pgrst.plan+text; for="application/vnd.pgrst.array+json;nulls=stripped"'),
    {
      answers: {
        'Content-Type':
          'application/vnd.pgrst.plan+text; for="application/vnd.pgrst.array+json;nulls=stripped"; charset=utf-8',
      },
    },
  ],
]);
hold(
  'plans are refused where they are not enabled',
  [
    [
      'GET /projects',
      accept('application/vnd.pgrst.plan+json'),
      {
        status: 406,
        json: problem(
          'PGRST107',
          'None of these media types are available: application/vnd.pgrst.plan+json; for="application/json"',
        ),
      },
    ],
  ],
  { dbPlanEnabled: false },
);

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
function jwt(claims: unknown, { secret = SECRET as string | Buffer, alg = 'HS256' } = {}): string {
  const signed = `${part({ alg, typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
const bearer = (token: string): Asked => ({ headers: { Authorization: `Bearer ${token}` } });
const AUTHOR = { role: 'conformance_author', id: 'jdoe' };
const invalid = (code: string, message: string, details: string | null = null): Expected => ({
  status: 401,
  json: problem(code, message, details),
  answers: {
    'WWW-Authenticate': `Bearer error="invalid_token", error_description="${message.replaceAll('"', '\\"')}"`,
  },
});
const denied = (table: string) => problem('42501', `permission denied for table ${table}`);

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
    { text: '"{\\"id\\":\\"jdoe\\",\\"role\\":\\"conformance_author\\"}"' },
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
  'functions of the request and its place are there',
  [
    ['GET /rpc/get_guc?name=search_path', {}, { json: '"test", "hidden"' }],
    ['GET /rpc/whoami', {}, { text: '"anon"' }],
    ['GET /rpc/whoami', bearer(jwt(AUTHOR)), { text: '"conformance_author"' }],
  ],
  { dbExtraSearchPath: ['hidden'] },
);

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

hold(
  'limits, bodies and preferences count for calls as they do for tables',
  [
    [
      'GET /rpc/getallprojects?select=id&order=id',
      { headers: { Prefer: 'count=exact' } },
      {
        status: 206,
        json: [{ id: 1 }, { id: 2 }],
        answers: { 'Content-Range': '0-1/5', 'Preference-Applied': 'count=exact' },
      },
    ],
    [
      'GET /rpc/getitemrange?min=0&max=15',
      { headers: { Range: '100-199', Prefer: 'count=exact' } },
      {
        status: 416,
        json: problem(
          'PGRST103',
          'Requested range not satisfiable',
          'An offset of 100 was requested, but there are only 15 rows.',
        ),
        answers: { 'Content-Range': '*/15' },
      },
    ],
    [
      'POST /rpc/add_them',
      post([
        { a: 1, b: 2 },
        { a: 10, b: 20 },
      ]),
      { text: '3' },
    ],
    [
      'POST /rpc/add_them',
      typed('unknown/type', 'x'),
      { status: 400, json: problem('PGRST102', 'Content-Type not acceptable: unknown/type') },
    ],
    [
      'POST /rpc/setprojects?select=name',
      { headers: { Prefer: 'tx=rollback' }, body: { id_l: 5, id_h: 5, name: 'gone again' } },
      { json: [{ name: 'gone again' }], answers: { 'Preference-Applied': 'tx=rollback' } },
    ],
    ['GET /projects?select=name&id=eq.5', {}, { json: [{ name: 'Orphan' }] }],
    [
      'POST /rpc/add_them',
      { headers: { Prefer: 'handling=strict, bad=1' }, body: { a: 1, b: 2 } },
      {
        status: 400,
        json: problem('PGRST122', 'Invalid preferences given with handling=strict', 'Invalid preferences: bad=1'),
      },
    ],
    [
      'GET /rpc/getallprojects?nope=eq.1',
      {},
      {
        status: 400,
        json: problem(
          '42703',
          'column pgrst_source.nope does not exist',
          null,
          'Perhaps you meant to reference the column "pgrst_source.name".',
        ),
      },
    ],
  ],
  { dbMaxRows: 2, dbTxEnd: 'commit-allow-override' },
);
