import { hold, problem } from './test-fixture.ts';

hold('relations embed over foreign keys, junctions, views and functions', [
  {
    ask: 'GET /projects?select=name,clients(name)&id=eq.1',
    text: '[{"name":"Windows 7","clients":{"name": "Microsoft"}}]',
  },
  {
    ask: 'GET /clients?select=name,projects(id,tasks(id))&id=eq.2',
    json: [
      {
        name: 'Apple',
        projects: [
          { id: 3, tasks: [{ id: 5 }, { id: 6 }] },
          { id: 4, tasks: [{ id: 7 }, { id: 8 }] },
        ],
      },
    ],
  },
  { ask: 'GET /users?select=tasks(name)&id=eq.3', json: [{ tasks: [{ name: 'Design w7' }, { name: 'Design IOS' }] }] },
  {
    ask: 'GET /users?select=name,profiles(bio)&id=eq.1',
    json: [{ name: 'Angela Martin', profiles: { bio: 'Accounts' } }],
  },
  {
    ask: 'GET /users?select=name,messages!sender(body)&id=eq.1',
    json: [{ name: 'Angela Martin', messages: [{ body: 'hello' }] }],
  },
  {
    ask: 'GET /messages?select=sender(name),users!messages_recipient_fkey(name)&id=eq.1',
    json: [{ sender: { name: 'Angela Martin' }, users: { name: 'Michael Scott' } }],
  },
  {
    ask: 'GET /family?select=name,parent(name),family(name)&id=eq.2',
    json: [{ name: 'Parent', parent: { name: 'Grandparent' }, family: [{ name: 'Child' }] }],
  },
  { ask: 'GET /family?select=children:family!parent(name)&id=eq.1', json: [{ children: [{ name: 'Parent' }] }] },
  { ask: 'GET /pair_notes?select=note,pairs(extra)', json: [{ note: 'first', pairs: { extra: 10 } }] },
  {
    ask: 'GET /projects_over_view?select=clients(name),tasks(id)&key=eq.1',
    json: [{ clients: { name: 'Microsoft' }, tasks: [{ id: 1 }, { id: 2 }] }],
  },
  { ask: 'GET /projects?select=client_of(name)&id=eq.3', json: [{ client_of: { name: 'Apple' } }] },
  { ask: 'GET /clients?select=projects_of(id)&id=eq.1', json: [{ projects_of: [{ id: 1 }, { id: 2 }] }] },
]);

hold('what several relationships could mean is refused with the candidates, what none means with a hint', [
  {
    ask: 'GET /messages?select=*,users(*)',
    status: 300,
    json: problem(
      'PGRST201',
      "Could not embed because more than one relationship was found for 'messages' and 'users'",
      [
        {
          cardinality: 'many-to-one',
          embedding: 'messages with users',
          relationship: 'messages_recipient_fkey using messages(recipient) and users(id)',
        },
        {
          cardinality: 'many-to-one',
          embedding: 'messages with users',
          relationship: 'messages_sender_fkey using messages(sender) and users(id)',
        },
      ],
      "Try changing 'users' to one of the following: 'users!messages_recipient_fkey', 'users!messages_sender_fkey'. Find the desired relationship in the 'details' key.",
    ),
  },
  {
    ask: 'GET /clients?select=projectz(*)',
    status: 400,
    json: problem(
      'PGRST200',
      "Could not find a relationship between 'clients' and 'projectz' in the schema cache",
      "Searched for a foreign key relationship between 'clients' and 'projectz' in the schema 'api', but no matches were found.",
      "Perhaps you meant 'projects' instead of 'projectz'.",
    ),
  },
]);

hold('filters, orders and limits reach into embeds', [
  {
    ask: 'GET /projects?select=name,clients!inner(name)&clients.name=eq.Apple',
    headers: { Prefer: 'count=exact' },
    json: [
      { name: 'IOS', clients: { name: 'Apple' } },
      { name: 'OSX', clients: { name: 'Apple' } },
    ],
    answers: { 'content-range': '0-1/2' },
  },
  {
    ask: 'GET /clients?select=name,projects!inner(name,tasks!inner(id))&projects.tasks.name=like.Code*OSX',
    json: [{ name: 'Apple', projects: [{ name: 'OSX', tasks: [{ id: 8 }] }] }],
  },
  {
    ask: 'GET /projects?select=id,tasks(id)&tasks.order=id.desc&tasks.limit=1&id=eq.1',
    json: [{ id: 1, tasks: [{ id: 2 }] }],
  },
  {
    ask: 'GET /projects?select=id,tasks(id)&tasks.or=(id.eq.1,id.eq.9)&id=eq.1',
    json: [{ id: 1, tasks: [{ id: 1 }] }],
  },
  {
    ask: 'GET /projects?select=id,clients()&clients=is.null',
    headers: { Prefer: 'count=exact' },
    json: [{ id: 5 }],
    answers: { 'content-range': '0-0/1' },
  },
  { ask: 'GET /projects?select=id,tasks()&tasks=not.is.null&id=gt.3', json: [{ id: 4 }] },
  { ask: 'GET /projects?select=id,clients()&or=(clients.is.null,id.eq.1)', json: [{ id: 1 }, { id: 5 }] },
  {
    ask: 'GET /projects?select=c:clients(*)&c=eq.1',
    status: 400,
    json: problem(
      'PGRST120',
      "Bad operator on the 'clients' embedded resource",
      'Only is null or not is null filters are allowed on embedded resources',
    ),
  },
  {
    ask: 'GET /projects?tasks.id=eq.1',
    status: 400,
    json: problem(
      'PGRST108',
      "'tasks' is not an embedded resource in this request",
      null,
      "Verify that 'tasks' is included in the 'select' query parameter.",
    ),
  },
  {
    ask: 'GET /clients?select=name,projects(id)&order=projects(id)',
    status: 400,
    json: problem(
      'PGRST118',
      "A related order on 'projects' is not possible",
      "'clients' and 'projects' do not form a many-to-one or one-to-one relationship",
    ),
  },
]);

hold('aggregates group by what is not aggregated, and spreads lift columns', [
  {
    ask: 'GET /projects?select=client_id,id.sum(),count()&order=client_id',
    json: [
      { client_id: 1, sum: 3, count: 2 },
      { client_id: 2, sum: 7, count: 2 },
      { client_id: null, sum: 5, count: 1 },
    ],
  },
  { ask: 'GET /projects?select=top:id.max()::text', json: [{ top: '5' }] },
  {
    ask: 'GET /clients?select=name,projects(count())&id=eq.1',
    json: [{ name: 'Microsoft', projects: [{ count: 2 }] }],
  },
  {
    ask: 'GET /projects?select=name,...clients(client:name)&id=eq.1',
    json: [{ name: 'Windows 7', client: 'Microsoft' }],
  },
  {
    ask: 'GET /tasks?select=name,...projects(p:name,...clients(c:name))&id=eq.1',
    json: [{ name: 'Design w7', p: 'Windows 7', c: 'Microsoft' }],
  },
  { ask: 'GET /projects?select=...clients(name),n:id.sum()&client_id=eq.2', json: [{ name: 'Apple', n: 7 }] },
  {
    ask: 'GET /tasks?select=...projects(...clients(c:name,id.max())),count()&project_id=lt.3',
    json: [{ c: 'Microsoft', max: 1, count: 4 }],
  },
  {
    ask: 'GET /clients?select=name,...projects(id,p:name)&id=eq.1',
    json: [{ name: 'Microsoft', id: [1, 2], p: ['Windows 7', 'Windows 10'] }],
  },
  {
    ask: 'GET /clients?select=...projects!inner(n:count())&id=eq.1',
    status: 400,
    json: problem(
      'PGRST127',
      'Feature not implemented',
      'Aggregates are not implemented for one-to-many or many-to-many spreads.',
    ),
  },
]);

hold(
  'aggregates are off unless they are allowed',
  [
    {
      ask: 'GET /projects?select=clients(id.sum())',
      status: 400,
      json: problem('PGRST123', 'Use of aggregate functions is not allowed'),
    },
  ],
  { dbAggregatesEnabled: false },
);
