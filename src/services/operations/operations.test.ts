import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gauge } from 'prom-client';
import { readConfig } from '#kernel/config.ts';
import { createEvents } from '#kernel/events.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { type TestServer, testServer } from '../../../test/server.ts';
import { type HealthCheck, type Metrics, mountOperations } from './api.ts';

let db: TestDatabase;
before(async () => {
  db = await testDatabase();
});
after(() => db.close());

async function operated(
  others: readonly HealthCheck[] = [],
  production = false,
): Promise<TestServer & { metrics: Metrics }> {
  let metrics: Metrics | undefined;
  const events = createEvents();
  const server = await testServer(db, [], {
    events,
    ...(production && { config: { ...readConfig({}, {}), mode: 'production' } }),
    mount: (app, project, tokens) => {
      metrics = mountOperations(app, { project, events, tokens, others });
    },
  });
  return { ...server, events, metrics: metrics! };
}

async function get(server: TestServer, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(server.url + path, { headers });
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
}

test('with a database that answers all three are 200 and say so in the envelope and beside it', async () => {
  await using server = await operated();
  for (const path of ['/health', '/ready', '/live']) {
    const { status, text } = await get(server, path);
    const body = JSON.parse(text);
    assert.deepEqual([status, body.success, body.status, body.data.status], [200, true, 'healthy', 'healthy'], path);
    assert.match(body.data.version, /^\d+\.\d+\.\d+/);
  }
});

test('an outside service that fails degrades the health and leaves the server ready', async () => {
  let asked = 0;
  const broken = {
    name: 'polygon',
    check: async () => {
      asked += 1;
      throw new Error('no route');
    },
  };
  await using server = await operated([broken]);
  const health = await get(server, '/health');
  const { data } = JSON.parse(health.text);
  assert.deepEqual(
    [health.status, data.status, data.checks.polygon.status, data.checks.database.status],
    [200, 'degraded', 'unhealthy', 'healthy'],
  );
  assert.equal((await get(server, '/ready')).status, 200);
  await get(server, '/health');
  assert.equal(asked, 1);
});

test('without a database health and readiness are 503 and the process is still live', async () => {
  const lost = await testDatabase();
  await using server = await testServer(lost, [], {
    mount: (app, project) => void mountOperations(app, { project, events: createEvents() }),
  });
  await lost.close();
  for (const path of ['/health', '/ready']) {
    const { status, text } = await get(server, path);
    const body = JSON.parse(text);
    assert.deepEqual(
      [status, body.success, body.status, body.error.code],
      [503, false, 'unhealthy', 'UNAVAILABLE'],
      path,
    );
  }
  assert.equal((await get(server, '/live')).status, 200);
});

test('metrics tell requests by route, the pool, jobs, the event loop, and what others add', async () => {
  await using server = await operated();
  await get(server, '/live');
  await get(server, '/api/v1/unknown');
  server.events.emit('job:succeeded', { job: 'scan', seconds: 0.2 });
  server.events.emit('job:failed', { job: 'scan', seconds: 0.1, final: true, error: new Error('x') });
  new Gauge({ name: 'probe_level', help: 'of the test', registers: [server.metrics.registry] }).set(7);
  const { text, type } = await get(server, '/metrics');
  assert.match(type!, /^text\/plain; version=0\.0\.4/);
  for (const line of [
    /freehold_http_request_duration_seconds_count\{project="probe",method="GET",route="\/live",status="200"\} 1/,
    /freehold_http_request_duration_seconds_count\{project="probe",method="GET",route="\(none\)",status="404"\} 1/,
    /freehold_pool_open\{project="probe"\} \d+/,
    /freehold_job_duration_seconds_count\{project="probe",job="scan",outcome="succeeded"\} 1/,
    /freehold_jobs_failed_total\{[^}]*job="scan"[^}]*\} 1/,
    /nodejs_eventloop_lag_seconds\{project="probe"\} /,
    /probe_level\{project="probe"\} 7/,
  ])
    assert.match(text, line);
});

test('in production a caller behind a proxy needs the service key to see metrics', async () => {
  await using server = await operated([], true);
  const proxied = { 'x-forwarded-for': '203.0.113.9' };
  assert.equal((await get(server, '/metrics', proxied)).status, 401);
  assert.equal((await get(server, '/metrics', { ...proxied, apikey: server.tokens.anonKey })).status, 401);
  assert.equal(
    (await get(server, '/metrics', { ...proxied, authorization: `Bearer ${server.tokens.serviceKey}` })).status,
    200,
  );
  assert.equal((await get(server, '/metrics')).status, 200);
});

test('the OpenAPI document lists what operations answers', async () => {
  await using server = await operated();
  const { paths } = JSON.parse((await get(server, '/openapi.json')).text);
  for (const path of ['/health', '/ready', '/live', '/metrics'])
    assert.deepEqual(paths[path]?.get.tags, ['operations'], path);
});
