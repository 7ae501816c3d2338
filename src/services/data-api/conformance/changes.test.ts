/** PATCH and DELETE, request by request, on the tables of fixtures/0002_mutations.sql. */
import { type Case, hold as holdOn, problem } from './test-fixture.ts';

const FULL = { Prefer: 'return=representation' };
const OBJECT = 'application/vnd.pgrst.object+json';
const WRITES = { dbSchemas: ['writes'] };
const hold = (sentence: string, cases: readonly Case[]) => holdOn(sentence, cases, WRITES);

const refused = (rows: number): Partial<Case> => ({
  status: 406,
  json: problem('PGRST116', 'Cannot coerce the result to a single JSON object', `The result contains ${rows} rows`),
  answers: {
    'content-type': 'application/json; charset=utf-8',
    'proxy-status': 'PostgREST; error=PGRST116',
  },
});

hold('PATCH changes the rows its filters name', [
  {
    ask: 'PATCH /fake',
    body: { real: false },
    status: 404,
    json: problem('PGRST205', "Could not find the table 'writes.fake' in the schema cache"),
  },
  {
    ask: 'PATCH /empty_table',
    body: { extra: 20 },
    status: 204,
    text: '',
    answers: { 'content-range': '*/*', 'content-type': null },
  },
  { ask: 'PATCH /items', body: '}{ x = 2', status: 400, json: problem('PGRST102', 'Empty or invalid json') },
  { ask: 'PATCH /items', body: '', status: 400, json: problem('PGRST102', 'Empty or invalid json') },
  { ask: 'PATCH /items?id=eq.1', headers: FULL, body: '\t \n \r { "id": 99 } \t \n \r ', json: [{ id: 99 }] },
  {
    ask: 'PATCH /items?id=eq.2',
    body: { id: 42 },
    status: 204,
    text: '',
    answers: { 'content-range': '0-0/*', 'preference-applied': null },
  },
  {
    ask: 'PATCH /items?id=eq.999999',
    headers: FULL,
    body: { id: 999999 },
    text: '[]',
    answers: { 'content-range': '*/*', 'preference-applied': 'return=representation' },
  },
  {
    ask: 'PATCH /items?id=eq.3',
    headers: FULL,
    body: { id: 3 },
    json: [{ id: 3 }],
    answers: { 'content-range': '0-0/*' },
  },
  {
    ask: 'PATCH /no_pk?b=eq.0',
    headers: { Prefer: 'tx=commit' },
    body: { b: '1' },
    status: 204,
    answers: { 'content-range': '0-1/*', 'preference-applied': 'tx=commit' },
  },
  { ask: 'PATCH /no_pk?a=eq.1', headers: FULL, body: { a: null }, json: [{ a: null, b: '1' }] },
  { ask: 'PATCH /items?is_first=eq.true', body: { id: 100 }, status: 204, answers: { 'content-range': '*/*' } },
  { ask: 'PATCH /items?always_true=eq.false', body: { id: 100 }, status: 204, answers: { 'content-range': '*/*' } },
  {
    ask: 'PATCH /items?id=eq.3&always_true=eq.true&select=id,is_first',
    headers: FULL,
    body: { id: 1 },
    json: [{ id: 1, is_first: true }],
  },
  {
    ask: 'PATCH /items?id=eq.4',
    headers: { Prefer: 'return=headers-only' },
    body: { id: 4 },
    status: 204,
    answers: { location: null, 'preference-applied': 'return=headers-only' },
  },
  { ask: 'PATCH /items', body: {}, status: 204, text: '', answers: { 'content-range': '*/*' } },
  { ask: 'PATCH /items', body: [], status: 204, text: '' },
  { ask: 'PATCH /items', body: [{}], status: 204, text: '' },
  {
    ask: 'PATCH /items?select=id',
    headers: { Prefer: 'return=representation, count=exact' },
    body: {},
    json: [],
    answers: { 'content-range': '*/0' },
  },
  {
    ask: 'PATCH /articles?id=eq.1&columns=body',
    headers: FULL,
    body: { body: 'Some real content', smth: 'here', other: 'stuff' },
    json: [{ id: 1, body: 'Some real content', owner: 'anon' }],
  },
  { ask: 'PATCH /articles?id=eq.2001&columns=body', headers: FULL, body: { body: 'x', smth: 'here' }, json: [] },
  {
    ask: 'PATCH /articles?id=eq.1&columns=helicopter',
    headers: FULL,
    body: { body: 'x' },
    status: 400,
    json: problem('PGRST204', "Could not find the 'helicopter' column of 'articles' in the schema cache"),
  },
  {
    ask: 'PATCH /complex_items?id=eq.3&columns=name,field-with_sep',
    headers: { Prefer: 'return=representation, missing=default' },
    body: { name: 'Tres' },
    json: [
      { id: 3, name: 'Tres', settings: { foo: { int: 1, bar: 'baz' } }, arr_data: [1, 2, 3], 'field-with_sep': 1 },
    ],
    answers: { 'preference-applied': 'missing=default, return=representation' },
  },
  {
    ask: 'PATCH /foo?a=eq.x&columns=a,b',
    headers: { Prefer: 'return=representation, missing=default' },
    body: [{ a: 'val' }],
    status: 400,
    json: problem('428C9', 'column "b" can only be updated to DEFAULT', 'Column "b" is a generated column.'),
  },
  {
    ask: 'PATCH /web_content?id=eq.0&select=id,name,web_content(name)',
    headers: FULL,
    body: { name: 'patched' },
    json: [{ id: 0, name: 'patched', web_content: [{ name: 'fezz' }, { name: 'foo' }, { name: 'bar' }] }],
  },
  {
    ask: 'PATCH /web_content?id=eq.0&select=name,web_content(name,web_content(name)),parent_content:p_web_id(name)',
    headers: FULL,
    body: { name: 'p2' },
    json: [
      {
        name: 'p2',
        web_content: [
          { name: 'fezz', web_content: [{ name: 'wut' }] },
          { name: 'foo', web_content: [] },
          { name: 'bar', web_content: [] },
        ],
        parent_content: { name: 'wat' },
      },
    ],
  },
  {
    ask: 'PATCH /users?id=eq.2&select=name,tasks(name,project:projects(name))',
    headers: FULL,
    body: { name: 'M' },
    json: [{ name: 'M', tasks: [{ name: 'Design w10', project: { name: 'Windows 10' } }] }],
  },
  {
    ask: 'PATCH /students?id=eq.1&select=name,students_info(address)',
    headers: FULL,
    body: { name: 'J' },
    json: [{ name: 'J', students_info: { address: 'Street 1' } }],
  },
  {
    ask: 'PATCH /projects?id=eq.1&select=name,...clients(client:name)',
    headers: FULL,
    body: { name: 'W' },
    json: [{ name: 'W', client: 'Microsoft' }],
  },
  {
    ask: 'PATCH /projects_by_trigger?id=eq.1',
    headers: FULL,
    body: { name: 'T' },
    json: [{ id: 1, name: 'T', client_id: 1 }],
  },
  {
    ask: 'PATCH /projects_view_alt?t_id=eq.1&select=t_id,name',
    headers: FULL,
    body: { name: 'U' },
    json: [{ t_id: 1, name: 'U' }],
  },
  {
    ask: 'PATCH /complex_items?id=eq.1&select=id,settings->foo->>bar',
    headers: FULL,
    body: { settings: { foo: { bar: 'new' } } },
    json: [{ id: 1, bar: 'new' }],
  },
  {
    ask: 'PATCH /complex_items?settings->foo->>bar=eq.new&select=id',
    headers: FULL,
    body: { arr_data: [5, 6] },
    json: [{ id: 1 }],
  },
  {
    ask: 'PATCH /clients?or=(id.eq.1,name.eq.Apple)&select=id',
    headers: FULL,
    body: { name: 'all' },
    json: [{ id: 1 }, { id: 2 }],
  },
  {
    ask: 'PATCH /clients?nope=eq.1',
    body: { name: 'all' },
    status: 400,
    json: problem(
      '42703',
      'column clients.nope does not exist',
      null,
      'Perhaps you meant to reference the column "clients.name".',
    ),
  },
]);

hold('DELETE removes the rows its filters name', [
  { ask: 'DELETE /items?id=eq.1', status: 204, text: '', answers: { 'content-range': '*/*', 'content-type': null } },
  {
    ask: 'DELETE /items?id=eq.2',
    headers: { Prefer: 'return=representation, count=exact' },
    json: [{ id: 2 }],
    answers: { 'content-range': '*/1', 'preference-applied': 'return=representation, count=exact' },
  },
  {
    ask: 'DELETE /items?id=eq.3&select=id',
    headers: { Prefer: 'return=minimal' },
    status: 204,
    text: '',
    answers: { 'preference-applied': 'return=minimal' },
  },
  {
    ask: 'DELETE /complex_items?id=eq.3&select=ciId:id::text,ciName:name',
    headers: FULL,
    json: [{ ciId: '3', ciName: 'Three' }],
  },
  {
    ask: 'DELETE /tasks?id=eq.3&select=id,name,project:projects(id)',
    headers: FULL,
    json: [{ id: 3, name: 'Design w10', project: { id: 2 } }],
  },
  {
    ask: 'DELETE /students?id=eq.1&select=name,students_info(address)',
    headers: FULL,
    json: [{ name: 'John Doe', students_info: { address: 'Street 1' } }],
  },
  { ask: 'DELETE /items?id=eq.101', headers: FULL, text: '[]', answers: { 'content-range': '*/*' } },
  {
    ask: 'DELETE /foozle?id=eq.101',
    status: 404,
    json: problem(
      'PGRST205',
      "Could not find the table 'writes.foozle' in the schema cache",
      null,
      "Perhaps you meant the table 'writes.foo'",
    ),
  },
  { ask: 'DELETE /projects_by_trigger?id=eq.3&select=name', headers: FULL, json: [{ name: 'IOS' }] },
  {
    ask: 'DELETE /clients?id=eq.1',
    status: 409,
    json: problem(
      '23503',
      'update or delete on table "clients" violates foreign key constraint "projects_client_id_fkey" on table "projects"',
      'Key (id)=(1) is still referenced from table "projects".',
    ),
  },
  {
    ask: 'DELETE /items?id=gt.3&limit=1&order=id',
    headers: { Prefer: 'count=exact' },
    status: 204,
    answers: { 'content-range': '*/12' },
  },
]);

hold('one object asked for and not had undoes the write', [
  { ask: 'PATCH /addresses?id=eq.1', headers: { Accept: OBJECT }, body: { address: 'B' }, status: 204, text: '' },
  {
    ask: 'PATCH /addresses?id=eq.1',
    headers: { ...FULL, Accept: OBJECT },
    body: { address: 'B Street' },
    text: '{"id":1,"address":"B Street"}',
    answers: { 'content-type': 'application/vnd.pgrst.object+json; charset=utf-8' },
  },
  {
    ask: 'PATCH /addresses',
    headers: { Prefer: 'tx=commit', Accept: OBJECT },
    body: { address: 'zzz' },
    ...refused(4),
  },
  {
    ask: 'PATCH /addresses',
    headers: { Prefer: 'tx=commit, return=representation', Accept: OBJECT },
    body: { address: 'zzz' },
    ...refused(4),
  },
  { ask: 'PATCH /items?id=gt.0&id=lt.0', headers: { ...FULL, Accept: OBJECT }, body: { id: 1 }, ...refused(0) },
  { ask: 'POST /addresses', headers: { Accept: OBJECT }, body: [{ id: 102, address: 'x' }], status: 201, text: '' },
  {
    ask: 'POST /addresses',
    headers: { ...FULL, Accept: OBJECT },
    body: [{ id: 103, address: 'x' }],
    status: 201,
    text: '{"id":103,"address":"x"}',
  },
  {
    ask: 'POST /addresses',
    headers: { Prefer: 'tx=commit', Accept: OBJECT },
    body: [{ id: 200 }, { id: 201 }],
    ...refused(2),
  },
  { ask: 'POST /addresses', headers: { ...FULL, Accept: OBJECT }, body: [], ...refused(0) },
  { ask: 'DELETE /items?id=gt.5', headers: { Prefer: 'tx=commit', Accept: OBJECT }, ...refused(10) },
  { ask: 'DELETE /items?id=gt.5&id=lt.0', headers: { ...FULL, Accept: OBJECT }, ...refused(0) },
  { ask: 'DELETE /items?id=eq.11', headers: { ...FULL, Accept: OBJECT }, text: '{"id":11}' },
  { ask: 'GET /addresses?or=(id.eq.200,address.eq.zzz)', json: [] },
  { ask: 'GET /items?select=count()', json: [{ count: 14 }] },
]);
