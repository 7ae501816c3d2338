import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '#kernel/config.ts';
import { createEvents, type Events } from '#kernel/events.ts';
import { createJobQueue } from '#kernel/jobs/queue.ts';
import type { Logger } from '#kernel/log.ts';
import { authenticatorTarget, bootstrap, servicesTarget } from '#kernel/postgres/bootstrap.ts';
import { startCluster } from '#kernel/postgres/cluster.ts';
import { ensureDatabase } from '#kernel/postgres/create-database.ts';
import type { ConnectionTarget, Database } from '#kernel/postgres/database.ts';
import { requireSessions, sharedPassword } from '#kernel/postgres/first-session.ts';
import { lowerPriority } from '#kernel/postgres/low-priority.ts';
import { migrate } from '#kernel/postgres/migrate.ts';
import { checkServer, describeReport, parseDatabaseUrl, requireUsable } from '#kernel/postgres/preflight.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import type { Product, Project } from '#kernel/product.ts';
import { openSecrets } from '#kernel/secrets.ts';

/** As many as jobs run at a time, and the market data beside them. */
const BACKGROUND_CONNECTIONS = 6;
/** A job that waits for a connection is late, not lost. */
const BACKGROUND_QUEUE_MS = 60_000;

/** The Postgres server under this installation: ours, or the one DATABASE_URL names. */
export interface Server {
  /** The embedded cluster's superuser, or the owner of the one external database. */
  readonly owner: ConnectionTarget;
  readonly embedded: boolean;
  /** Leaves the server; ours stops when nobody else uses it. */
  stop(): Promise<void>;
}

export interface OpenProject<Services> {
  readonly project: Project;
  readonly product: Product<Services>;
  readonly services: Services;
  /** Owner of the project's own database. */
  readonly owner: ConnectionTarget;
  /** What sessions log in as. */
  readonly login: ConnectionTarget;
  /** Sessions of Supabase's services, which may become the owners of their schemas. */
  readonly serviceSessions: Database;
  readonly events: Events;
  close(): Promise<void>;
}

/** Starts or adopts the embedded server, or examines the external one and says what it lacks. */
export async function openServer(config: Config, log: Logger, signal?: AbortSignal): Promise<Server> {
  if (!config.databaseUrl) {
    const cluster = await startCluster({ folder: config.dataFolder, log, signal });
    return { owner: cluster.target, embedded: true, stop: () => cluster.stop() };
  }
  const owner = parseDatabaseUrl(config.databaseUrl);
  const report = await checkServer(owner);
  requireUsable(report);
  if (report.findings.length > 0) log.warn(`the database of DATABASE_URL lacks privileges:\n${describeReport(report)}`);
  return { owner, embedded: false, stop: async () => {} };
}

export interface OpenOptions<Services> {
  readonly config: Config;
  readonly log: Logger;
  readonly server: Server;
  readonly product: Product<Services>;
  readonly onMigration?: (file: string) => void;
}

/**
 * A project ready for use: its own database (embedded) or schema (external), roles, migrations, sessions, job queue and
 * the product's services. Whatever opened before a failure is closed again.
 */
export async function openProject<Services>(options: OpenOptions<Services>): Promise<OpenProject<Services>> {
  const { config, server, product } = options;
  const log = options.log.child({ project: product.name });
  const shared = server.embedded ? undefined : sharedPassword(server.owner);
  const password = shared ?? openSecrets(config.dataFolder, config.mode).obtain('authenticatorPassword');
  const owner = server.embedded ? await ensureDatabase(server.owner, product.name) : server.owner;
  await bootstrap({ owner, authenticatorPassword: password });
  const { migrations } = product;
  await migrate({ owner, migrations, log, onFile: ({ ledger, name }) => options.onMigration?.(`${ledger}/${name}`) });

  const opened = new AsyncDisposableStack();
  try {
    const { poolSize, statementTimeoutMs } = config;
    const target = authenticatorTarget(owner, password);
    const database = opened.adopt(openDatabase({ target, poolSize, statementTimeoutMs, log }), (it) => it.close());
    if (!server.embedded) await requireSessions(database, target);
    const background = opened.adopt(openBackground({ target, server, config, log }), (it) => it.close());
    const serviceSessions = opened.adopt(openServiceSessions({ owner, password, config, log }), (it) => it.close());
    const jobs = opened.adopt(await createJobQueue({ owner, jobs: product.jobs, log }), (it) => it.close());
    const dataFolder = config.dataFolder;
    mkdirSync(join(dataFolder, product.name), { recursive: true });
    const project: Project = { name: product.name, config, database, background, jobs, log, dataFolder, now: Date.now };
    const services = opened.adopt(await product.open(project), async (it) => product.close?.(it));
    const rest = opened.move();
    return {
      project,
      product,
      services,
      owner,
      login: target,
      serviceSessions,
      events: createEvents(),
      close: () => rest.disposeAsync(),
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

interface BackgroundSessions {
  readonly target: ConnectionTarget;
  readonly server: Server;
  readonly config: Config;
  readonly log: Logger;
}

/** Sessions of jobs: on our own server they stand back for those that somebody waits for. */
function openBackground({ target, server, config, log }: BackgroundSessions): Database {
  return openDatabase({
    target,
    poolSize: Math.min(BACKGROUND_CONNECTIONS, config.poolSize),
    queueTimeoutMs: BACKGROUND_QUEUE_MS,
    statementTimeoutMs: config.statementTimeoutMs,
    ...(server.embedded && { onConnect: lowerPriority }),
    log,
  });
}

interface ServiceSessions {
  readonly owner: ConnectionTarget;
  readonly password: string;
  readonly config: Config;
  readonly log: Logger;
}

/** Sessions of auth, storage and realtime: a login of their own, so that no token of the data API can become their owners. */
export function openServiceSessions({ owner, password, config, log }: ServiceSessions): Database {
  const { poolSize, statementTimeoutMs } = config;
  return openDatabase({ target: servicesTarget(owner, password), poolSize, statementTimeoutMs, log });
}
