import { Command } from 'commander';
import { dataApiCommand } from './data-api.ts';
import { genTypesCommand } from './gen-types.ts';
import { importBarsCommand } from './import-bars.ts';
import { importUsersCommand } from './import-users.ts';
import { migrateCommand } from './migrate.ts';
import { productCommand } from './product-command.ts';
import { PRODUCTS } from './products.ts';
import { startCommand } from './start.ts';
import { storageCommand } from './storage-command.ts';

/** The whole `freehold` command: what is mounted, and nothing else. */
export function program(): Command {
  const root = new Command('freehold')
    .description(
      'A backend you own: one process on plain Postgres. Runs its products, and does everything else they need.',
    )
    .version('0.1.0')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXAMPLES);
  root.addCommand(startCommand());
  root.addCommand(migrateCommand());
  root.addCommand(dataApiCommand());
  root.addCommand(
    new Command('import').description('bring data in').addCommand(importBarsCommand()).addCommand(importUsersCommand()),
  );
  root.addCommand(new Command('gen').description('write files from a database').addCommand(genTypesCommand()));
  root.addCommand(storageCommand());
  for (const product of PRODUCTS) root.addCommand(productCommand(product));
  withUsageErrors(root);
  return root;
}

/** Commander ends the process with 1 by itself unless each command is told to throw: wrong usage is 2 here, everywhere. */
function withUsageErrors(command: Command): void {
  command.exitOverride().showHelpAfterError(`(${pathOf(command)} --help shows what there is)`);
  for (const child of command.commands) withUsageErrors(child);
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

const EXAMPLES = `
Examples:
  freehold start                                     run Kurzora on http://127.0.0.1:54321
  freehold start ./my-app                            run the Supabase project in my-app/supabase
  freehold gen types ./my-app > types.ts             its types for createClient<Database>
  freehold data-api postgrest.conf                   serve a database as PostgREST does, from the same file
  freehold import bars prices.csv.gz                 store bars from a file
  freehold import users dump.sql --folder ./my-app   take over the users of a Supabase project
  freehold storage check ./my-app                    do rows and files agree
  freehold kurzora scan --as-of 2022-06-15 --json    what the engine saw at that day's close

Results go to stdout, with --json as one JSON value; messages, progress and errors go to stderr.
Exit codes: 0 done, 1 refused (the message says why and what would be right), 2 wrong usage, 70 internal error, 130 interrupted.`;
