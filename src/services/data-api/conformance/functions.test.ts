/** Which function is called, with what, and what its result is. */
import { accept, hold, JSON_TYPE, post, problem, typed } from './test-functions.ts';

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
