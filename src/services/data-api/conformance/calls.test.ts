import { hold, problem } from './test-fixture.ts';

hold('functions give scalars, sets, rows and nothing', [
  { ask: 'GET /rpc/add_them?a=1&b=2', text: '3', answers: { 'content-range': '0-0/*' } },
  { ask: 'POST /rpc/add_them', body: { a: 1, b: 2 }, text: '3' },
  {
    ask: 'POST /rpc/add_them',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'a=1&b=2',
    text: '3',
  },
  { ask: 'GET /rpc/say_hello?name=x', text: '"Hello, x"' },
  { ask: 'GET /rpc/three', json: [1, 2, 3] },
  { ask: 'HEAD /rpc/three', text: '', answers: { 'content-range': '0-2/*' } },
  { ask: 'POST /rpc/nothing', status: 204, text: '' },
  { ask: 'GET /rpc/one_project?select=name', text: '{"name":"Windows 7"}' },
  {
    ask: 'GET /rpc/table_valued',
    json: [
      { x: 1, y: 'a' },
      { x: 2, y: 'b' },
    ],
  },
  { ask: 'GET /rpc/total?v=1&v=2&v=3', text: '6' },
  { ask: 'POST /rpc/total', body: { v: [1, 2] }, text: '3' },
  { ask: 'POST /rpc/unnamed_json', body: { any: [1, 2] }, text: '{"any":[1,2]}' },
  {
    ask: 'POST /rpc/unnamed_text',
    headers: { 'Content-Type': 'text/plain' },
    body: 'some text',
    text: '"some text"',
  },
]);

hold('results of functions are filtered, ordered, counted and embedded', [
  {
    ask: 'GET /rpc/get_projects?above=2&select=name,clients(name)&name=like.*S*',
    headers: { Prefer: 'count=exact' },
    json: [
      { name: 'IOS', clients: { name: 'Apple' } },
      { name: 'OSX', clients: { name: 'Apple' } },
    ],
    answers: { 'content-range': '0-1/2' },
  },
  { ask: 'GET /rpc/get_projects?limit=1&order=id.desc&select=id', json: [{ id: 5 }] },
  { ask: 'GET /rpc/get_projects?select=client_of(name)&id=eq.3', json: [{ client_of: { name: 'Apple' } }] },
  { ask: 'POST /rpc/get_projects?select=id&id=gt.4', body: {}, json: [{ id: 5 }] },
  { ask: 'POST /rpc/get_projects?columns=above&select=id', body: { above: 4, x: 1 }, json: [{ id: 5 }] },
  { ask: 'POST /rpc/get_projects?select=id', headers: { Accept: 'text/csv' }, body: { above: 3 }, text: 'id\n4\n5' },
]);

hold('overloads are told apart by the names of their arguments', [
  { ask: 'GET /rpc/overloaded', text: '"none"' },
  { ask: 'GET /rpc/overloaded?a=1', text: '"a"' },
  { ask: 'GET /rpc/overloaded?a=1&b=2', text: '"a and b"' },
  {
    ask: 'GET /rpc/ambiguous?a=1',
    status: 300,
    json: problem(
      'PGRST203',
      'Could not choose the best candidate function between: api.ambiguous(a => integer), api.ambiguous(a => text)',
      null,
      'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
    ),
  },
  {
    ask: 'POST /rpc/add_them',
    body: { a: 1 },
    status: 404,
    json: problem(
      'PGRST202',
      'Could not find the function api.add_them(a) in the schema cache',
      'Searched for the function api.add_them with parameter a or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
      'Perhaps you meant to call the function api.add_them(a, b)',
    ),
  },
  {
    ask: 'GET /rpc/say_helo?name=x',
    status: 404,
    json: problem(
      'PGRST202',
      'Could not find the function api.say_helo(name) in the schema cache',
      'Searched for the function api.say_helo with parameter name, but no matches were found in the schema cache.',
      'Perhaps you meant to call the function api.say_hello',
    ),
  },
  { ask: 'PUT /rpc/three', status: 405, json: problem('PGRST101', 'Cannot use the PUT method on RPC') },
]);

hold('functions decide about the answer, and their settings hold', [
  {
    ask: 'GET /rpc/insert_item?label=x',
    status: 405,
    json: problem('25006', 'cannot execute INSERT in a read-only transaction'),
  },
  { ask: 'POST /rpc/insert_item?select=label', body: { label: 'x' }, json: [{ label: 'x' }] },
  {
    ask: 'POST /rpc/raise_custom',
    status: 402,
    json: problem('PT402', 'Payment Required', 'Quota exceeded', 'Upgrade'),
  },
  {
    ask: 'POST /rpc/raise_pgrst',
    status: 332,
    json: problem('123', 'ABC', 'DEF', 'XYZ'),
    answers: { 'x-header': 'here' },
  },
  {
    ask: 'POST /rpc/raise_bad_pgrst',
    status: 500,
    json: problem(
      'PGRST121',
      `Could not parse JSON in the "RAISE SQLSTATE 'PGRST'" error`,
      "Invalid JSON value for MESSAGE: 'INVALID'",
      "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'.",
    ),
  },
  { ask: 'POST /rpc/set_status', status: 418, answers: { 'set-cookie': 'b=2' } },
  { ask: 'POST /rpc/slow', status: 500, json: problem('57014', 'canceling statement due to statement timeout') },
  {
    ask: 'GET /rpc/who',
    headers: { 'X-Mine': 'yes', Cookie: 'c=cookie' },
    json: { role: 'anon', claims: { role: 'anon' }, path: '/rpc/who', method: 'GET', x: 'yes', cookie: 'cookie' },
  },
]);
