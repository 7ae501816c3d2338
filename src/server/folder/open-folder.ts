import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '#kernel/config.ts';
import { OperatorError } from '#kernel/errors.ts';
import { createEvents, type Events } from '#kernel/events.ts';
import { createJobQueue } from '#kernel/jobs/queue.ts';
import type { Logger } from '#kernel/log.ts';
import { authenticatorTarget, bootstrap } from '#kernel/postgres/bootstrap.ts';
import { ensureDatabase } from '#kernel/postgres/create-database.ts';
import type { ConnectionTarget, Database } from '#kernel/postgres/database.ts';
import { requireSessions, sharedPassword } from '#kernel/postgres/first-session.ts';
import { migrate } from '#kernel/postgres/migrate.ts';
import { withOwner } from '#kernel/postgres/owner.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import type { Project } from '#kernel/product.ts';
import { openSecrets } from '#kernel/secrets.ts';
import { type ApplyReport, applyProject, PLATFORM_SCHEMAS, type ProjectFolder } from '#services/project-folder/api.ts';
import { openServiceSessions, type Server } from '../open-project.ts';

export interface OpenFolder {
  readonly project: Project;
  /** Owner of the project's own database. */
  readonly owner: ConnectionTarget;
  /** Login of the role that sessions log in as. */
  readonly login: ConnectionTarget;
  /** Sessions of Supabase's services, which may become the owners of their schemas. */
  readonly serviceSessions: Database;
  readonly events: Events;
  /** What ran now. */
  readonly applied: ApplyReport;
  close(): Promise<void>;
}

export interface OpenFolderOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly server: Server;
  readonly folder: ProjectFolder;
  /** Drops the database first. */
  readonly reset: boolean;
  note(text: string): void;
}

/** The project of a folder ready for use: its own database with what Supabase brings, its migrations and seeds, sessions, jobs. */
export async function openFolder(options: OpenFolderOptions): Promise<OpenFolder> {
  const { config, folder, note } = options;
  const log = options.log.child({ project: folder.databaseName });
  const { server } = options;
  const shared = server.embedded ? undefined : sharedPassword(server.owner);
  const password = shared ?? openSecrets(config.dataFolder, config.mode).obtain('authenticatorPassword');
  const owner = await databaseOf(options);
  await bootstrap({ owner, authenticatorPassword: password });
  await migrate({ owner, migrations: [PLATFORM_SCHEMAS], log });
  await withOwner(owner, (client) => client.query('select realtime.make_partitions()'));
  const applied = await applyProject({ owner, migrations: folder.migrations, seeds: folder.seeds, note });

  const opened = new AsyncDisposableStack();
  try {
    const { poolSize, statementTimeoutMs, dataFolder } = config;
    const login = authenticatorTarget(owner, password);
    const database = opened.adopt(openDatabase({ target: login, poolSize, statementTimeoutMs, log }), (it) =>
      it.close(),
    );
    if (!server.embedded) await requireSessions(database, login);
    const serviceSessions = opened.adopt(openServiceSessions({ owner, password, config, log }), (it) => it.close());
    const jobs = opened.adopt(await createJobQueue({ owner, jobs: [], log }), (it) => it.close());
    const name = folder.databaseName;
    mkdirSync(join(dataFolder, name), { recursive: true });
    const project: Project = { name, config, database, background: database, jobs, log, dataFolder, now: Date.now };
    const rest = opened.move();
    return {
      project,
      owner,
      login,
      serviceSessions,
      events: createEvents(),
      applied,
      close: () => rest.disposeAsync(),
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function databaseOf({ server, folder, reset }: OpenFolderOptions): Promise<ConnectionTarget> {
  if (server.embedded) {
    if (reset)
      await withOwner(server.owner, (client) =>
        client.query(`drop database if exists ${folder.databaseName} with (force)`),
      );
    return ensureDatabase(server.owner, folder.databaseName);
  }
  if (reset)
    throw new OperatorError('--reset does not drop the database of DATABASE_URL', {
      remedy: 'Drop and create it yourself, then start without --reset.',
    });
  return server.owner;
}
