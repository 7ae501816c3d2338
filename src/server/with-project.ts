import { type Config, postgrestEnvironment } from '#kernel/config.ts';
import { createLog } from '#kernel/log.ts';
import type { Database } from '#kernel/postgres/database.ts';
import type { CommandOutput, Project } from '#kernel/product.ts';
import {
  type ConfigTable,
  configTable,
  type ProjectKeys,
  projectKeys,
  readProjectFolder,
} from '#services/project-folder/api.ts';
import { openFolder } from './folder/open-folder.ts';
import { openProject, openServer } from './open-project.ts';
import { type CommonOptions, settle } from './options.ts';
import { PRODUCTS } from './products.ts';
import { keysOf } from './serve.ts';
import { secretOf } from './start-folder.ts';

/** A project as commands work on it: migrated, its sessions open, nothing listening. */
export interface ProjectAtHand {
  readonly config: Config;
  readonly output: CommandOutput;
  readonly project: Project;
  readonly serviceSessions: Database;
  readonly keys: ProjectKeys;
  /** config.toml; empty for a product. */
  readonly table: ConfigTable;
}

/** Opens the project in a folder, or the first product without one, does the work and closes it again. */
export async function withProject(
  path: string | undefined,
  options: CommonOptions,
  work: (atHand: ProjectAtHand) => Promise<void>,
): Promise<void> {
  const { config, output } = settle(options);
  const log = createLog(config.logLevel === 'info' ? 'warn' : config.logLevel);
  await using running = new AsyncDisposableStack();
  const server = running.adopt(await openServer(config, log), (it) => it.stop());
  if (path === undefined) {
    const product = PRODUCTS[0]!;
    const { project, serviceSessions } = running.adopt(await openProject({ config, log, server, product }), (it) =>
      it.close(),
    );
    const table = configTable({}, 'the product');
    await work({ config, output, project, serviceSessions, keys: keysOf(config), table });
    return;
  }
  const folder = readProjectFolder(path, postgrestEnvironment());
  const note = (text: string) => output.note(`warning: ${text}`);
  const opening = openFolder({ config, log, server, folder, reset: false, note });
  const { project, serviceSessions } = running.adopt(await opening, (it) => it.close());
  const keys = projectKeys(folder.config, folder.paths.supabase, secretOf(config, folder));
  await work({ config, output, project, serviceSessions, keys, table: folder.config.table });
}
