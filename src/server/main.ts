import { CommanderError } from 'commander';
import { OperatorError } from '#kernel/errors.ts';
import { program } from './program.ts';

const USAGE = 2;
const INTERNAL_FAILURE = 70;

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
