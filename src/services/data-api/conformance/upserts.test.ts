/** Upserts by POST and PUT, request by request, on the tables of fixtures/0002_mutations.sql. */
import { type Case, hold as holdOn, problem } from './test-fixture.ts';

const FULL = { Prefer: 'return=representation' };
const MERGE = { Prefer: 'return=representation, resolution=merge-duplicates' };
const IGNORE = { Prefer: 'return=representation, resolution=ignore-duplicates' };
const MERGED = 'resolution=merge-duplicates, return=representation';
const IGNORED = 'resolution=ignore-duplicates, return=representation';
const OBJECT = 'application/vnd.pgrst.object+json';
const NOT_THE_KEY = {
  status: 405,
  json: problem('PGRST105', "Filters must include all and only primary key columns with 'eq' operators"),
};
const NOT_LIMITED = {
  status: 400,
  json: problem('PGRST114', 'limit/offset querystring parameters are not allowed for PUT'),
};

const hold = (sentence: string, cases: readonly Case[]) => holdOn(sentence, cases, { dbSchemas: ['writes'] });
const request = (ask: string, headers: Record<string, string>, body: unknown, expected: Omit<Case, 'ask'>): Case => ({
  ask,
  headers,
  body,
  ...expected,
});

hold('POST merges into rows that are there, or leaves them, by key or by on_conflict', [
  request(
    'POST /tiobe_pls',
    MERGE,
    [
      { name: 'Javascript', rank: 6 },
      { name: 'Java', rank: 2 },
      { name: 'C', rank: 1 },
    ],
    {
      status: 201,
      json: [
        { name: 'Javascript', rank: 6 },
        { name: 'Java', rank: 2 },
        { name: 'C', rank: 1 },
      ],
      answers: { 'preference-applied': MERGED, 'content-range': '*/*' },
    },
  ),
  request('POST /tiobe_pls', MERGE, [{ name: 'Java', rank: 3 }], { status: 200, json: [{ name: 'Java', rank: 3 }] }),
  request('POST /tiobe_pls', { Prefer: 'resolution=merge-duplicates' }, [{ name: 'Java', rank: 4 }], {
    status: 200,
    text: '',
    answers: { 'preference-applied': 'resolution=merge-duplicates' },
  }),
  request(
    'POST /tiobe_pls',
    { Prefer: 'resolution=merge-duplicates, return=headers-only' },
    { name: 'Java', rank: 4 },
    {
      status: 200,
      text: '',
      answers: { location: '/tiobe_pls?name=eq.Java' },
    },
  ),
  request('POST /tiobe_pls', MERGE, [], { status: 201, json: [], answers: { 'preference-applied': MERGED } }),
  request(
    'POST /tiobe_pls',
    IGNORE,
    [
      { name: 'PHP', rank: 9 },
      { name: 'Java', rank: 10 },
    ],
    {
      status: 201,
      json: [{ name: 'PHP', rank: 9 }],
      answers: { 'preference-applied': IGNORED },
    },
  ),
  request('POST /tiobe_pls', IGNORE, [{ name: 'Java', rank: 10 }], { status: 201, json: [] }),
  request('POST /tiobe_pls', IGNORE, [], { status: 201, json: [], answers: { 'preference-applied': IGNORED } }),
  request(
    'POST /tiobe_pls',
    MERGE,
    [
      { name: 'Go', rank: 1 },
      { name: 'Go', rank: 2 },
    ],
    {
      status: 500,
      json: problem(
        '21000',
        'ON CONFLICT DO UPDATE command cannot affect row a second time',
        null,
        'Ensure that no rows proposed for insertion within the same command have duplicate constrained values.',
      ),
    },
  ),
  request(
    'POST /employees',
    MERGE,
    [
      { first_name: 'Frances M.', last_name: 'Roe', salary: '30000' },
      { first_name: 'Peter S.', last_name: 'Yang', salary: 42000 },
    ],
    {
      status: 201,
      json: [
        {
          first_name: 'Frances M.',
          last_name: 'Roe',
          salary: '$30,000.00',
          company: 'One-Up Realty',
          occupation: 'Author',
        },
        { first_name: 'Peter S.', last_name: 'Yang', salary: '$42,000.00', company: null, occupation: null },
      ],
    },
  ),
  request(
    'POST /single_unique?on_conflict=unique_key',
    MERGE,
    [
      { unique_key: 1, value: 'B' },
      { unique_key: 2, value: 'C' },
    ],
    {
      status: 201,
      json: [
        { unique_key: 1, value: 'B' },
        { unique_key: 2, value: 'C' },
      ],
      answers: { 'preference-applied': MERGED },
    },
  ),
  request(
    'POST /single_unique?on_conflict=unique_key',
    IGNORE,
    [
      { unique_key: 1, value: 'X' },
      { unique_key: 3, value: 'D' },
    ],
    {
      status: 201,
      json: [{ unique_key: 3, value: 'D' }],
      answers: { 'preference-applied': IGNORED },
    },
  ),
  request('POST /compound_unique?on_conflict=key1,key2', MERGE, [{ key1: 1, key2: 1, value: 'B' }], {
    status: 200,
    json: [{ key1: 1, key2: 1, value: 'B' }],
  }),
  request(
    'POST /UnitTest?on_conflict=idUnitTest',
    MERGE,
    [
      { idUnitTest: 1, nameUnitTest: 'changed' },
      { idUnitTest: 2, nameUnitTest: 'two' },
    ],
    {
      status: 201,
      json: [
        { idUnitTest: 1, nameUnitTest: 'changed' },
        { idUnitTest: 2, nameUnitTest: 'two' },
      ],
    },
  ),
  request(
    'POST /single_unique?on_conflict=value',
    MERGE,
    { unique_key: 1, value: 'B' },
    {
      status: 400,
      json: problem('42P10', 'there is no unique or exclusion constraint matching the ON CONFLICT specification'),
    },
  ),
  request(
    'POST /single_unique?on_conflict=nope',
    MERGE,
    { unique_key: 1 },
    {
      status: 400,
      json: problem('42703', 'column "nope" does not exist'),
    },
  ),
  request(
    'POST /no_pk',
    MERGE,
    { a: 'x', b: 'y' },
    {
      status: 201,
      json: [{ a: 'x', b: 'y' }],
      answers: { 'preference-applied': 'return=representation' },
    },
  ),
  request('POST /only_pk', MERGE, [{ id: 1 }, { id: 4 }], { status: 201, json: [{ id: 1 }, { id: 4 }] }),
  request('POST /only_pk', IGNORE, [{ id: 1 }, { id: 5 }], { status: 201, json: [{ id: 5 }] }),
  request('POST /car_models', MERGE, [{ name: 'Murcielago', year: 2001, car_brand: 'Lamborghini' }], {
    status: 200,
    json: [{ name: 'Murcielago', year: 2001, car_brand: 'Lamborghini' }],
  }),
  request(
    'POST /projects_view?on_conflict=id',
    MERGE,
    { id: 1, name: 'W7' },
    {
      status: 200,
      json: [{ id: 1, name: 'W7', client_id: 1 }],
    },
  ),
  request(
    'POST /projects_view_alt',
    MERGE,
    { t_id: 1, name: 'W8' },
    {
      status: 200,
      json: [{ t_id: 1, name: 'W8', t_client_id: 1 }],
    },
  ),
  request(
    'POST /complex_items?columns=id,name,field-with_sep&select=id,field-with_sep',
    {
      Prefer: 'return=representation, missing=default, resolution=merge-duplicates',
    },
    [
      { id: 1, name: 'x' },
      { id: 50, name: 'y', 'field-with_sep': 2 },
    ],
    {
      status: 201,
      json: [
        { id: 1, 'field-with_sep': 1 },
        { id: 50, 'field-with_sep': 2 },
      ],
      answers: { 'preference-applied': 'resolution=merge-duplicates, missing=default, return=representation' },
    },
  ),
  request(
    'POST /Surr_Gen_Default_Upsert?columns=id,name,extra',
    {
      Prefer: 'return=representation, missing=default, resolution=merge-duplicates',
    },
    [{ name: 'a' }, { id: 20, name: 'b' }],
    {
      status: 201,
      json: [
        { id: 1, name: 'a', extra: 'extra' },
        { id: 20, name: 'b', extra: 'extra' },
      ],
    },
  ),
]);

hold('PUT writes the one row its filters name', [
  request('PUT /tiobe_pls?name=eq.Javascript&limit=1', {}, { name: 'Javascript', rank: 1 }, NOT_LIMITED),
  request('PUT /tiobe_pls?name=eq.Javascript&offset=1', {}, { name: 'Javascript', rank: 1 }, NOT_LIMITED),
  request('PUT /tiobe_pls?rank=eq.19', {}, { name: 'Go', rank: 19 }, NOT_THE_KEY),
  request('PUT /tiobe_pls?name=not.eq.Java', {}, { name: 'Go', rank: 19 }, NOT_THE_KEY),
  request('PUT /tiobe_pls?name=in.(Go)', {}, { name: 'Go', rank: 19 }, NOT_THE_KEY),
  request('PUT /tiobe_pls?and=(name.eq.Go)', {}, { name: 'Go', rank: 19 }, NOT_THE_KEY),
  request('PUT /tiobe_pls', {}, { name: 'Go', rank: 19 }, NOT_THE_KEY),
  request('PUT /tiobe_pls?name=eq.Go&rank=eq.19', {}, { name: 'Go', rank: 19 }, NOT_THE_KEY),
  request('PUT /tiobe_pls?name=eq(any).{Go}', {}, { name: 'Go', rank: 19 }, NOT_THE_KEY),
  request(
    'PUT /employees?first_name=eq.Susan',
    {},
    { first_name: 'Susan', last_name: 'Heidt', salary: '48000' },
    NOT_THE_KEY,
  ),
  request('PUT /no_pk?a=eq.one&b=eq.two', {}, { a: 'one', b: 'two' }, NOT_THE_KEY),
  request(
    'PUT /tiobe_pls?name=eq.MATLAB',
    {},
    { name: 'Perl', rank: 17 },
    {
      status: 400,
      json: problem('PGRST115', 'Payload values do not match URL in primary key column(s)'),
    },
  ),
  request(
    'PUT /tiobe_pls?name=eq.MATLAB',
    {},
    [
      { name: 'Perl', rank: 17 },
      { name: 'Lua', rank: 1 },
    ],
    {
      status: 400,
      json: problem('PGRST115', 'Payload values do not match URL in primary key column(s)'),
    },
  ),
  request(
    'PUT /tiobe_pls?name=eq.MATLAB',
    {},
    [
      { name: 'Perl', rank: 17 },
      { name: 'MATLAB', rank: 1 },
    ],
    { status: 201 },
  ),
  { ask: 'GET /tiobe_pls?name=in.(Perl,Lua,MATLAB)', json: [{ name: 'MATLAB', rank: 1 }] },
  request('PUT /tiobe_pls?name=eq.Go', FULL, [{ name: 'Go', rank: 19 }], {
    status: 201,
    json: [{ name: 'Go', rank: 19 }],
    answers: { 'preference-applied': 'return=representation', 'content-range': null, location: null },
  }),
  request('PUT /tiobe_pls?name=eq.Go', {}, [{ name: 'Go', rank: 13 }], {
    status: 204,
    text: '',
    answers: { 'content-type': null, 'content-length': null },
  }),
  request('PUT /tiobe_pls?name=eq.Go', FULL, [{ name: 'Go', rank: 12 }], {
    status: 200,
    json: [{ name: 'Go', rank: 12 }],
  }),
  request(
    'PUT /tiobe_pls?name=eq.Go',
    { ...FULL, Accept: OBJECT },
    { name: 'Go', rank: 11 },
    { status: 200, text: '{"name":"Go","rank":11}' },
  ),
  request(
    'PUT /tiobe_pls?name=eq.Go&select=rank',
    { Prefer: 'return=representation, count=exact' },
    { name: 'Go', rank: 11 },
    {
      json: [{ rank: 11 }],
      answers: { 'preference-applied': 'return=representation, count=exact' },
    },
  ),
  request(
    'PUT /employees?first_name=eq.Susan&last_name=eq.Heidt',
    FULL,
    [{ first_name: 'Susan', last_name: 'Heidt', salary: '48000', company: 'GEX', occupation: 'Railroad engineer' }],
    {
      status: 201,
      json: [
        {
          first_name: 'Susan',
          last_name: 'Heidt',
          salary: '$48,000.00',
          company: 'GEX',
          occupation: 'Railroad engineer',
        },
      ],
    },
  ),
  request('PUT /only_pk?id=eq.10', FULL, [{ id: 10 }], { status: 201, json: [{ id: 10 }] }),
  request('PUT /only_pk?id=eq.10', FULL, [{ id: 10 }], { status: 200, json: [{ id: 10 }] }),
  request('PUT /car_models?name=eq.Supra&year=eq.2021', FULL, [{ name: 'Supra', year: 2021 }], {
    status: 201,
    json: [{ name: 'Supra', year: 2021, car_brand: null }],
  }),
  request('PUT /UnitTest?idUnitTest=eq.1', FULL, [{ idUnitTest: 1, nameUnitTest: 'again' }], {
    json: [{ idUnitTest: 1, nameUnitTest: 'again' }],
  }),
  request(
    'PUT /complex_items?id=eq.3&columns=id,name,field-with_sep',
    { Prefer: 'missing=default' },
    { id: 3, name: 'x' },
    {
      status: 400,
      json: problem(
        '23502',
        'null value in column "field-with_sep" of relation "complex_items" violates not-null constraint',
        'Failing row contains (3, x, null, null, null).',
      ),
    },
  ),
  request('PUT /tiobe_pls?name=eq.Go', {}, '', { status: 400, json: problem('PGRST102', 'Empty or invalid json') }),
  request(
    'PUT /unknown?name=eq.Go',
    {},
    {},
    {
      status: 404,
      json: problem('PGRST205', "Could not find the table 'writes.unknown' in the schema cache"),
    },
  ),
]);
