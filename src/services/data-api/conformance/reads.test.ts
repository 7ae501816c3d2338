import { hold, problem } from './test-fixture.ts';

const EXACT = { Prefer: 'count=exact' };
const OBJECT = { Accept: 'application/vnd.pgrst.object+json' };

hold('a list is the JSON that Postgres makes, byte for byte', [
  {
    ask: 'GET /clients',
    text: '[{"id":1,"name":"Microsoft"}, \n {"id":2,"name":"Apple"}]',
    answers: {
      'content-type': 'application/json; charset=utf-8',
      'content-range': '0-1/*',
      'content-length': '56',
      'content-location': '/clients',
    },
  },
  { ask: 'HEAD /clients', text: '', answers: { 'content-range': '0-1/*', 'content-length': null } },
  { ask: 'GET /clients?id=eq.9', text: '[]', answers: { 'content-range': '*/*' } },
  { ask: 'GET /kinds?id=eq.2&select=amount', text: '[{"amount":12345678901234567890.1}]' },
  { ask: 'GET /clients', headers: { Accept: 'text/csv' }, text: 'id,name\n1,Microsoft\n2,Apple' },
  {
    ask: 'GET /kinds?id=eq.2&select=id,flag',
    headers: { Accept: 'application/vnd.pgrst.array+json;nulls=stripped' },
    text: '[{"id":2}]',
    answers: { 'content-type': 'application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8' },
  },
  { ask: 'GET /%C3%9Cbung?select=%22unbekannt,komma%22', json: [{ 'unbekannt,komma': 'eins' }] },
  { ask: 'GET /things', headers: { 'Accept-Profile': 'other' }, json: [{ id: 1, name: 'from another schema' }] },
]);

hold('select renames, casts, walks JSON and computes', [
  { ask: 'GET /projects?select=a:id,id::text&id=eq.1', json: [{ a: 1, id: '1' }] },
  { ask: 'GET /documents?select=data->foo->bar,plain->a->>b&id=eq.1', json: [{ bar: 1, b: 'deep' }] },
  { ask: 'GET /documents?select=data->list->0&id=eq.1', json: [{ list: 'a' }] },
  { ask: 'GET /documents?select=tags->>-1&id=eq.1', json: [{ tags: 'green' }] },
  { ask: 'GET /documents?select=data->>%22b:c%22&id=eq.1', json: [{ 'b:c': 'colon' }] },
  { ask: 'GET /projects?select=double_id&double_id=eq.4', json: [{ double_id: 4 }] },
  { ask: 'GET /paints?id=eq.1', json: [{ id: 1, name: 'blue', shade: '#0000FF' }] },
  { ask: 'GET /paints?select=shade::int&shade=eq.%23FF0000', json: [{ shade: 16711680 }] },
  {
    ask: 'GET /clients?select=nope',
    status: 400,
    json: problem(
      '42703',
      'column clients.nope does not exist',
      null,
      'Perhaps you meant to reference the column "clients.name".',
    ),
  },
  { ask: 'GET /items?select=id::fake', status: 400, json: problem('42704', 'type "fake" does not exist') },
]);

hold('every operator filters', [
  { ask: 'GET /items?id=eq.3&select=id', json: [{ id: 3 }] },
  { ask: 'GET /items?id=not.gte.2&select=id', json: [{ id: 1 }] },
  { ask: 'GET /items?id=in.(1,2)&id=neq.1&select=id', json: [{ id: 2 }] },
  { ask: 'GET /items?id=in.()&select=id', json: [] },
  { ask: 'GET /items?id=eq(any).{1,2}&select=id', json: [{ id: 1 }, { id: 2 }] },
  { ask: 'GET /clients?name=like(all).{*o*,*f*}&select=id', json: [{ id: 1 }] },
  { ask: 'GET /clients?name=ilike.*OSO*&select=id', json: [{ id: 1 }] },
  { ask: 'GET /clients?name=imatch.^m&select=id', json: [{ id: 1 }] },
  { ask: 'GET /kinds?flag=is.null&select=id', json: [{ id: 2 }] },
  { ask: 'GET /kinds?flag=is.NOT_NULL&select=id', json: [{ id: 1 }] },
  { ask: 'GET /kinds?flag=isdistinct.true&select=id', json: [{ id: 2 }] },
  { ask: 'GET /documents?tags=cs.{red}&select=id', json: [{ id: 1 }] },
  { ask: 'GET /documents?tags=cd.{red,green,blue}&select=id', json: [{ id: 1 }, { id: 2 }] },
  { ask: 'GET /documents?period=ov.[1,3)&select=id', json: [{ id: 1 }] },
  { ask: 'GET /documents?period=adj.[20,25)&select=id', json: [{ id: 2 }] },
  { ask: 'GET /documents?words=fts.fun&select=id', json: [{ id: 1 }] },
  { ask: 'GET /documents?words=wfts(english).impossible&select=id', json: [{ id: 2 }] },
  { ask: 'GET /clients?name=plfts(english).apples&select=id', json: [{ id: 2 }] },
  { ask: 'GET /documents?data->foo->>bar=eq.20&select=id', json: [{ id: 2 }] },
  { ask: 'GET /items?or=(id.eq.1,and(id.gt.3,id.lt.5))&select=id', json: [{ id: 1 }, { id: 4 }] },
  { ask: 'GET /items?id=lte.2&not.and=(id.eq.2)&select=id', json: [{ id: 1 }] },
  { ask: 'GET /kinds?%22Mixed%20Case%22=eq.x&select=id', json: [{ id: 1 }] },
  {
    ask: 'GET /clients?id=eq.abc',
    status: 400,
    json: problem('22P02', 'invalid input syntax for type integer: "abc"'),
  },
]);

hold('ranges, counts and single objects', [
  {
    ask: 'GET /items?limit=2&offset=2&select=id',
    headers: EXACT,
    status: 206,
    json: [{ id: 3 }, { id: 4 }],
    answers: { 'content-range': '2-3/15', 'preference-applied': 'count=exact' },
  },
  {
    ask: 'GET /items?select=id',
    headers: { Range: '0-1' },
    json: [{ id: 1 }, { id: 2 }],
    answers: { 'content-range': '0-1/*' },
  },
  { ask: 'GET /items?limit=0', headers: EXACT, status: 206, json: [], answers: { 'content-range': '*/15' } },
  {
    ask: 'GET /items?offset=99',
    headers: EXACT,
    status: 416,
    json: problem(
      'PGRST103',
      'Requested range not satisfiable',
      'An offset of 99 was requested, but there are only 15 rows.',
    ),
    answers: { 'content-range': '*/15' },
  },
  {
    ask: 'GET /items?limit=-1',
    status: 416,
    json: problem('PGRST103', 'Requested range not satisfiable', 'Limit should be greater than or equal to zero.'),
  },
  {
    ask: 'GET /items',
    headers: { Range: '10-1' },
    status: 416,
    json: problem(
      'PGRST103',
      'Requested range not satisfiable',
      'The lower boundary must be lower than or equal to the upper boundary in the Range header.',
    ),
  },
  {
    ask: 'GET /items?id=eq.1&select=id',
    headers: OBJECT,
    text: '{"id":1}',
    answers: { 'content-type': 'application/vnd.pgrst.object+json; charset=utf-8' },
  },
  {
    ask: 'GET /items',
    headers: OBJECT,
    status: 406,
    json: problem('PGRST116', 'Cannot coerce the result to a single JSON object', 'The result contains 15 rows'),
  },
  {
    ask: 'GET /projects?select=name,clients(name)&order=clients(name).asc,id.desc&limit=1',
    json: [{ name: 'OSX', clients: { name: 'Apple' } }],
  },
  { ask: 'GET /documents?select=id&order=data->foo->bar.desc.nullslast', json: [{ id: 2 }, { id: 1 }] },
]);

hold(
  'no relation hands out more rows than db-max-rows',
  [
    {
      ask: 'GET /items?select=id',
      headers: EXACT,
      status: 206,
      json: [{ id: 1 }, { id: 2 }],
      answers: { 'content-range': '0-1/15' },
    },
    { ask: 'GET /users?select=tasks(id)&id=eq.1', json: [{ tasks: [{ id: 1 }, { id: 2 }] }] },
    { ask: 'GET /rpc/three', json: [1, 2] },
  ],
  { dbMaxRows: 2 },
);

hold('what is not there is named, with a name that resembles it', [
  {
    ask: 'GET /clientz',
    status: 404,
    json: problem(
      'PGRST205',
      "Could not find the table 'api.clientz' in the schema cache",
      null,
      "Perhaps you meant the table 'api.clients'",
    ),
  },
  { ask: 'GET /a/b', status: 404, json: problem('PGRST125', 'Invalid path specified in request URL') },
  { ask: 'TRACE /clients', status: 405, json: problem('PGRST117', 'Unsupported HTTP method: TRACE') },
  {
    ask: 'GET /clients',
    headers: { 'Accept-Profile': 'no' },
    status: 406,
    json: problem('PGRST106', 'Invalid schema: no', null, 'Only the following schemas are exposed: api, other'),
  },
  {
    ask: 'GET /clients',
    headers: { Accept: 'image/png' },
    status: 406,
    json: problem('PGRST107', 'None of these media types are available: image/png'),
  },
]);

hold('media types of the database render rows and results', [
  {
    ask: 'GET /clients',
    headers: { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
    answers: { 'content-type': 'application/json; charset=utf-8' },
  },
  {
    ask: 'GET /projects?id=lt.3',
    headers: { Accept: 'application/x-names' },
    text: ',Windows 7,Windows 10',
    answers: { 'content-type': 'application/x-names' },
  },
  {
    ask: 'GET /rpc/page',
    headers: { Accept: 'text/html' },
    text: '<h1>hi</h1>',
    answers: { 'content-type': 'text/html' },
  },
  { ask: 'GET /rpc/page', json: '<h1>hi</h1>' },
]);

hold('OPTIONS says what may be done, and a preflight is answered before all else', [
  { ask: 'OPTIONS /projects', text: '', answers: { allow: 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE' } },
  { ask: 'OPTIONS /no_key', answers: { allow: 'OPTIONS,GET,HEAD,POST,PATCH,DELETE' } },
  { ask: 'OPTIONS /rpc/three', answers: { allow: 'OPTIONS,GET,HEAD,POST' } },
  { ask: 'OPTIONS /rpc/insert_item', answers: { allow: 'OPTIONS,POST' } },
  { ask: 'OPTIONS /nope', status: 404 },
  {
    ask: 'OPTIONS /anything',
    headers: {
      Origin: 'http://x.com',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'Foo,Bar',
    },
    text: '',
    answers: {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD',
      'access-control-allow-headers': 'Authorization, Foo, Bar, Accept, Accept-Language, Content-Language',
      'access-control-max-age': '86400',
    },
  },
  { ask: 'GET /clients', headers: { Origin: 'http://x.com' }, answers: { 'access-control-allow-origin': '*' } },
]);
