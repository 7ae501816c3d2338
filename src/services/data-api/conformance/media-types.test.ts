/** In which media type the answer comes. */
import { accept, hold, JSON_TYPE, problem } from './test-functions.ts';

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
  ['GET /projects?select=id,nothing(id)', accept('text/html'), { status: 400 }],
  [
    'GET /rpc/sayhello?name=x',
    accept('text/plain'),
    { status: 406, json: problem('PGRST107', 'None of these media types are available: text/plain') },
  ],
  ['GET /rpc/plain_bytea', accept('application/octet-stream'), { status: 406 }],
  [
    'GET /projects?id=eq.1&select=id,c:client_id',
    accept('application/json, application/vnd.pgrst.array+json;nulls=stripped, text/csv;q=0.9'),
    { answers: { 'Content-Type': 'application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8' } },
  ],
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
    accept('application/vnd.pgrst.plan+json; for="text/csv"; options=buffers|analyze|analyse'),
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
