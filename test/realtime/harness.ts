/** A realtime service on a database of its own behind a bare HTTP server, and the official client. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, type RealtimeChannel, type SupabaseClient } from '@supabase/supabase-js';
import { createLog } from '#kernel/log.ts';
import type { MigrationSource } from '#kernel/postgres/migrate.ts';
import { PLATFORM_SCHEMAS } from '#services/project-folder/api.ts';
import { openRealtime, type Realtime, type RealtimeConfig, tokenVerifier } from '#services/realtime/api.ts';
import { type TestDatabase, testDatabase } from '../database.ts';

const SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long';
const FAR = 4_102_444_800;

export const KEYS = {
  verificationKeys: JSON.stringify({ keys: [{ kty: 'oct', k: Buffer.from(SECRET).toString('base64url') }] }),
  publishableKey: 'sb_publishable_of_tests',
  secretKey: 'sb_secret_of_tests',
};

export type Version = '1.0.0' | '2.0.0';
export const VERSIONS: readonly Version[] = ['1.0.0', '2.0.0'];

/** A token signed with the secret of the tests; an hour is not over during a test. */
export function token(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ exp: FAR, ...claims })}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

export const ANON_KEY = token({ role: 'anon' });
export const SERVICE_KEY = token({ role: 'service_role' });
export const userToken = (sub: string, more: Readonly<Record<string, unknown>> = {}) =>
  token({ role: 'authenticated', sub, ...more });

export interface Node {
  readonly realtime: Realtime;
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** One process' worth of the service on a database. */
export async function startNode(
  db: Pick<TestDatabase, 'owner' | 'database' | 'services'>,
  config: Partial<RealtimeConfig> = {},
  busUrl?: string,
): Promise<Node> {
  const realtime = await openRealtime({
    services: db.services,
    database: db.database,
    owner: db.owner,
    verify: tokenVerifier(KEYS),
    busUrl,
    log: createLog(process.env['LOG_LEVEL'] ?? 'fatal'),
    config,
  });
  const server = createServer(realtime.listener);
  server.on('upgrade', (request, socket, head) => realtime.upgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    realtime,
    port,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      await realtime.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface Harness extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly node: Node;
  readonly realtime: Realtime;
  /** A client of the official library; `key` is what it brings as apikey. */
  client(options?: { version?: Version; key?: string; token?: string; node?: Node }): SupabaseClient;
  close(): Promise<void>;
}

export async function startHarness(
  options: { config?: Partial<RealtimeConfig>; busUrl?: string; migrations?: readonly MigrationSource[] } = {},
): Promise<Harness> {
  const db = await testDatabase({ migrations: [PLATFORM_SCHEMAS, ...(options.migrations ?? [])] });
  // The log is sent when it is flushed; the cluster of the tests leaves that to a timer, and a commit would arrive 200 ms late.
  await db.sql('set synchronous_commit = on');
  const node = await startNode(db, options.config, options.busUrl);
  await node.realtime.ready;
  const clients: SupabaseClient[] = [];
  const close = async () => {
    for (const client of clients) await client.realtime.disconnect();
    await node.close();
    await db.close();
  };
  return {
    db,
    node,
    realtime: node.realtime,
    client: ({ version = '2.0.0', key = ANON_KEY, token: access, node: on = node } = {}) => {
      const client = createClient(on.url, key, {
        realtime: { vsn: version, timeout: 10_000 },
        auth: { persistSession: false, autoRefreshToken: false },
        ...(access !== undefined && { accessToken: async () => access }),
      });
      clients.push(client);
      return client;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Subscribes with the client's token; settles with the status that ends the attempt. */
export async function subscribed(channel: RealtimeChannel): Promise<{ status: string; error?: Error }> {
  // Otherwise the join may leave before the client has asked for its token, which then follows it.
  await channel.socket.setAuth();
  return new Promise((resolve) => {
    channel.subscribe((status, error) => resolve({ status, error }));
  });
}

/** Collects what arrives, and waits for as many as are wanted. */
export class Inbox<T> {
  readonly items: T[] = [];
  #waiting: { count: number; resolve: (items: T[]) => void }[] = [];

  readonly put = (item: T): void => {
    this.items.push(item);
    for (const each of this.#waiting.filter(({ count }) => this.items.length >= count)) each.resolve(this.items);
    this.#waiting = this.#waiting.filter(({ count }) => this.items.length < count);
  };

  /** Settles when this many have come. */
  take(count: number): Promise<T[]> {
    if (this.items.length >= count) return Promise.resolve(this.items);
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }
}
