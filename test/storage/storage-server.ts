/** A storage server on a database of its own, with keys and tokens, for one test file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { jwtVerify, SignJWT } from 'jose';
import { createLog } from '#kernel/log.ts';
import { PLATFORM_SCHEMAS } from '#services/project-folder/api.ts';
import {
  DEFAULT_STORAGE_SETTINGS,
  openStorage,
  type Storage,
  type StorageOptions,
  type StorageSettings,
} from '#services/storage/api.ts';
import { type TestDatabase, testDatabase } from '../database.ts';

const SECRET = 'a secret of tests that is long enough for HS256';
const KEY = Buffer.from(SECRET);

export interface StorageServer extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly storage: Storage;
  readonly server: Server;
  readonly folder: string;
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly anonKey: string;
  readonly serviceKey: string;
  /** The official client, as the service. */
  readonly service: SupabaseClient['storage'];
  readonly anon: SupabaseClient['storage'];
  /** The official client, as an account. */
  user(sub: string, claims?: Record<string, unknown>): Promise<SupabaseClient['storage']>;
  token(claims: Record<string, unknown>): Promise<string>;
}

export interface ServerOptions {
  readonly settings?: Partial<StorageSettings>;
  readonly storage?: Partial<StorageOptions>;
}

export async function storageServer({ settings, storage: more }: ServerOptions = {}): Promise<StorageServer> {
  const db = await testDatabase({ migrations: [PLATFORM_SCHEMAS], poolSize: 8 });
  const folder = await mkdtemp(join(tmpdir(), 'freehold-storage-'));
  const token = (claims: Record<string, unknown>) =>
    new SignJWT({ exp: Math.floor(Date.now() / 1000) + 3600, ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt()
      .sign(KEY);
  const [anonKey, serviceKey] = await Promise.all([token({ role: 'anon' }), token({ role: 'service_role' })]);
  const storage = await openStorage({
    services: db.services,
    verify: async (given) => {
      const { payload } = await jwtVerify(given, KEY);
      return { role: (payload['role'] as string | undefined) ?? 'anon', claims: payload };
    },
    folder,
    settings: { ...DEFAULT_STORAGE_SETTINGS, minimumFreeBytes: 0, ...settings },
    signingSecret: SECRET,
    anonKey,
    log: createLog('fatal'),
    ...more,
  });
  const server = createServer(storage.listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = (key: string) => createClient(url, key, { auth: { persistSession: false } }).storage;
  return {
    db,
    storage,
    server,
    folder,
    url,
    anonKey,
    serviceKey,
    service: client(serviceKey),
    anon: client(anonKey),
    user: async (sub, claims) => client(await token({ role: 'authenticated', sub, ...claims })),
    token,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await storage.close();
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
