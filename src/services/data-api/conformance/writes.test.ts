import { hold, problem } from './test-fixture.ts';

const FULL = { Prefer: 'return=representation' };
const OBJECT = 'application/vnd.pgrst.object+json';
const TWO = [{ label: 'zz' }, { label: 'zz' }];

hold('inserts take objects, lists, forms and CSV, and give what is preferred', [
  {
    ask: 'POST /items',
    body: { label: 'a' },
    status: 201,
    text: '',
    answers: { 'content-range': '*/*', location: null },
  },
  {
    ask: 'POST /items',
    headers: FULL,
    body: [{ label: 'b' }],
    status: 201,
    json: [{ id: 102, label: 'b', priority: 5 }],
    answers: { 'preference-applied': 'return=representation' },
  },
  {
    ask: 'POST /items?select=label',
    headers: { ...FULL, Accept: OBJECT },
    body: { label: 'c' },
    status: 201,
    text: '{"label":"c"}',
  },
  {
    ask: 'POST /items',
    headers: { Prefer: 'return=headers-only' },
    body: { label: 'd' },
    status: 201,
    text: '',
    answers: { location: '/items?id=eq.104' },
  },
  { ask: 'POST /items?select=id', headers: FULL, body: {}, status: 201, json: [{ id: 105 }] },
  { ask: 'POST /items', headers: FULL, body: [], status: 201, json: [] },
  {
    ask: 'POST /items?columns=label,priority&select=label,priority',
    headers: { Prefer: 'return=representation, missing=default' },
    body: [{ label: 'x' }, { priority: 9, other: 1 }],
    status: 201,
    json: [
      { label: 'x', priority: 5 },
      { label: 'none', priority: 9 },
    ],
  },
  {
    ask: 'POST /clients',
    headers: { ...FULL, 'Content-Type': 'text/csv' },
    body: 'id,name\n7,"Seven, Inc"\n8,NULL\n',
    status: 400,
  },
  {
    ask: 'POST /clients',
    headers: { ...FULL, 'Content-Type': 'text/csv' },
    body: 'id,name\n7,"Seven, Inc"\n',
    status: 201,
    json: [{ id: 7, name: 'Seven, Inc' }],
  },
  {
    ask: 'POST /items?select=label,priority',
    headers: { ...FULL, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'label=a+b&priority=4',
    status: 201,
    json: [{ label: 'a b', priority: 4 }],
  },
  {
    ask: 'POST /projects?select=name,clients(name),tasks(id),client_of(id)',
    headers: FULL,
    body: { id: 21, name: 'n', client_id: 1 },
    status: 201,
    json: [{ name: 'n', clients: { name: 'Microsoft' }, tasks: [], client_of: { id: 1 } }],
  },
  {
    ask: 'POST /paints',
    headers: FULL,
    body: { id: 3, name: 'g', shade: '#00FF00' },
    status: 201,
    json: [{ id: 3, name: 'g', shade: '#00FF00' }],
  },
]);

hold('bodies that make no sense are refused before Postgres sees them', [
  { ask: 'POST /items', body: '{bad', status: 400, json: problem('PGRST102', 'Empty or invalid json') },
  {
    ask: 'POST /items',
    body: [{ label: 'x' }, { priority: 9 }],
    status: 400,
    json: problem('PGRST102', 'All object keys must match'),
  },
  {
    ask: 'POST /items',
    body: { nope: 1 },
    status: 400,
    json: problem('PGRST204', "Could not find the 'nope' column of 'items' in the schema cache"),
  },
  {
    ask: 'POST /items',
    headers: { 'Content-Type': 'image/png' },
    body: 'x',
    status: 400,
    json: problem('PGRST102', 'Content-Type not acceptable: image/png'),
  },
  {
    ask: 'POST /clients',
    headers: { 'Content-Type': 'text/csv' },
    body: 'id,name\n1\n',
    status: 400,
    json: problem('PGRST102', 'All lines must have same number of fields'),
  },
  {
    ask: 'POST /clients',
    body: { id: 1, name: 'x' },
    status: 409,
    json: problem(
      '23505',
      'duplicate key value violates unique constraint "clients_pkey"',
      'Key (id)=(1) already exists.',
    ),
  },
  {
    ask: 'POST /items',
    headers: { Prefer: 'handling=strict, foo=bar' },
    body: {},
    status: 400,
    json: problem('PGRST122', 'Invalid preferences given with handling=strict', 'Invalid preferences: foo=bar'),
  },
]);

hold('upserts merge or ignore duplicates, and PUT names its row', [
  {
    ask: 'POST /clients',
    headers: { Prefer: 'return=representation, resolution=merge-duplicates' },
    body: [{ id: 1, name: 'M' }],
    status: 200,
    json: [{ id: 1, name: 'M' }],
    answers: { 'preference-applied': 'resolution=merge-duplicates, return=representation' },
  },
  {
    ask: 'POST /clients',
    headers: { Prefer: 'return=representation, resolution=merge-duplicates' },
    body: [
      { id: 1, name: 'N' },
      { id: 9, name: 'Nine' },
    ],
    status: 201,
    json: [
      { id: 1, name: 'N' },
      { id: 9, name: 'Nine' },
    ],
  },
  {
    ask: 'POST /clients',
    headers: { Prefer: 'return=representation, resolution=ignore-duplicates' },
    body: { id: 1, name: 'O' },
    status: 201,
    json: [],
  },
  {
    ask: 'POST /pairs?on_conflict=k1,k2',
    headers: { Prefer: 'return=representation, resolution=merge-duplicates' },
    body: { k1: 1, k2: 1, extra: 11 },
    json: [{ k1: 1, k2: 1, extra: 11 }],
  },
  { ask: 'PUT /clients?id=eq.9', headers: FULL, body: { id: 9, name: 'Neun' }, json: [{ id: 9, name: 'Neun' }] },
  { ask: 'PUT /clients?id=eq.10', body: { id: 10, name: 'Zehn' }, status: 201, text: '' },
  { ask: 'PUT /clients?id=eq.10', body: { id: 10, name: 'Ten' }, status: 204, text: '' },
  {
    ask: 'PUT /clients?id=eq.10',
    body: { id: 11, name: 'Elf' },
    status: 400,
    json: problem('PGRST115', 'Payload values do not match URL in primary key column(s)'),
  },
  {
    ask: 'PUT /clients?name=eq.x',
    body: { id: 11, name: 'Elf' },
    status: 405,
    json: problem('PGRST105', "Filters must include all and only primary key columns with 'eq' operators"),
  },
  {
    ask: 'PUT /clients?id=eq.1&limit=1',
    body: { id: 1, name: 'x' },
    status: 400,
    json: problem('PGRST114', 'limit/offset querystring parameters are not allowed for PUT'),
  },
  {
    ask: 'GET /clients?id=gt.8&order=id',
    json: [
      { id: 9, name: 'Neun' },
      { id: 10, name: 'Ten' },
    ],
  },
]);

hold('updates and deletes count what they touch', [
  {
    ask: 'PATCH /items?id=eq.1',
    body: { label: 'p' },
    status: 204,
    text: '',
    answers: { 'content-range': '0-0/*', 'content-length': null },
  },
  { ask: 'PATCH /items?id=eq.1&select=label', headers: FULL, body: { label: 'q' }, json: [{ label: 'q' }] },
  {
    ask: 'PATCH /items?id=eq.999',
    headers: { Prefer: 'return=representation, count=exact' },
    body: { label: 'q' },
    json: [],
    answers: { 'content-range': '*/0' },
  },
  { ask: 'PATCH /items?id=eq.1', headers: FULL, body: {}, json: [] },
  {
    ask: 'PATCH /clients?id=eq.1&select=projects(name)&projects.id=eq.2',
    headers: FULL,
    body: { name: 'M' },
    json: [{ projects: [{ name: 'Windows 10' }] }],
  },
  {
    ask: 'PATCH /items?id=gt.1',
    headers: { Prefer: 'handling=strict, max-affected=2' },
    body: { label: 'all' },
    status: 400,
    json: problem('PGRST124', 'Query result exceeds max-affected preference constraint', 'The query affects 14 rows'),
  },
  { ask: 'GET /items?label=eq.all', json: [] },
  { ask: 'DELETE /items?id=eq.15&select=id', headers: FULL, json: [{ id: 15 }], answers: { 'content-range': '*/*' } },
  {
    ask: 'DELETE /items?id=eq.14',
    headers: { Prefer: 'count=exact' },
    status: 204,
    answers: { 'content-range': '*/1' },
  },
]);

hold('what is undone leaves nothing: singular refusals and tx=rollback', [
  {
    ask: 'POST /items',
    headers: { ...FULL, Accept: OBJECT },
    body: TWO,
    status: 406,
    json: problem('PGRST116', 'Cannot coerce the result to a single JSON object', 'The result contains 2 rows'),
  },
  {
    ask: 'POST /items?select=label',
    headers: { Prefer: 'return=representation, tx=rollback' },
    body: TWO,
    status: 201,
    json: TWO,
    answers: { 'preference-applied': 'return=representation, tx=rollback' },
  },
  { ask: 'DELETE /items?id=eq.13', headers: { Prefer: 'tx=rollback' }, status: 204 },
  { ask: 'GET /items?or=(label.eq.zz,id.eq.13)&select=id', json: [{ id: 13 }] },
]);
