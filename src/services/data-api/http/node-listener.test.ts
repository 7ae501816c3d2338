import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { ApiRequest, ApiResponse } from '../api.ts';
import { createNodeListener, type NodeListenerOptions } from './node-listener.ts';

type Handle = (request: ApiRequest) => Promise<ApiResponse>;

/** Serves `handle`, and gives a way to ask. */
async function serving(handle: Handle, options: NodeListenerOptions = {}) {
  const server = createServer(createNodeListener({ handle }, options)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = (method: string, path: string, headers = {}): ClientRequest =>
    request({ host: '127.0.0.1', port, method, path, headers, agent: false });
  const ask = async (method: string, path: string, body?: string, headers = {}) => {
    const outgoing = open(method, path, headers);
    outgoing.end(body);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    return { status: answer.statusCode, headers: answer.headers, text: Buffer.concat(chunks).toString() };
  };
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { open, ask, [Symbol.asyncDispose]: close };
}

const echo: Handle = async ({ method, path, query, headers, body }) => ({
  status: 200,
  headers: [['X-Name', headers['x-name'] ?? '']],
  body: Buffer.from(JSON.stringify({ method, path, query, body: body.toString() })),
});

test('method, path without the mount, query as it came and body are handed on', async () => {
  await using server = await serving(echo, { prefix: '/rest/v1' });
  const { text, headers } = await server.ask('POST', '/rest/v1/a%20b?x=%31?&y', 'content');
  assert.deepEqual(JSON.parse(text), { method: 'POST', path: '/a%20b', query: 'x=%31?&y', body: 'content' });
  assert.equal(headers['content-length'], String(Buffer.byteLength(text)));
  assert.equal(JSON.parse((await server.ask('GET', '/rest/v1')).text).path, '/');
});

test('an answer may say its status in its own words', async () => {
  const body = Buffer.from('tea');
  await using server = await serving(async () => ({ status: 418, statusText: 'Short and stout', headers: [], body }));
  const outgoing = server.open('GET', '/');
  outgoing.end();
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  answer.resume();
  assert.deepEqual([answer.statusCode, answer.statusMessage], [418, 'Short and stout']);
});

test('headers are UTF-8 both ways', async () => {
  const seen: (string | undefined)[] = [];
  await using server = await serving(async (given) => {
    seen.push(given.headers['x-name']);
    return echo(given);
  });
  const bytes = Buffer.from('Ωmega').toString('latin1');
  const { headers } = await server.ask('GET', '/', undefined, { 'X-Name': bytes });
  assert.deepEqual(seen, ['Ωmega']);
  assert.equal(headers['x-name'], bytes);
});

test('HEAD and 204 have no body, and no length but the one the API gives', async () => {
  await using server = await serving(async ({ method }) => ({
    status: method === 'DELETE' ? 204 : 200,
    headers: method === 'HEAD' ? [['Content-Length', '17']] : [],
    body: Buffer.from('not for these'),
  }));
  const head = await server.ask('HEAD', '/');
  assert.deepEqual([head.text, head.headers['content-length']], ['', '17']);
  const none = await server.ask('DELETE', '/');
  assert.deepEqual([none.status, none.text, none.headers['content-length']], [204, '', undefined]);
});

test('a body that is too large is refused before it is read to its end', async () => {
  await using server = await serving(echo, { maxBodyBytes: 10 });
  const { status, text } = await server.ask('POST', '/', 'x'.repeat(11));
  assert.deepEqual([status, JSON.parse(text).message], [413, 'The body is larger than 10 bytes']);
  assert.equal((await server.ask('POST', '/', 'x'.repeat(10))).status, 200);
});

test('a failure is a 500 that says nothing, and so is a header that cannot be sent', async () => {
  const errors: unknown[] = [];
  const onAnswer = (_: IncomingMessage, __: number, error?: unknown) => void errors.push(error);
  await using server = await serving(
    async ({ path }) => {
      if (path === '/throws') throw new Error('secret reason');
      return { status: 200, headers: [['X-Bad', 'a\nb']], body: Buffer.alloc(0) };
    },
    { onAnswer },
  );
  for (const path of ['/throws', '/header']) {
    const { status, text } = await server.ask('GET', path);
    assert.deepEqual([status, JSON.parse(text).message], [500, 'Internal server error']);
  }
  assert.equal(errors.length, 2);
  assert.match(String(errors[0]), /secret reason/);
});

test('the signal tells when the client has gone away', async () => {
  const gone = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  await using server = await serving(async ({ signal }) => {
    signal?.addEventListener('abort', () => gone.resolve());
    arrived.resolve();
    await gone.promise;
    return { status: 200, headers: [], body: Buffer.alloc(0) };
  });
  const outgoing = server.open('GET', '/');
  outgoing.on('error', () => undefined);
  outgoing.end();
  await arrived.promise;
  outgoing.destroy();
  await gone.promise;
});
