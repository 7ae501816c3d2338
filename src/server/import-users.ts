import { createReadStream, statSync } from 'node:fs';
import { Command } from 'commander';
import { OperatorError } from '#kernel/errors.ts';
import type { ImportReport } from '#services/auth/api.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';

interface ImportUsersOptions extends CommonOptions {
  readonly folder?: string;
  readonly runTriggers?: boolean;
}

/** `freehold import users DUMP`: people keep their passwords, their sessions end. */
export function importUsersCommand(): Command {
  return withCommonOptions(new Command('users'))
    .description('take over the users of a Supabase project, with their passwords and identities')
    .argument('<dump>', 'a plain dump (pg_dump, supabase db dump), CSV with a header, or JSON; - reads from stdin')
    .option('--folder <path>', 'the project to import into (default: Kurzora)')
    .option('--run-triggers', "run the app's own triggers on auth.users; not when its tables come from the same dump")
    .action(async (dump: string, options: ImportUsersOptions) => {
      if (dump !== '-' && !statSync(dump, { throwIfNoEntry: false })?.isFile())
        throw new OperatorError(`there is no file ${dump}`);
      const [{ importUsers }, { withProject }] = await Promise.all([
        import('#services/auth/api.ts'),
        import('./with-project.ts'),
      ]);
      await withProject(options.folder, options, async ({ project, serviceSessions, output }) => {
        const input = dump === '-' ? process.stdin : createReadStream(dump);
        const { runTriggers } = options;
        const report = await importUsers({ services: serviceSessions, input, log: project.log, runTriggers });
        output.result(report, () => described(report));
      });
    });
}

function described({ users, identities, factors, passwords, skipped }: ImportReport): string {
  const left = skipped.slice(0, 20).map(({ id, reason }) => `  ${id}: ${reason}`);
  return [
    `${users} users with ${identities} identities and ${factors} second factors; ${passwords} sign in with their password`,
    ...(skipped.length > 0 ? [`${skipped.length} left alone:`, ...left] : []),
    ...(skipped.length > left.length ? ['  ... (--json lists them all)'] : []),
  ].join('\n');
}
