/**
 * Connections as the owner of the database, for what cannot run inside a session: bootstrap, migrations, jobs, tests.
 * Requests never come here; their only way is `Database`.
 */
import { readFileSync } from 'node:fs';
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

async function connected(config: ClientConfig): Promise<Client> {
  const client = new Client(config);
  // Without a listener a connection that breaks while idle would end the process; the next query reports it anyway.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/**
 * One open connection as the owner; the caller ends it. TLS is tried, required or avoided exactly as sessions do it
 * (`attempts`), so that both get in or neither. Rejects with the first attempt's error.
 */
export async function connectOwner(target: ConnectionTarget): Promise<Client> {
  let failure: unknown;
  for (const attempt of attempts(target)) {
    try {
      return await connected(clientConfig(target, attempt === 'plain' ? false : tlsOptions(target.tls)));
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
  const pool = new Pool({ ...clientConfig(target, ssl), max: options.max });
  pool.on('error', (error) => options.log.warn({ err: error }, 'an idle owner connection broke'));
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}
