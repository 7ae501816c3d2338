import type { AddressInfo } from 'node:net';
import { createClient, type SupabaseClient, type SupabaseClientOptions } from '@supabase/supabase-js';
import Fastify from 'fastify';
import { DEVELOPMENT_JWT_SECRET } from '#kernel/config.ts';
import { createLog } from '#kernel/log.ts';
import { type Auth, type AuthSettings, openAuth } from '#services/auth/api.ts';
import {
  type Jwk,
  mountGateway,
  PLATFORM_SCHEMAS,
  type ProjectKeys,
  projectKeys,
} from '#services/project-folder/api.ts';
import { authSettings } from '../../src/services/auth/settings/read-settings.ts';
import { configTable } from '../../src/services/project-folder/config/table.ts';
import { publicPart } from '../../src/services/project-folder/keys.ts';
import { type TestDatabase, testDatabase } from '../database.ts';
import { type Mailbox, openMailbox } from './mailbox.ts';

export interface AuthServerOptions {
  /** As it would stand in config.toml, from `[auth]` up: `{ auth: { enable_signup: false } }`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Changes what config.toml comes to. */
  readonly settings?: (settings: AuthSettings) => AuthSettings;
  /** Private JWKs, the first one signs. */
  readonly signingKeys?: readonly Jwk[];
  readonly jwtSecret?: string;
  readonly now?: () => number;
  readonly poolSize?: number;
  /** SQL that runs as the superuser before the service opens: an app's tables and triggers. */
  readonly sql?: string;
  /** Development leaves limits of loopback off and admits requests without a key. */
  readonly production?: boolean;
}

export interface AuthServer extends AsyncDisposable {
  /** e.g. http://127.0.0.1:40123; the service is below /auth/v1. */
  readonly url: string;
  readonly db: TestDatabase;
  readonly auth: Auth;
  readonly keys: ProjectKeys;
  readonly mailbox: Mailbox;
  /** The official client with the anon key: nothing kept between clients, no timers. */
  client(options?: SupabaseClientOptions<'public'>['auth']): SupabaseClient;
  /** The official client with the service key. */
  admin(): SupabaseClient;
  /** Without the client: `path` below /auth/v1, `apikey` of anon unless headers say otherwise, redirects not followed. */
  request(method: string, path: string, options?: RequestOptions): Promise<Reply>;
  close(): Promise<void>;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined when it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests name the fields they expect.
  readonly json: any;
}

const log = createLog('error');

export async function authServer(options: AuthServerOptions = {}): Promise<AuthServer> {
  const production = options.production ?? false;
  const db = await testDatabase({ migrations: [PLATFORM_SCHEMAS], poolSize: options.poolSize ?? 4 });
  if (options.sql) await db.sql(options.sql);
  const mailbox = await openMailbox();
  const keys = keysOf(options);
  let url = '';
  const table = configTable(options.config ?? {}, 'config.toml of the test');
  const fromConfig = authSettings(table, { externalUrl: () => `${url}/auth/v1`, production });
  const settings = { ...fromConfig, email: { ...fromConfig.email, smtp: mailbox.smtp } };
  const auth = await openAuth({
    services: db.services,
    settings: options.settings?.(settings) ?? settings,
    keys,
    log,
    ...(options.now && { now: options.now }),
  });
  const app = Fastify({ trustProxy: 'loopback' });
  mountGateway(app, { keys, production, services: { '/auth/v1': { listener: auth.listener } } });
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const close = async () => {
    app.server.closeAllConnections();
    await app.close();
    await auth.close();
    await mailbox.close();
    await db.close();
  };
  const connect = (key: string, over: SupabaseClientOptions<'public'>['auth'] = {}) =>
    createClient(url, key, {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false, ...over },
    });
  return {
    url,
    db,
    auth,
    keys,
    mailbox,
    client: (over) => connect(keys.anonKey, over),
    admin: () => connect(keys.serviceRoleKey),
    request: (method, path, request = {}) => send(url, keys, method, path, request),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function keysOf(options: AuthServerOptions): ProjectKeys {
  const jwtSecret = options.jwtSecret ?? DEVELOPMENT_JWT_SECRET;
  const made = projectKeys({}, '', jwtSecret);
  const signingKeys = options.signingKeys ?? [];
  const secret = (JSON.parse(made.verificationKeys) as { keys: Jwk[] }).keys;
  return {
    ...made,
    signingKeys,
    verificationKeys: JSON.stringify({ keys: [...signingKeys.map(publicPart), ...secret] }),
  };
}

async function send(
  url: string,
  keys: ProjectKeys,
  method: string,
  path: string,
  { body, token, headers = {} }: RequestOptions,
): Promise<Reply> {
  const answer = await fetch(`${url}/auth/v1${path}`, {
    method,
    redirect: 'manual',
    headers: {
      apikey: keys.anonKey,
      'X-Supabase-Api-Version': '2024-01-01',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
