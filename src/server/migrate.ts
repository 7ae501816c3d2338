import { Command } from 'commander';
import { createLog } from '#kernel/log.ts';
import { openProject, openServer } from './open-project.ts';
import { type CommonOptions, settle, withCommonOptions } from './options.ts';
import { PRODUCTS } from './products.ts';

/** `freehold migrate`: brings every project's database up to date and says what it did. `start` does the same by itself. */
export function migrateCommand(): Command {
  return withCommonOptions(new Command('migrate'))
    .description("bring every project's database up to date")
    .option('--check <folder>', 'only read the Supabase project in this folder and say what a start of it would meet')
    .action(async (options: CommonOptions & { readonly check?: string }) => {
      if (options.check !== undefined) return (await import('./check-folder.ts')).runCheck(options.check, options);
      const { config, output } = settle(options);
      const log = createLog(config.logLevel === 'info' ? 'warn' : config.logLevel);
      const server = await openServer(config, log);
      try {
        const applied: { project: string; files: string[] }[] = [];
        for (const product of PRODUCTS) {
          const files: string[] = [];
          const open = await openProject({ config, log, server, product, onMigration: (file) => files.push(file) });
          await open.close();
          applied.push({ project: product.name, files });
        }
        output.result(applied, () => applied.map(describe).join('\n'));
      } finally {
        await server.stop();
      }
    });
}

function describe({ project, files }: { project: string; files: string[] }): string {
  return files.length === 0 ? `${project}: already up to date` : `${project}: ran ${files.join(', ')}`;
}
