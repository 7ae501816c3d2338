import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { after, before, test } from 'node:test';
import Type from 'typebox';
import { Refusal } from '#kernel/errors.ts';
import { defineRoute, Page } from '#kernel/product.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { type TestServer, testServer } from '../../../test/server.ts';
import { stopServer } from './server.ts';

const ITEMS = '/api/v1/items';
const entered = Promise.withResolvers<void>();
const release = Promise.withResolvers<void>();
let cancelled = Promise.withResolvers<string>();

const Item = Type.Object({ id: Type.Integer(), name: Type.Union([Type.String(), Type.Null()]) });

const routes = [
  defineRoute<
    unknown,
    { querystring: ReturnType<typeof listQuery>; response: ReturnType<typeof Type.Array<typeof Item>> }
  >({
    method: 'GET',
    url: ITEMS,
    scope: 'public',
    summary: 'Items',
    schema: { querystring: listQuery(), response: Type.Array(Item) },
    handle: async ({ query, as }) => {
      const rows = await as((session) =>
        session.query<{ id: number; name: string; secret: string }>(
          'select id, name, secret from item order by id limit $1',
          [query.limit],
        ),
      );
      return new Page(rows, { total: 3, page: 1, limit: query.limit, hasMore: rows.length < 3 });
    },
  }),
  defineRoute({
    method: 'POST',
    url: ITEMS,
    scope: 'signed-in',
    summary: 'Add an item',
    status: 201,
    schema: {
      body: Type.Object({ id: Type.Integer(), name: Type.String({ default: 'unnamed' }) }),
      response: Item,
    },
    handle: ({ body, as }) =>
      as((session) =>
        session.one<{ id: number; name: string }>('insert into item (id, name) values ($1, $2) returning *', [
          body.id,
          body.name,
        ]),
      ),
  }),
  defineRoute({
    method: 'GET',
    url: `${ITEMS}/:id`,
    scope: 'public',
    summary: 'One item',
    schema: { params: Type.Object({ id: Type.String() }), response: Item },
    handle: ({ params, as }) =>
      as((session) => session.one<{ id: number; name: string }>('select * from item where id = $1', [params.id])),
  }),
  defineRoute({
    method: 'GET',
    url: '/api/v1/whoami',
    scope: 'public',
    summary: 'Who the database thinks is asking',
    schema: { response: Type.Unknown() },
    handle: ({ as }) =>
      as((session) =>
        session.one(
          "select current_user::text as role, auth.uid() as uid, current_setting('request.id', true) as request",
        ),
      ),
  }),
  defineRoute({
    method: 'GET',
    url: '/api/v1/admin',
    scope: 'service',
    summary: 'For the service key',
    envelope: false,
    schema: { response: Type.Object({ ok: Type.Boolean() }) },
    handle: async () => ({ ok: true }),
  }),
  defineRoute({
    method: 'GET',
    url: '/api/v1/fail/:how',
    scope: 'public',
    summary: 'Fails as asked',
    schema: { params: Type.Object({ how: Type.String() }), response: Type.Unknown() },
    handle: ({ params, as }) => as((session) => fail(params.how, session)),
  }),
  defineRoute({
    method: 'GET',
    url: '/api/v1/slow',
    scope: 'public',
    summary: 'Waits in the database until it is cancelled',
    schema: { response: Type.Unknown() },
    handle: async ({ as }) => {
      try {
        return await as((session) => session.query('select pg_sleep(60)'));
      } catch (error) {
        cancelled.resolve((error as Error).name);
        throw error;
      }
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/v1/held',
    scope: 'public',
    summary: 'Waits until the test lets it go',
    schema: { response: Type.Unknown() },
    handle: async () => {
      entered.resolve();
      await release.promise;
      return 'finished';
    },
  }),
];

function listQuery() {
  return Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 100, default: 2 }) });
}

async function fail(how: string, session: { query(text: string): Promise<unknown> }): Promise<unknown> {
  if (how === 'refusal') throw new Refusal('PLAN_LIMIT', 'Your plan ends here', { details: { limit: 3 } });
  if (how === 'unknown') throw new Error('the password is hunter2');
  return session.query(FAILING_SQL[how]!);
}

const FAILING_SQL: Readonly<Record<string, string>> = {
  forbidden: 'select * from closed',
  duplicate: 'insert into item (id) values (1)',
  form: "select 'x'::uuid",
  json: "select '{'::json",
  timeout: 'set local statement_timeout = 5; select pg_sleep(60)',
  syntax: 'selekt 1',
};

let db: TestDatabase;
let server: TestServer;
let user: string;

before(async () => {
  db = await testDatabase();
  await db.sql('create table item (id int primary key, name text, secret text)');
  await db.sql("insert into item values (1, 'one', 's'), (2, null, 's'), (3, 'three', 's')");
  await db.sql('create table closed (id int)');
  await db.sql('revoke all on closed from anon, authenticated');
  server = await testServer(db, routes, { limits: null });
  user = await server.tokens.sign({ sub: '6f7c1c5e-2f0e-4b0c-9f55-0a3f2f1a1b1c', role: 'authenticated' }, 3600);
});
after(async () => {
  await server.close();
  await db.close();
});

interface Answer {
  status: number;
  headers: Headers;
  body: {
    success?: boolean;
    data?: unknown;
    meta?: unknown;
    error?: { code: string; message: string; details?: unknown };
    requestId?: string;
  };
}

async function call(path: string, init: RequestInit & { token?: string; json?: unknown } = {}): Promise<Answer> {
  const { token, json, ...rest } = init;
  const headers = new Headers(rest.headers);
  if (token) headers.set('authorization', `Bearer ${token}`);
  if (json !== undefined) headers.set('content-type', 'application/json');
  const response = await fetch(server.url + path, {
    ...rest,
    headers,
    body: json === undefined ? rest.body : JSON.stringify(json),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} };
}

const refused = (answer: Answer) => [answer.status, answer.body.error?.code];

test('a page comes in the envelope, with meta, and without the columns its schema does not name', async () => {
  const { status, headers, body } = await call(`${ITEMS}?limit=2`);
  assert.equal(status, 200);
  const { timestamp, requestId, ...rest } = body as Record<string, string>;
  assert.deepEqual(rest, {
    success: true,
    data: [
      { id: 1, name: 'one' },
      { id: 2, name: null },
    ],
    meta: { total: 3, page: 1, limit: 2, hasMore: true },
  });
  assert.equal(new Date(timestamp!).toISOString(), timestamp);
  assert.equal(headers.get('x-request-id'), requestId);
});

test('defaults of the schema are filled in, and what does not fit is named', async () => {
  assert.deepEqual(((await call(ITEMS)).body.data as unknown[]).length, 2);
  for (const limit of ['0', '101', 'abc', '1.5', '']) {
    const { status, body } = await call(`${ITEMS}?limit=${limit}`);
    assert.equal(status, 400, limit);
    assert.equal(body.error!.code, 'VALIDATION_ERROR');
    const [fault] = body.error!.details as { part: string; path: string; message: string }[];
    assert.deepEqual([fault!.part, fault!.path], ['querystring', '/limit']);
  }
});

test('a body is taken at its word: right types, defaults, no unknown fields, its own status', async () => {
  const made = await call(ITEMS, { method: 'POST', token: user, json: { id: 10, extra: true } });
  assert.deepEqual([made.status, made.body.data], [201, { id: 10, name: 'unnamed' }]);
  assert.deepEqual(refused(await call(ITEMS, { method: 'POST', token: user, json: { id: '11' } })), [
    400,
    'VALIDATION_ERROR',
  ]);
  assert.deepEqual(refused(await call(ITEMS, { method: 'POST', token: user, json: { id: 10 } })), [409, 'CONFLICT']);
});

test('broken, empty, foreign and oversized bodies are refused with their own codes', async () => {
  const post = (body: string, type = 'application/json') =>
    call(ITEMS, { method: 'POST', token: user, body, headers: { 'content-type': type } }).then(refused);
  assert.deepEqual(await post('{"id": '), [400, 'VALIDATION_ERROR']);
  assert.deepEqual(await post(''), [400, 'VALIDATION_ERROR']);
  assert.deepEqual(await post('<id/>', 'text/xml'), [415, 'UNSUPPORTED_MEDIA_TYPE']);
  assert.deepEqual(await post(JSON.stringify({ id: 1, name: 'x'.repeat(1_048_577) })), [413, 'PAYLOAD_TOO_LARGE']);
});

test('the scopes hold: who may enter where', async () => {
  const anon = server.tokens.anonKey;
  const service = server.tokens.serviceKey;
  const stranger = await server.tokens.sign({ role: 'authenticated' }, 60);
  const post = async (token?: string) => (await call(ITEMS, { method: 'POST', token, json: { id: 1 } })).status;
  assert.deepEqual(
    [await post(), await post(anon), await post(stranger), await post(service), await post(user)],
    [401, 401, 401, 401, 409],
  );
  const admin = async (token?: string) => refused(await call('/api/v1/admin', { token }));
  assert.deepEqual(await admin(), [401, 'UNAUTHORIZED']);
  assert.deepEqual(await admin(anon), [401, 'UNAUTHORIZED']);
  assert.deepEqual(await admin(user), [403, 'FORBIDDEN']);
  const open = await call('/api/v1/admin', { headers: { apikey: service } });
  assert.deepEqual([open.status, open.body], [200, { ok: true }]);
});

test('the session runs as the caller, with the request id', async () => {
  const as = async (init: Parameters<typeof call>[1]) =>
    (await call('/api/v1/whoami', { ...init, headers: { ...init?.headers, 'x-request-id': 'r-1' } })).body.data;
  assert.deepEqual(await as({}), { role: 'anon', uid: null, request: 'r-1' });
  assert.deepEqual(await as({ token: user }), {
    role: 'authenticated',
    uid: '6f7c1c5e-2f0e-4b0c-9f55-0a3f2f1a1b1c',
    request: 'r-1',
  });
  assert.deepEqual(await as({ headers: { apikey: server.tokens.serviceKey } }), {
    role: 'service_role',
    uid: null,
    request: 'r-1',
  });
});

test('tokens that are forged, expired or malformed are refused on public routes too', async () => {
  const expired = await server.tokens.sign({ role: 'authenticated', sub: 'x' }, -1);
  const whoami = async (authorization: string) => refused(await call('/api/v1/whoami', { headers: { authorization } }));
  assert.deepEqual(await whoami(`Bearer ${expired}`), [401, 'TOKEN_EXPIRED']);
  assert.deepEqual(await whoami(`Bearer ${user.slice(0, -4)}AAAA`), [401, 'TOKEN_INVALID']);
  assert.deepEqual(await whoami('Basic dTpw'), [401, 'TOKEN_INVALID']);
});

test('errors of Postgres become what the caller can act on; the server keeps its words to itself', async () => {
  const how = async (name: string, token?: string) => refused(await call(`/api/v1/fail/${name}`, { token }));
  assert.deepEqual(await how('forbidden'), [401, 'UNAUTHORIZED']);
  assert.deepEqual(await how('forbidden', user), [403, 'FORBIDDEN']);
  assert.deepEqual(await how('duplicate'), [409, 'CONFLICT']);
  assert.deepEqual(await how('form'), [400, 'VALIDATION_ERROR']);
  assert.deepEqual(await how('json'), [400, 'VALIDATION_ERROR']);
  assert.deepEqual(await how('syntax'), [500, 'INTERNAL_ERROR']);
  assert.deepEqual(refused(await call(`${ITEMS}/abc`)), [400, 'VALIDATION_ERROR']);
  assert.deepEqual(refused(await call(`${ITEMS}/99`)), [404, 'NOT_FOUND']);
});

test('a refusal is shown as it is, an unknown error only by its request id, which finds it in the log', async () => {
  const refusal = (await call('/api/v1/fail/refusal')).body.error;
  assert.deepEqual(refusal, { code: 'PLAN_LIMIT', message: 'Your plan ends here', details: { limit: 3 } });
  const { status, body, headers } = await call('/api/v1/fail/unknown', { headers: { 'x-request-id': 'find-me' } });
  assert.deepEqual(
    [status, body.error!.code, body.requestId, headers.get('x-request-id')],
    [500, 'INTERNAL_ERROR', 'find-me', 'find-me'],
  );
  assert.doesNotMatch(JSON.stringify(body), /hunter2/);
  const line = server.lines.find((each) => each['requestId'] === 'find-me' && each.level === 50);
  assert.match(JSON.stringify(line?.['err']), /hunter2/);
});

test('a request id that is not sane is replaced', async () => {
  for (const given of ['a b', '"quoted"', 'x'.repeat(129), '-dash'])
    assert.match(
      (await call(ITEMS, { headers: { 'x-request-id': given } })).headers.get('x-request-id')!,
      /^[0-9a-f-]{36}$/,
      given,
    );
});

test('unknown addresses are 404 and known ones with a wrong method 405 with Allow, both in the envelope', async () => {
  assert.deepEqual(refused(await call('/api/v1/nothing')), [404, 'NOT_FOUND']);
  const wrong = await call(`${ITEMS}/1`, { method: 'DELETE' });
  assert.deepEqual(refused(wrong), [405, 'METHOD_NOT_ALLOWED']);
  assert.equal(wrong.headers.get('allow'), 'GET, HEAD');
  assert.deepEqual(refused(await call('/%zz')), [400, 'VALIDATION_ERROR']);
});

test('a preflight is granted whatever headers it asks for, and answers expose theirs', async () => {
  const asked = 'apikey, x-client-info, x-my-custom-header';
  const { status, headers } = await call(ITEMS, {
    method: 'OPTIONS',
    headers: {
      origin: 'http://localhost:8081',
      'access-control-request-method': 'POST',
      'access-control-request-headers': asked,
    },
  });
  assert.deepEqual(
    [status, headers.get('access-control-allow-origin'), headers.get('access-control-allow-headers')],
    [204, '*', asked],
  );
  assert.match(headers.get('access-control-allow-methods')!, /PATCH/);
  assert.match((await call(ITEMS)).headers.get('access-control-expose-headers')!, /content-range.*x-request-id/);
});

test('every answer has the security headers, errors included', async () => {
  for (const path of [ITEMS, '/api/v1/nothing']) {
    const { headers } = await call(path);
    assert.match(headers.get('content-security-policy')!, /default-src 'self'; script-src 'self'/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
  }
});

test('what is not HTTP gets a 400 in the envelope and a closed connection', async () => {
  const socket = connect((server.app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.end('NONSENSE\r\n\r\n');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  await once(socket, 'close');
  assert.match(text, /^HTTP\/1\.1 400 /);
  assert.equal(JSON.parse(text.split('\r\n\r\n')[1]!).success, false);
});

test('the OpenAPI document names every route with its schemas and what it demands', async () => {
  const document = (await call('/openapi.json')).body as unknown as {
    openapi: string;
    paths: Record<string, Record<string, { summary: string; security: unknown; responses: Record<string, unknown> }>>;
  };
  assert.match(document.openapi, /^3\.1/);
  const post = document.paths[ITEMS]!['post']!;
  assert.deepEqual([post.summary, post.security], ['Add an item', [{ bearer: [] }]]);
  assert.ok('201' in post.responses && '4XX' in post.responses);
  assert.ok(document.paths[`${ITEMS}/{id}`]);
});

test('a caller who hangs up has his statement cancelled', async () => {
  cancelled = Promise.withResolvers();
  const gone = new AbortController();
  const asking = fetch(`${server.url}/api/v1/slow`, { signal: gone.signal }).catch(() => 'gone');
  await untilSleeping();
  gone.abort();
  assert.equal(await asking, 'gone');
  assert.ok(await cancelled.promise);
});

test('a handler past its deadline is 504 and its statement is cancelled', async () => {
  await using quick = await testServer(db, routes, { limits: null, handlerTimeoutMs: 300 });
  cancelled = Promise.withResolvers();
  const response = await fetch(`${quick.url}/api/v1/slow`);
  assert.deepEqual([response.status, ((await response.json()) as Answer['body']).error!.code], [504, 'TIMEOUT']);
  assert.ok(await cancelled.promise);
});

test('a stop lets the request in flight finish, refuses new connections, then closes the sockets', async () => {
  const stopping = await testServer(db, routes, { limits: null });
  const held = fetch(`${stopping.url}/api/v1/held`);
  await entered.promise;
  const stopped = stopServer(stopping.app, 10_000);
  while (stopping.app.server.listening) await new Promise((resolve) => setImmediate(resolve));
  await assert.rejects(fetch(`${stopping.url}${ITEMS}`));
  release.resolve();
  assert.equal(((await (await held).json()) as Answer['body']).data, 'finished');
  assert.deepEqual(await stopped, { cut: false });
});

test('a stop cuts what is still running at the deadline', async () => {
  const stopping = await testServer(db, routes, { limits: null });
  const stuck = fetch(`${stopping.url}/api/v1/slow`).catch(() => 'cut');
  await untilSleeping();
  assert.deepEqual(await stopServer(stopping.app, 50), { cut: true });
  assert.equal(await stuck, 'cut');
});

/** Polls the server's own view instead of the clock: the statement is there before anything is done to it. */
async function untilSleeping(): Promise<void> {
  for (;;) {
    const rows = await db.sql(
      "select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'",
    );
    if (rows.length > 0) return;
  }
}
