/**
 * Connections as the owner of the database, for what cannot run inside a session: bootstrap, migrations, jobs, tests.
 * Requests never come here; their only way is `Database`.
 */
import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { Client, type ClientConfig, Pool } from 'pg';
import type { Logger } from '../log.ts';
import type { ConnectionTarget, TlsMode } from './database.ts';
import { attempts } from './wire/stream.ts';

/** The settings of `pg` for a target; `ssl` as the attempt has it. */
function clientConfig(target: ConnectionTarget, ssl: ClientConfig['ssl']): ClientConfig {
  return {
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    password: target.password,
    application_name: 'freehold owner',
    connectionTimeoutMillis: 10_000,
    ssl,
    // SCRAM-SHA-256-PLUS wherever TLS carries it, as libpq's channel_binding=prefer.
    enableChannelBinding: true,
  } as ClientConfig;
}

function tlsOptions(tls: TlsMode): ClientConfig['ssl'] {
  if (tls.kind === 'verify-ca' || tls.kind === 'verify-full')
    return {
      ca: tls.caFile ? readFileSync(tls.caFile, 'utf8') : undefined,
      rejectUnauthorized: true,
      ...(tls.kind === 'verify-ca' && { checkServerIdentity: () => undefined }),
    };
  return { rejectUnauthorized: false };
}

async function connected(target: ConnectionTarget, ssl: ClientConfig['ssl']): Promise<Client> {
  const client = new (clientOf(target))(clientConfig(target, ssl));
  // Without a listener a connection that breaks while idle would end the process; the next query reports it anyway.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function clientOf({ channelBinding }: ConnectionTarget): typeof Client {
  return channelBinding === 'require' ? BoundClient : Client;
}

class BoundClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    requireBinding(this);
  }
}

/** `pg` has no channel_binding=require: our listeners come first, and end the connection before it answers with a password. */
function requireBinding(client: Client): void {
  const { connection } = client as unknown as {
    connection: EventEmitter & { stream: Socket & { encrypted?: boolean } };
  };
  let bound = false;
  const demand = () => {
    if (!bound) connection.stream.destroy(new Error('channel binding is required, and the server does not offer it'));
  };
  connection.on('authenticationSASL', ({ mechanisms }: { mechanisms: string[] }) => {
    bound = connection.stream.encrypted === true && mechanisms.includes('SCRAM-SHA-256-PLUS');
    demand();
  });
  for (const login of ['authenticationOk', 'authenticationCleartextPassword', 'authenticationMD5Password'])
    connection.on(login, demand);
}

/**
 * One open connection as the owner; the caller ends it. TLS is tried, required or avoided exactly as sessions do it
 * (`attempts`), so that both get in or neither. Rejects with the first attempt's error.
 */
export async function connectOwner(target: ConnectionTarget): Promise<Client> {
  let failure: unknown;
  for (const attempt of attempts(target)) {
    try {
      const ssl = attempt === 'plain' ? false : tlsOptions(target.tls);
      return await connected(target, ssl);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

/** Runs `work` on one owner connection and closes it, whatever happens. */
export async function withOwner<T>(target: ConnectionTarget, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connectOwner(target);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A pool as the owner. Rejects when the server cannot be reached, so that a wrong target is known at once. */
export async function openOwnerPool(target: ConnectionTarget, options: { max: number; log: Logger }): Promise<Pool> {
  const probe = await connectOwner(target);
  const { ssl } = probe as unknown as { ssl: ClientConfig['ssl'] };
  await probe.end();
  const pool = new Pool({ ...clientConfig(target, ssl), max: options.max, Client: clientOf(target) });
  pool.on('error', (error) => options.log.warn({ err: error }, 'an idle owner connection broke'));
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}
