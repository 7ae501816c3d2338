import type { Command } from 'commander';
import { type Config, readConfig } from '#kernel/config.ts';
import { OperatorError } from '#kernel/errors.ts';
import type { CommandOutput } from '#kernel/product.ts';
import { createOutput } from './output.ts';

/** What every subcommand takes. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--data <dir>', 'folder with everything this installation stores (default: $FREEHOLD_DATA or .freehold)')
    .option('--port <port>', 'port of the first project (default: $PORT or 54321; 0 takes a free one)')
    .option('--json', 'one JSON value on stdout instead of text')
    .exitOverride();
}

export interface CommonOptions {
  readonly data?: string;
  readonly port?: string;
  readonly json?: boolean;
}

export function settle(options: CommonOptions): { config: Config; output: CommandOutput } {
  const config = readConfig({ dataFolder: options.data, port: options.port });
  return { config, output: createOutput(options.json === true) };
}

/** The shell's own code for a program that Ctrl-C ended. */
const INTERRUPTED = 130;
/** Under `npm start`, one Ctrl-C arrives twice: from the terminal, and passed on by npm. */
const SAME_KEYSTROKE_MS = 500;

/** An AbortSignal that Ctrl-C and SIGTERM trip, with an OperatorError as its reason; the second Ctrl-C ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    if (!controller.signal.aborted) first = performance.now();
    else if (performance.now() - first > SAME_KEYSTROKE_MS) process.exit(INTERRUPTED);
    controller.abort(new OperatorError(`interrupted by ${signal}`, { exitCode: INTERRUPTED }));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}
