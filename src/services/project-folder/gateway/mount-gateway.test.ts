import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { after, before, test } from 'node:test';
import Fastify, { type FastifyInstance } from 'fastify';
import { DEVELOPMENT_JWT_SECRET } from '#kernel/config.ts';
import { projectKeys } from '../keys.ts';
import { mountGateway } from './mount-gateway.ts';

const keys = projectKeys({}, '', DEVELOPMENT_JWT_SECRET);
let app: FastifyInstance;
let base: string;

before(async () => {
  app = Fastify();
  const told = ({ url, headers }: IncomingMessage) => JSON.stringify({ url, authorization: headers.authorization });
  const listener = (request: IncomingMessage, response: { end(text: string): void }) => response.end(told(request));
  const missing = mountGateway(app, {
    keys,
    production: true,
    services: {
      '/rest/v1': { listener },
      '/auth/v1': { listener },
      '/storage/v1': { listener },
      '/realtime/v1': {
        listener,
        upgrade: (request, socket) => socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\n${told(request)}`),
      },
    },
  });
  assert.deepEqual(missing, ['/functions/v1', '/graphql/v1']);
  base = await app.listen({ port: 0 });
});
after(() => app.close());

test('the key as a parameter admits and does not reach the service, where it would be a filter', async () => {
  const answer = await (await fetch(`${base}/rest/v1/todos?id=eq.1&apikey=${keys.publishableKey}&select=*`)).json();
  assert.deepEqual(answer, { url: '/rest/v1/todos?id=eq.1&select=*', authorization: `Bearer ${keys.anonKey}` });
});

const WITHOUT_KEY: readonly [path: string, status: number][] = [
  ['/rest/v1/todos', 401],
  ['/auth/v1/user', 401],
  ['/auth/v1/verify?token=x&type=signup', 200],
  ['/auth/v1/authorize?provider=github', 200],
  ['/auth/v1/.well-known/jwks.json', 200],
  ['/storage/v1/bucket', 401],
  ['/storage/v1/object/public/pictures/a.png', 200],
  ['/storage/v1/object/sign/pictures/a.png?token=t', 200],
  ['/storage/v1/object/pictures/public/a.png', 401],
  ['/rest/v1/todos?next=/auth/v1/verify', 401],
];
for (const [path, status] of WITHOUT_KEY)
  test(`in production ${path} without a key is ${status}`, async () => {
    assert.equal((await fetch(base + path)).status, status);
  });

test('what the issuer offers is found at the root too', async () => {
  const answer = await (await fetch(`${base}/.well-known/oauth-authorization-server/auth/v1`)).json();
  assert.deepEqual(answer, { url: '/auth/v1/.well-known/oauth-authorization-server' });
});

async function upgraded(path: string): Promise<string> {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`);
  let text = '';
  socket.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  await once(socket, 'close');
  return text;
}

test('a socket is handed to the service under its prefix, with what the key means', async () => {
  const answer = await upgraded(`/realtime/v1/websocket?apikey=${keys.secretKey}&vsn=2.0.0`);
  assert.match(answer, /^HTTP\/1\.1 101/);
  assert.ok(answer.includes(keys.serviceRoleKey));
});

test('a socket without a key is refused, and one for a service that speaks no WebSocket too', async () => {
  assert.match(await upgraded('/realtime/v1/websocket'), /^HTTP\/1\.1 401/);
  assert.match(await upgraded(`/rest/v1/websocket?apikey=${keys.anonKey}`), /^HTTP\/1\.1 404/);
  assert.match(await upgraded('/elsewhere'), /^HTTP\/1\.1 404/);
});

test('the server stops while sockets are open: their service is told to end them first', async () => {
  const stopping = Fastify();
  const taken: Duplex[] = [];
  mountGateway(stopping, {
    keys,
    production: true,
    services: {
      '/realtime/v1': {
        listener: (_request, response) => response.end(),
        upgrade: (_request, socket) => {
          taken.push(socket);
          socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
        },
        disconnect: async () => {
          for (const socket of taken) socket.destroy();
        },
      },
    },
  });
  await stopping.listen({ port: 0 });
  const socket = connect((stopping.server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(
    `GET /realtime/v1/websocket?apikey=${keys.anonKey} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`,
  );
  await once(socket, 'data');
  const closed = once(socket, 'close');
  await stopping.close();
  await closed;
  assert.equal(taken.length, 1);
});
