import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type DataApiFixture, startFixture } from './server.ts';

let fixture: DataApiFixture;
before(async () => {
  fixture = await startFixture({
    PGRST_DB_PLAN_ENABLED: 'true',
    PGRST_SERVER_TIMING_ENABLED: 'true',
    PGRST_SERVER_CORS_ALLOWED_ORIGINS: 'https://a.example, https://b.example',
    PGRST_SERVER_TRACE_HEADER: 'X-Request-Id',
    PGRST_OPENAPI_SERVER_PROXY_URI: 'https://api.example.com/v1',
  });
});
after(() => fixture[Symbol.asyncDispose]());

const as = (accept: string) => (path: string) => fixture.server.get(path, { Accept: accept });

test('JSON is the answer to */*, and says its length', async () => {
  const { headers, text } = await as('*/*')('/observatories?select=id&id=eq.1');
  assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
  assert.equal(headers.get('content-length'), String(Buffer.byteLength(text)));
  assert.equal(headers.get('content-location'), '/observatories?id=eq.1&select=id');
});

test('a single object, and none', async () => {
  const single = as('application/vnd.pgrst.object+json');
  const one = await single('/observatories?select=id&id=eq.1');
  assert.deepEqual(one.json, { id: 1 });
  assert.equal(one.headers.get('content-type'), 'application/vnd.pgrst.object+json; charset=utf-8');
  const none = await single('/observatories?id=eq.99');
  assert.deepEqual([none.status, (none.json as { details: string }).details], [406, 'The result contains 0 rows']);
});

test('nulls are stripped on request', async () => {
  const stripped = await as('application/vnd.pgrst.array+json;nulls=stripped')(
    '/observatories?select=id,place&id=eq.3',
  );
  assert.deepEqual(stripped.json, [{ id: 3 }]);
});

test('CSV has a line of names', async () => {
  const { text, headers } = await as('text/csv')('/observatories?select=id,name,place&order=id&limit=2');
  assert.equal(text, 'id,name,place\n1,Paranal,"(-24.6,-70.4)"\n2,"Mauna Kea","(19.8,-155.5)"');
  assert.equal(headers.get('content-type'), 'text/csv; charset=utf-8');
});

test('the plan as JSON and as text', async () => {
  const json = await as('application/vnd.pgrst.plan+json')('/observatories');
  assert.ok(Array.isArray(json.json));
  assert.ok((json.json as { Plan: object }[])[0]!.Plan);
  const text = await as('application/vnd.pgrst.plan+text; options=analyze')('/observatories');
  assert.match(text.text, /actual time/);
});

test('a function that returns a media type answers in it', async () => {
  const page = await as('text/html,*/*;q=0.5')('/rpc/page');
  assert.deepEqual([page.text, page.headers.get('content-type')], ['<h1>Sky</h1>', 'text/html']);
  const response = await fetch(`${fixture.server.url}/rpc/picture`, { headers: { Accept: 'image/png' } });
  assert.equal(response.headers.get('content-type'), 'image/png');
  assert.deepEqual([...new Uint8Array(await response.arrayBuffer())], [0x89, 0x50, 0x4e, 0x47]);
});

test('an aggregate renders a table in a media type', async () => {
  const { text, headers } = await as('text/vnd.names')('/observatories?order=id&limit=2');
  assert.equal(text, 'Paranal\nMauna Kea\n');
  assert.match(headers.get('content-type') ?? '', /^text\/vnd\.names/);
});

test('a domain with casts shows and takes its representation', async () => {
  assert.deepEqual((await fixture.server.get('/stars?order=id')).json, [
    { id: 1, tint: '#FF0000' },
    { id: 2, tint: '#0000FF' },
  ]);
  assert.deepEqual((await fixture.server.get('/stars?select=id&tint=eq.%23FF0000')).json, [{ id: 1 }]);
  const inserted = await fixture.server.request('POST', '/stars', {
    body: { id: 3, tint: '#00FF00' },
    headers: { Prefer: 'return=representation' },
  });
  assert.deepEqual(inserted.json, [{ id: 3, tint: '#00FF00' }]);
  assert.deepEqual(await fixture.db.sql('select tint::integer as n from sky.stars where id = 3'), [{ n: 65280 }]);
});

test('what nobody makes is 406', async () => {
  const { status, json } = await as('image/webp')('/observatories');
  assert.deepEqual([status, (json as { code: string }).code], [406, 'PGRST107']);
});

test('the root is OpenAPI, as seen from outside', async () => {
  const { json, headers } = await as('application/openapi+json')('/');
  const { swagger, host, paths } = json as { swagger: string; host: string; paths: object };
  assert.deepEqual([swagger, host], ['2.0', 'api.example.com:443']);
  assert.ok('/observatories' in paths && !('/payroll' in paths));
  assert.equal(headers.get('content-type'), 'application/openapi+json; charset=utf-8');
});

test('OPTIONS says what a table allows', async () => {
  const allowed = async (path: string) => (await fixture.server.request('OPTIONS', path)).headers.get('allow');
  assert.equal(await allowed('/observatories'), 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE');
  assert.equal(await allowed('/night_log'), 'OPTIONS,GET,HEAD');
  assert.equal(await allowed('/rpc/add'), 'OPTIONS,GET,HEAD,POST');
  assert.equal(await allowed('/rpc/nothing'), 'OPTIONS,POST');
});

test('a preflight is answered for the origins named, and for no other', async () => {
  const preflight = (Origin: string) =>
    fixture.server.request('OPTIONS', '/observatories', {
      headers: {
        Origin,
        'Access-Control-Request-Method': 'PATCH',
        'Access-Control-Request-Headers': 'apikey, x-client-info',
      },
    });
  const { status, headers } = await preflight('https://b.example');
  assert.equal(status, 200);
  assert.equal(headers.get('access-control-allow-origin'), 'https://b.example');
  assert.match(headers.get('access-control-allow-methods') ?? '', /PATCH/);
  assert.match(headers.get('access-control-allow-headers') ?? '', /apikey/i);
  assert.equal((await preflight('https://c.example')).headers.get('access-control-allow-origin'), null);
});

test('the phases of a request are timed, and a trace header comes back', async () => {
  const { headers } = await fixture.server.get('/observatories', { 'X-Request-Id': 'abc' });
  assert.match(
    headers.get('server-timing') ?? '',
    /jwt;dur=[\d.]+.*parse;dur=[\d.]+.*plan;dur=[\d.]+.*transaction;dur=[\d.]+.*response;dur=[\d.]+/,
  );
  assert.equal(headers.get('x-request-id'), 'abc');
});

test('a method that is none is refused', async () => {
  const { status, json } = await fixture.server.request('PROPFIND', '/observatories');
  assert.deepEqual([status, (json as { code: string }).code], [405, 'PGRST117']);
});
