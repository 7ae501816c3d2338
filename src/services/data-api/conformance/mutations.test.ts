/** Writes, request by request, on the tables of fixtures/0002_mutations.sql: inserts, and what their bodies may be. */
import { type Case, hold as holdOn, problem } from './test-fixture.ts';

const FULL = { Prefer: 'return=representation' };
const HEADERS = { Prefer: 'return=headers-only' };
const CSV = { ...FULL, 'Content-Type': 'text/csv' };
const MISMATCH = problem('PGRST102', 'All object keys must match');
const INVALID = problem('PGRST102', 'Empty or invalid json');

const hold = (sentence: string, cases: readonly Case[]) => holdOn(sentence, cases, { dbSchemas: ['writes'] });
const post = (url: string, headers: Record<string, string>, body: unknown, expected: Omit<Case, 'ask'>): Case => ({
  ask: `POST ${url}`,
  headers,
  body,
  status: 201,
  ...expected,
});
const missing = (column: string, table: string) =>
  problem('PGRST204', `Could not find the '${column}' column of '${table}' in the schema cache`);

const MENAGERIE = {
  integer: 13,
  double: 2.5,
  varchar: 'testing!',
  boolean: false,
  date: '1900-01-01',
  money: '$3.99',
  enum: 'foo',
};
const NO_CONTENT = { 'content-type': null, location: null, 'content-length': '0' };

hold('inserted records take every type, and answer what is preferred', [
  post('/menagerie', {}, MENAGERIE, { text: '', answers: { ...NO_CONTENT, 'preference-applied': null } }),
  post('/menagerie?select=integer,varchar', FULL, [{ ...MENAGERIE, integer: 14 }], {
    json: [{ integer: 14, varchar: 'testing!' }],
    answers: { 'content-type': 'application/json; charset=utf-8', 'content-range': '*/*' },
  }),
  post(
    '/menagerie?select=integer,varchar',
    { Prefer: 'return=minimal' },
    { ...MENAGERIE, integer: 15 },
    {
      text: '',
      answers: { ...NO_CONTENT, 'preference-applied': 'return=minimal' },
    },
  ),
  post(
    '/menagerie',
    { 'Content-Type': 'application/x-www-form-urlencoded' },
    'integer=7&double=2.71828&varchar=forms+are+fun&boolean=false&date=1900-01-01&money=$3.99&enum=foo',
    { text: '', answers: NO_CONTENT },
  ),
  post(
    '/projects?select=id,name,clients(id,name)',
    { Prefer: 'return=representation, count=exact' },
    { id: 6, name: 'New Project', client_id: 2 },
    {
      json: [{ id: 6, name: 'New Project', clients: { id: 2, name: 'Apple' } }],
      answers: { 'content-range': '*/1', location: null, 'preference-applied': 'return=representation, count=exact' },
    },
  ),
  post(
    '/projects?select=pId:id::text,pName:name,cId:client_id::text',
    FULL,
    { id: 7, name: 'New', client_id: 2 },
    {
      json: [{ pId: '7', pName: 'New', cId: '2' }],
    },
  ),
  post(
    '/projects?select=name,client_id',
    FULL,
    { id: 10, name: 'New', client_id: 2 },
    {
      json: [{ name: 'New', client_id: 2 }],
      answers: { location: null },
    },
  ),
  post('/json_table', FULL, { data: { foo: 'bar' } }, { text: '[{"data":{"foo":"bar"}}]' }),
  post('/json_table', FULL, { data: [1, 2, 3] }, { text: '[{"data":[1,2,3]}]' }),
  post('/no_pk', FULL, { a: 'bar', b: 'baz' }, { json: [{ a: 'bar', b: 'baz' }], answers: { location: null } }),
  post('/no_pk', FULL, { a: null, b: 'foo' }, { json: [{ a: null, b: 'foo' }] }),
  post('/items', {}, {}, { text: '' }),
  post('/items', {}, [{}], { text: '' }),
  post('/items', FULL, [{}, {}], { json: [{ id: 22 }, { id: 23 }] }),
  post('/items?select=id', FULL, {}, { json: [{ id: 24 }] }),
  post('/items', FULL, [], { text: '[]' }),
  post('/items?columns=id', FULL, [], { text: '[]' }),
  post('/items?id=eq.3', FULL, {}, { json: [{ id: 25 }] }),
  post(
    '/web_content?select=id,name,parent_content:p_web_id(name)',
    FULL,
    { id: 6, name: 'wot', p_web_id: 4 },
    {
      json: [{ id: 6, name: 'wot', parent_content: { name: 'wut' } }],
    },
  ),
]);

hold('Location names the new row by its primary key, for one row and return=headers-only', [
  post(
    '/projects?select=name,client_id',
    HEADERS,
    { id: 11, name: 'New', client_id: 2 },
    {
      text: '',
      answers: {
        'content-type': null,
        location: '/projects?id=eq.11',
        'content-range': '*/*',
        'preference-applied': 'return=headers-only',
      },
    },
  ),
  post(
    '/auto_incrementing_pk',
    HEADERS,
    { non_nullable_string: 'x' },
    { text: '', answers: { location: '/auto_incrementing_pk?id=eq.1' } },
  ),
  post(
    '/compound_pk',
    HEADERS,
    { k1: 12, k2: 'Rock & R+ll' },
    {
      answers: { location: '/compound_pk?k1=eq.12&k2=eq.Rock%20%26%20R%2Bll' },
    },
  ),
  post(
    '/compound_pk',
    HEADERS,
    [
      { k1: 21, k2: 'hello world' },
      { k1: 22, k2: 'bye for now' },
    ],
    { text: '', answers: { ...NO_CONTENT, 'preference-applied': 'return=headers-only' } },
  ),
  post('/compound_pk', HEADERS, [], { text: '', answers: { location: null } }),
  post('/no_pk', HEADERS, { a: 'bar' }, { text: '', answers: { location: null } }),
  post(
    '/car_models?select=name',
    HEADERS,
    { name: 'Enzo', year: 2021 },
    { answers: { location: '/car_models?name=eq.Enzo&year=eq.2021' } },
  ),
  post(
    '/projects_view?select=name',
    HEADERS,
    { id: 31, name: 'v' },
    { answers: { location: '/projects_view?id=eq.31' } },
  ),
  post(
    '/projects_view_alt?select=name',
    HEADERS,
    { t_id: 32, name: 'v' },
    { answers: { location: '/projects_view_alt?t_id=eq.32' } },
  ),
  post(
    '/projects_by_trigger',
    HEADERS,
    { id: 33, name: 'v' },
    { text: '', answers: { location: '/projects_by_trigger?id=eq.33' } },
  ),
  post('/projects_by_trigger', FULL, { id: 34, name: 'v' }, { json: [{ id: 34, name: 'v', client_id: null }] }),
  post('/tiobe_pls', HEADERS, { name: 'C#', rank: 9 }, { answers: { location: '/tiobe_pls?name=eq.C%23' } }),
]);

hold('bodies that make no sense are refused', [
  post('/simple_pk', {}, '}{ x = 2', { status: 400, json: INVALID }),
  post('/simple_pk', {}, '', { status: 400, json: INVALID }),
  post('/simple_pk', {}, '[', { status: 400, json: INVALID }),
  post('/articles', {}, [{ id: 100, body: 'x' }, 123, 'xxxx', { id: 111, body: 'x' }], { status: 400, json: MISMATCH }),
  post('/articles', {}, [{ id: 100, body: 'x' }, { id: 111 }], { status: 400, json: MISMATCH }),
  post('/articles', {}, [{ id: 100 }, { id: 111, body: 'x' }], { status: 400, json: MISMATCH }),
  post('/no_pk', CSV, 'a,b\nfoo,bar\nbaz', {
    status: 400,
    json: problem('PGRST102', 'All lines must have same number of fields'),
  }),
  post(
    '/simple_pk',
    {},
    { k: 'xyyx', extra: 'e1' },
    {
      status: 409,
      json: problem(
        '23505',
        'duplicate key value violates unique constraint "simple_pk_pkey"',
        'Key (k)=(xyyx) already exists.',
      ),
    },
  ),
  post(
    '/with_unique',
    {},
    { uni: 'nodup', extra: 'e2' },
    {
      status: 409,
      json: problem(
        '23505',
        'duplicate key value violates unique constraint "with_unique_uni_key"',
        'Key (uni)=(nodup) already exists.',
      ),
    },
  ),
  post(
    '/simple_pk',
    {},
    { extra: 'foo' },
    {
      status: 400,
      json: problem(
        '23502',
        'null value in column "k" of relation "simple_pk" violates not-null constraint',
        'Failing row contains (null, foo).',
      ),
    },
  ),
  post(
    '/tasks',
    {},
    { id: 90, name: 'x', project_id: 999 },
    {
      status: 409,
      json: problem(
        '23503',
        'insert or update on table "tasks" violates foreign key constraint "tasks_project_id_fkey"',
        'Key (project_id)=(999) is not present in table "projects".',
      ),
    },
  ),
  post(
    '/menagerie',
    {},
    { integer: 'nan' },
    {
      status: 400,
      json: problem('22P02', 'invalid input syntax for type integer: "nan"'),
    },
  ),
  post(
    '/projects_read_only',
    {},
    { id: 80, name: 'x' },
    {
      status: 500,
      json: problem(
        '55000',
        'cannot insert into view "projects_read_only"',
        'Views containing DISTINCT are not automatically updatable.',
        'To enable inserting into the view, provide an INSTEAD OF INSERT trigger or an unconditional ON INSERT DO INSTEAD rule.',
      ),
    },
  ),
  post(
    '/deferred_clients',
    { Prefer: 'tx=rollback' },
    { id: 1, client_id: 99 },
    {
      status: 409,
      json: problem(
        '23503',
        'insert or update on table "deferred_clients" violates foreign key constraint "deferred_clients_client_id_fkey"',
        'Key (client_id)=(99) is not present in table "clients".',
      ),
    },
  ),
  post(
    '/deferred_clients',
    {},
    { id: 1, client_id: 99 },
    {
      status: 409,
      json: problem(
        '23503',
        'insert or update on table "deferred_clients" violates foreign key constraint "deferred_clients_client_id_fkey"',
        'Key (client_id)=(99) is not present in table "clients".',
      ),
    },
  ),
]);

hold('CSV is a table of texts, and may be the answer too', [
  post(
    '/menagerie',
    { ...CSV, Accept: 'text/csv' },
    'integer,double,varchar,boolean,date,money,enum\n13,3.14159,testing!,false,1900-01-01,$3.99,foo\n12,0.1,a string,true,1929-10-01,12,bar\n',
    {
      text: 'integer,double,varchar,boolean,date,money,enum\n13,3.14159,testing!,f,1900-01-01,$3.99,foo\n12,0.1,"a string",t,1929-10-01,$12.00,bar',
      answers: { 'content-type': 'text/csv; charset=utf-8' },
    },
  ),
  post('/no_pk', { ...CSV, Accept: 'text/csv' }, 'a,b\nbar,baz', { text: 'a,b\nbar,baz' }),
  post('/no_pk', { ...CSV, Accept: 'text/csv' }, 'a,b\nNULL,foo', { text: 'a,b\n,foo' }),
  post('/projects?select=id', { ...CSV, Accept: 'text/csv' }, 'id,name,client_id\n8,Xenix,1\n9,Windows NT,1', {
    text: 'id\n8\n9',
  }),
  post('/simple_pk', CSV, 'k,extra\n圍棋,￥', { json: [{ k: '圍棋', extra: '￥' }] }),
  post('/no_pk', CSV, 'a,b\r\n"say ""hi""","1\n2"\r\n', { json: [{ a: 'say "hi"', b: '1\n2' }] }),
  post('/no_pk?columns=a', CSV, 'a,b\nx,y', { json: [{ a: 'x', b: 'y' }] }),
]);

hold('columns= says which keys count, and missing=default what the others are', [
  post(
    '/articles?columns=id,body',
    FULL,
    { id: 200, body: 'xxx', smth: 'here', other: 'stuff', fake_id: 13 },
    {
      json: [{ id: 200, body: 'xxx', owner: 'anon' }],
    },
  ),
  post(
    '/articles?columns=id,body&select=id,body',
    FULL,
    [
      { id: 201, body: 'yyy' },
      { id: 202, smth: 'here' },
    ],
    {
      json: [
        { id: 201, body: 'yyy' },
        { id: 202, body: null },
      ],
    },
  ),
  post('/articles?columns="id","body"&select=id', FULL, { id: 203, body: 'x' }, { json: [{ id: 203 }] }),
  post('/articles?columns=helicopter', FULL, [{ id: 210 }], { status: 400, json: missing('helicopter', 'articles') }),
  post('/articles', FULL, { id: 210, helicopter: 1 }, { status: 400, json: missing('helicopter', 'articles') }),
  post('/articles?columns=id,body', FULL, [{ id: 204, body: 'yyy' }, 123, { id: 205 }], {
    status: 400,
    json: problem('22023', 'argument of json_to_recordset must be an array of objects'),
  }),
  post('/articles?columns=id', FULL, '{bad', {
    status: 400,
    json: problem('22P02', 'invalid input syntax for type json', 'Token "bad" is invalid.'),
  }),
  post(
    '/complex_items?columns=id,name,field-with_sep,arr_data',
    { Prefer: 'return=representation, missing=default' },
    [
      { id: 4, name: 'Vier' },
      { id: 5, name: 'Funf', arr_data: null },
      { id: 6, name: 'Sechs', 'field-with_sep': 6, arr_data: '{1,2,3}' },
    ],
    {
      json: [
        { id: 4, name: 'Vier', settings: null, arr_data: null, 'field-with_sep': 1 },
        { id: 5, name: 'Funf', settings: null, arr_data: null, 'field-with_sep': 1 },
        { id: 6, name: 'Sechs', settings: null, arr_data: [1, 2, 3], 'field-with_sep': 6 },
      ],
      answers: { 'preference-applied': 'missing=default, return=representation' },
    },
  ),
  post(
    '/complex_items_view?columns=id,name&select=id,name',
    { Prefer: 'return=representation, missing=default' },
    [{ id: 7 }, { id: 8, name: 'acht' }],
    {
      json: [
        { id: 7, name: 'Default' },
        { id: 8, name: 'acht' },
      ],
    },
  ),
  post('/complex_items?columns=id,name,field-with_sep', { Prefer: 'missing=null' }, [{ id: 9, name: 'x' }], {
    status: 400,
    json: problem(
      '23502',
      'null value in column "field-with_sep" of relation "complex_items" violates not-null constraint',
      'Failing row contains (9, x, null, null, null).',
    ),
  }),
  post(
    '/tbl_w_json?columns=id,data',
    { Prefer: 'return=representation, missing=default' },
    '{ "data": { "a": 1, "a": 2 }, "id": 3 }',
    {
      text: '[{"id":3,"data":{"a": 2}}]',
    },
  ),
  post('/foo?columns=a,b', { Prefer: 'return=representation, missing=default' }, [{ a: 'x' }, { a: 'y', b: 'z' }], {
    status: 400,
    json: problem('428C9', 'cannot insert a non-DEFAULT value into column "b"', 'Column "b" is a generated column.'),
  }),
  post('/foo', FULL, { a: 'telegram' }, { json: [{ a: 'telegram', b: 'im' }] }),
  post(
    '/evil_friends?columns=id,name',
    { Prefer: 'return=representation, missing=default' },
    { name: 'Lu' },
    { json: [{ id: 666, name: 'Lu' }] },
  ),
  post(
    '/evil_friends_420?columns=id,name',
    { Prefer: 'return=representation, missing=default' },
    { name: 'Lu' },
    { json: [{ id: 420, name: 'Lu' }] },
  ),
  post(
    '/channels?columns=id,data,slug',
    { Prefer: 'return=representation, missing=default' },
    { slug: 'foo' },
    {
      json: [{ id: 1, data: { foo: 'bar' }, slug: 'foo' }],
    },
  ),
  post('/always_numbered', FULL, { slug: 'x' }, { json: [{ id: 1, slug: 'x' }] }),
  post(
    '/always_numbered',
    FULL,
    { id: 5, slug: 'x' },
    {
      status: 400,
      json: problem(
        '428C9',
        'cannot insert a non-DEFAULT value into column "id"',
        'Column "id" is an identity column defined as GENERATED ALWAYS.',
        'Use OVERRIDING SYSTEM VALUE to override.',
      ),
    },
  ),
]);

hold('domains are written through their representations', [
  post(
    '/datarep_todos?select=id,label_color',
    FULL,
    { id: 5, label_color: '#001100' },
    { json: [{ id: 5, label_color: '#001100' }] },
  ),
  post(
    '/datarep_todos',
    HEADERS,
    { id: 6, label_color: '#001100' },
    { text: '', answers: { location: '/datarep_todos?id=eq.6' } },
  ),
  post('/datarep_todos', CSV, 'id,label_color\n7,#0000FF', { json: [{ id: 7, name: null, label_color: '#0000FF' }] }),
  post(
    '/datarep_todos?columns=id,label_color',
    { Prefer: 'return=representation, missing=default' },
    [{ id: 8 }, { id: 9, label_color: '#000001' }],
    {
      json: [
        { id: 8, name: null, label_color: '#000000' },
        { id: 9, name: null, label_color: '#000001' },
      ],
    },
  ),
  {
    ask: 'PATCH /datarep_todos?id=eq.1&select=label_color',
    headers: FULL,
    body: { label_color: '#221100' },
    json: [{ label_color: '#221100' }],
  },
  {
    ask: 'PATCH /datarep_todos?label_color=eq.%23000100',
    headers: FULL,
    body: { name: 'n' },
    json: [{ id: 2, name: 'n', label_color: '#000100' }],
  },
  {
    ask: 'PATCH /datarep_todos_computed?id=eq.2',
    headers: FULL,
    body: { label_color: '#000200' },
    json: [{ id: 2, name: 'n', label_color: '#000200', dark_color: '#000100' }],
  },
  { ask: 'DELETE /datarep_todos?id=eq.2&select=label_color', headers: FULL, json: [{ label_color: '#000200' }] },
]);
