/** From the upgrade request to a client socket: key, version, limits. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { TokenRefusal } from '../auth/verify-token.ts';
import { forget, receive } from '../channels/protocol.ts';
import type { Claims } from '../contract.ts';
import type { Surroundings } from '../surroundings.ts';
import { ClientSocket, RESTART } from './client-socket.ts';
import type { Version } from './serialiser.ts';

const PATH = /^\/realtime\/v1\/websocket\/?$|^\/websocket\/?$/;
const TOO_LARGE = 1009;

export class Sockets {
  readonly all = new Set<ClientSocket>();
  readonly #around: Surroundings;
  /** Compression would cost each socket some 64 KB, and frames could not be shared. */
  readonly #server: WebSocketServer;
  #closed = false;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: around.config.maxMessageBytes,
    });
  }

  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', ignore);
    void this.#admit(request, stream, head).catch((error: unknown) => {
      this.#around.log.warn({ err: error }, 'a socket could not be opened');
      refuse(stream, 500, 'Internal server error');
    });
  }

  async #admit(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://realtime');
    if (!PATH.test(url.pathname)) return refuse(stream, 404, 'Not found');
    if (this.#closed) return refuse(stream, 503, 'The server is stopping');
    if (this.all.size >= this.#around.config.maxSockets) {
      this.#around.counters.limited++;
      return refuse(stream, 503, 'ConnectionRateLimitReached: Too many connected users');
    }
    const version = versionOf(url.searchParams.get('vsn'));
    if (!version) return refuse(stream, 400, 'This version of the protocol is not spoken here: 1.0.0 and 2.0.0 are');
    const key = keyOf(request, url);
    if (!key) return refuse(stream, 401, 'No API key found in request');
    let claims: Claims;
    try {
      claims = await this.#around.verify(key);
    } catch (error) {
      if (!(error instanceof TokenRefusal)) throw error;
      return refuse(stream, 401, error.message);
    }
    if (stream.destroyed) return;
    this.#server.handleUpgrade(request, stream, head, (webSocket) => {
      stream.off('error', ignore);
      this.#open(webSocket, stream, version, claims);
    });
  }

  #open(webSocket: import('ws').WebSocket, stream: Duplex, version: Version, claims: Claims): void {
    const around = this.#around;
    const { config, counters } = around;
    const socket = new ClientSocket({ webSocket, stream, version, claims, config, counters });
    this.all.add(socket);
    webSocket.on('message', (data: Buffer, isBinary: boolean) => {
      socket.lastSeen = Date.now();
      receive(socket, data, isBinary, around);
    });
    webSocket.on('error', (error: Error & { code?: string }) => {
      if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') counters.limited++;
      webSocket.close(TOO_LARGE);
    });
    webSocket.on('close', () => {
      this.all.delete(socket);
      forget(socket, around);
    });
  }

  /** Every client is told to come back; whoever does not answer is cut off. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    for (const socket of this.all) socket.close(RESTART, 'The server is stopping');
    const end = Date.now() + graceMs;
    while (this.all.size > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const socket of this.all) socket.terminate();
  }
}

function ignore(): void {}

/** Without one, clients before version 2 are meant. */
function versionOf(given: string | null): Version | undefined {
  if (given === null || given.startsWith('1.')) return 1;
  return given.startsWith('2.') ? 2 : undefined;
}

function keyOf(request: IncomingMessage, url: URL): string | undefined {
  const header = request.headers['apikey'] ?? request.headers['x-api-key'];
  const parameter = url.searchParams.get('apikey') ?? url.searchParams.get('token');
  if (parameter) return parameter;
  if (typeof header === 'string') return header;
  return /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function refuse(stream: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ message });
  stream.end(
    `HTTP/1.1 ${status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
