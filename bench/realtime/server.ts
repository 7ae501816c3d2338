/**
 * What the crowd connects to, in a process of its own: our service, a bare `ws` server that sends what it gets to everyone else in
 * the room, or socket.io. Says its port, and its memory when asked.
 */
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { createLog } from '#kernel/log.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import { openRealtime, tokenVerifier } from '#services/realtime/api.ts';
import { KEYS } from '../../test/realtime/harness.ts';

export type ServerRequest = 'memory' | 'metrics';

const { kind, owner, sessions } = JSON.parse(process.argv[2]!);

const server = createServer();
let metrics: () => unknown = () => ({});
if (kind === 'ws') bareServer();
else if (kind === 'socket.io') peerServer();
else await ourService();
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
process.on('message', (request: ServerRequest) => {
  globalThis.gc?.();
  process.send!(request === 'memory' ? { rss: process.memoryUsage().rss, cpu: process.cpuUsage() } : metrics());
});

async function ourService(): Promise<void> {
  const log = createLog('fatal');
  const open = (target: never) => openDatabase({ target, poolSize: 8, statementTimeoutMs: 30_000, log });
  const limits = { maxSockets: 100_000, joinsPerSecond: 1e9, eventsPerSecond: 1e9, silenceMs: 1e9 };
  const database = open(sessions as never);
  const realtime = await openRealtime({
    services: open(owner as never),
    database,
    owner,
    verify: tokenVerifier(KEYS),
    log,
    config: limits,
  });
  await realtime.ready;
  metrics = () => realtime.metrics();
  server.on('request', realtime.listener as RequestListener);
  server.on('upgrade', (request, socket, head) => realtime.upgrade(request, socket, head));
  process.on('disconnect', () => void realtime.close().finally(() => process.exit()));
}

/** The loop that everything is compared with: a set of clients a room, and `send` to each. */
function bareServer(): void {
  const rooms = new Map<string, Set<WebSocket>>();
  const sockets = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false });
  server.on('upgrade', (request, stream, head) =>
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const room = new URL(request.url!, 'http://bare').searchParams.get('room') ?? '';
      const members = rooms.get(room) ?? new Set();
      rooms.set(room, members.add(socket));
      socket.on('message', (data, binary) => {
        for (const member of members)
          if (member !== socket && member.readyState === WebSocket.OPEN) member.send(data, { binary });
      });
    }),
  );
  process.on('disconnect', () => process.exit());
}

interface PeerSocket {
  join(room: string): void;
  on(event: string, listener: (payload: unknown) => void): void;
  to(room: string): { emit(event: string, payload: unknown): void };
}

/** socket.io, with nothing but WebSocket and no pings. */
function peerServer(): void {
  const require = createRequire(new URL('../peers/socket.io/package.json', import.meta.url));
  const { Server } = require('socket.io');
  const io = new Server(server, { transports: ['websocket'], pingInterval: 1e8, perMessageDeflate: false });
  io.on('connection', (socket: PeerSocket) => {
    socket.join('room');
    socket.on('tick', (payload) => socket.to('room').emit('tick', payload));
  });
  process.on('disconnect', () => process.exit());
}
