import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

const USAGE = 2;
const INTERNAL_FAILURE = 70;

// Stripping types and compiling takes most of a second at every start, and once only with a cache. Where it cannot be written,
// nothing is lost. Imports come after it, or they would not be in it.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/freehold', import.meta.url)));
const [{ CommanderError }, { OperatorError }, { program }] = await Promise.all([
  import('commander'),
  import('#kernel/errors.ts'),
  import('./program.ts'),
]);

try {
  await program().parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  } else if (error instanceof OperatorError) {
    process.stderr.write(`freehold: ${error.message}\n${error.remedy ? `  ${error.remedy}\n` : ''}`);
    process.exitCode = error.exitCode;
  } else {
    process.stderr.write(`freehold: internal error\n${(error as Error).stack ?? error}\n`);
    process.exitCode = INTERNAL_FAILURE;
  }
}
