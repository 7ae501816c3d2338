/** Prefer: what is kept, told of, refused and undone, on the tables of fixtures/0002_mutations.sql. */
import { type Case, hold as holdOn, problem } from './test-fixture.ts';

const WRITES = { dbSchemas: ['writes'] };
const hold = (sentence: string, cases: readonly Case[]) => holdOn(sentence, cases, WRITES);

const tooMany = (rows: number): Partial<Case> => ({
  status: 400,
  json: problem(
    'PGRST124',
    'Query result exceeds max-affected preference constraint',
    `The query affects ${rows} rows`,
  ),
});
const strictly = (details: string): Partial<Case> => ({
  status: 400,
  json: problem('PGRST122', 'Invalid preferences given with handling=strict', `Invalid preferences: ${details}`),
});

holdOn(
  'no limit cuts the rows that a write gives back',
  [
    {
      ask: 'PATCH /projects?id=lte.2&select=id,tasks(id)&tasks.limit=0&order=id',
      headers: { Prefer: 'tx=rollback, return=representation' },
      body: { name: 'x' },
      json: [
        { id: 1, tasks: [{ id: 1 }, { id: 2 }] },
        { id: 2, tasks: [{ id: 3 }] },
      ],
    },
  ],
  { ...WRITES, dbMaxRows: 1 },
);

hold('Content-Profile is told with a content', [
  {
    ask: 'GET /items?limit=0',
    headers: { 'Accept-Profile': 'writes' },
    json: [],
    answers: { 'content-profile': 'writes' },
  },
  {
    ask: 'DELETE /items?id=eq.99',
    headers: { 'Content-Profile': 'writes' },
    status: 204,
    answers: { 'content-profile': null },
  },
]);

hold('what return=headers-only returns inside the database must be readable', [
  {
    ask: 'POST /limited_article_stars',
    headers: { Prefer: 'tx=rollback, return=headers-only' },
    body: { article_id: 2, user_id: 1 },
    status: 401,
    json: problem('42501', 'permission denied for table limited_article_stars'),
  },
]);

hold('preferences are kept, told of, and refused under handling=strict', [
  {
    ask: 'DELETE /items?id=eq.99',
    headers: { Prefer: 'handling=strict, max-affected=many' },
    status: 204,
    answers: { 'preference-applied': 'handling=strict' },
  },
  { ask: 'GET /items?limit=0', headers: { Prefer: 'handling=strict, anything' }, ...strictly('anything') },
  {
    ask: 'GET /items?limit=0',
    headers: { Prefer: 'handling=strict, something, else' },
    ...strictly('something, else'),
  },
  { ask: 'POST /items', headers: { Prefer: 'handling=strict, return=wrong' }, body: {}, ...strictly('return=wrong') },
  { ask: 'DELETE /items?id=eq.99', headers: { Prefer: 'handling=strict, anything=1' }, ...strictly('anything=1') },
  {
    ask: 'GET /items?limit=0',
    headers: { Prefer: 'handling=lenient, anything' },
    json: [],
    answers: { 'preference-applied': 'handling=lenient' },
  },
  { ask: 'GET /items?limit=0', headers: { Prefer: 'anything' }, json: [], answers: { 'preference-applied': null } },
  {
    ask: 'GET /timestamps',
    headers: { Prefer: 'handling=strict, timezone=America/Los_Angeles' },
    text: '[{"t":"2023-10-18T05:37:59.611-07:00"}, \n {"t":"2023-10-18T07:37:59.611-07:00"}]',
    answers: { 'preference-applied': 'handling=strict, timezone=America/Los_Angeles' },
  },
  {
    ask: 'GET /timestamps',
    headers: { Prefer: 'handling=strict, timezone=Jupiter/Red_Spot' },
    ...strictly('timezone=Jupiter/Red_Spot'),
  },
  {
    ask: 'GET /timestamps?limit=1',
    headers: { Prefer: 'handling=lenient, timezone=Jupiter/Red_Spot' },
    text: '[{"t":"2023-10-18T12:37:59.611+00:00"}]',
    answers: { 'preference-applied': 'handling=lenient' },
  },
  {
    ask: 'POST /timestamps',
    headers: { Prefer: 'return=representation, timezone=America/Los_Angeles' },
    body: { t: '2020-01-01 00:00' },
    status: 201,
    json: [{ t: '2020-01-01T00:00:00-08:00' }],
    answers: { 'preference-applied': 'return=representation, timezone=America/Los_Angeles' },
  },
  { ask: 'DELETE /items?id=lt.15', headers: { Prefer: 'handling=strict, max-affected=10' }, ...tooMany(14) },
  {
    ask: 'PATCH /items?id=lt.15',
    headers: { Prefer: 'return=representation, handling=strict, max-affected=10', Accept: 'application/json' },
    body: { id: 0 },
    status: 409,
  },
  {
    ask: 'PATCH /articles',
    headers: { Prefer: 'handling=strict, max-affected=1' },
    body: { body: 'x' },
    ...tooMany(2),
  },
  {
    ask: 'PATCH /articles',
    headers: { Prefer: 'handling=strict, max-affected=2' },
    body: { body: 'x' },
    status: 204,
    answers: { 'preference-applied': 'handling=strict, max-affected=2' },
  },
  {
    ask: 'DELETE /items?id=lt.5',
    headers: { Prefer: 'tx=rollback, handling=strict, max-affected=4' },
    status: 204,
    answers: { 'preference-applied': 'tx=rollback, handling=strict, max-affected=4' },
  },
  {
    ask: 'DELETE /items?id=lt.5',
    headers: { Prefer: 'tx=rollback, handling=lenient, max-affected=1' },
    status: 204,
    answers: { 'preference-applied': 'tx=rollback, handling=lenient' },
  },
  {
    ask: 'DELETE /items?id=lt.5',
    headers: { Prefer: 'tx=rollback, max-affected=1' },
    status: 204,
    answers: { 'preference-applied': 'tx=rollback' },
  },
  {
    ask: 'POST /articles',
    headers: { Prefer: 'handling=strict, max-affected=1' },
    body: [{ id: 50 }, { id: 51 }],
    status: 201,
    answers: { 'preference-applied': 'handling=strict' },
  },
  {
    ask: 'DELETE /items?id=eq.6',
    headers: { Prefer: 'return=minimal,return=representation' },
    status: 204,
    answers: { 'preference-applied': 'return=minimal' },
  },
  {
    ask: 'DELETE /items?id=eq.7',
    headers: { Prefer: 'count=planned' },
    status: 204,
    answers: { 'content-range': '*/1', 'preference-applied': 'count=planned' },
  },
]);

const cases = (status: string): Case[] => [
  {
    ask: 'POST /items',
    headers: { Prefer: 'return=representation, tx=rollback' },
    body: { id: 700 },
    status: 201,
    json: [{ id: 700 }],
  },
  {
    ask: 'POST /items',
    headers: { Prefer: 'return=representation, tx=commit' },
    body: { id: 701 },
    status: 201,
    json: [{ id: 701 }],
  },
  { ask: 'POST /items', body: { id: 702 }, status: 201 },
  { ask: 'PATCH /items?id=eq.1', body: { id: 703 }, status: 204 },
  { ask: 'DELETE /items?id=eq.2', headers: { Prefer: 'tx=rollback' }, status: 204 },
  { ask: 'PUT /items?id=eq.704', body: { id: 704 }, status: 201 },
  { ask: 'GET /items?or=(id.gt.699,id.lt.3)&order=id', json: status.split(' ').map((id) => ({ id: Number(id) })) },
];
const told = (list: Case[], applied: string | null) =>
  list.map((each, index) =>
    index < 2
      ? {
          ...each,
          answers: {
            'preference-applied':
              applied === null
                ? 'return=representation'
                : `return=representation, tx=${index === 0 ? 'rollback' : 'commit'}`,
          },
        }
      : each,
  );
holdOn('tx-end commit', told(cases('700 701 702 703 704'), null), {
  ...WRITES,
  dbTxEnd: 'commit',
});
holdOn('tx-end commit-allow-override', told(cases('2 701 702 703 704'), ''), {
  ...WRITES,
  dbTxEnd: 'commit-allow-override',
});
holdOn('tx-end rollback', told(cases('1 2'), null), { ...WRITES, dbTxEnd: 'rollback' });
holdOn('tx-end rollback-allow-override', told(cases('1 2 701'), ''), { ...WRITES, dbTxEnd: 'rollback-allow-override' });
