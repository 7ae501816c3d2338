import { postgrestEnvironment } from '#kernel/config.ts';
import { OperatorError } from '#kernel/errors.ts';
import { checkFolder, type FolderReport, readProjectFolder } from '#services/project-folder/api.ts';
import { createOutput } from './output.ts';

/** `freehold migrate --check FOLDER`: what a start would meet. Exit code 1 when something would stop it. */
export function runCheck(path: string, options: { json?: boolean }): void {
  const report = checkFolder(readProjectFolder(path, postgrestEnvironment()));
  createOutput(options.json === true).result(report, () => described(report));
  if (report.faults.length > 0)
    throw new OperatorError(`${report.project} would not start on the embedded Postgres`, {
      remedy: 'Take these statements out, or set DATABASE_URL to a Postgres that has the extensions installed.',
    });
}

function described(report: FolderReport): string {
  const { project, migrations, statements, seeds, extensions, features, faults, warnings } = report;
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [title, ...lines.map((line) => `  - ${line}`)];
  return [
    `${project}: ${migrations} migrations, ${seeds.length} seed files, ${statements} statements`,
    ...list(
      'It uses',
      features.map(({ feature, where }) => `${feature}, first in ${where}`),
    ),
    ...list('Extensions it asks for', extensions),
    ...list('Warnings', warnings),
    ...list('What would stop it', faults),
  ].join('\n');
}
