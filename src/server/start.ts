import { Command } from 'commander';
import { OperatorError } from '#kernel/errors.ts';
import { withCommonOptions } from './options.ts';
import type { StartOptions } from './start-options.ts';

/** `freehold start`: what runs is loaded only when it is run, so that the other commands start at once. */
export function startCommand(): Command {
  return withCommonOptions(new Command('start'))
    .description('start the server: Postgres, migrations, market data, first scan, pages; Ctrl-C stops it')
    .argument(
      '[folder]',
      'run the Supabase project in this folder (config.toml, migrations, seed.sql) instead of a product',
    )
    .option('--reset', 'with a folder: drop its database and make it anew')
    .action(async (path: string | undefined, options: StartOptions) => {
      if (path !== undefined) return (await import('./start-folder.ts')).runFolder(path, options);
      if (options.reset) throw new OperatorError('--reset needs a folder', { remedy: 'freehold start FOLDER --reset' });
      return (await import('./run-start.ts')).runStart(options);
    });
}
