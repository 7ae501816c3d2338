import type { CommonOptions } from './options.ts';

export interface StartOptions extends CommonOptions {
  readonly reset?: boolean;
}

export const secondsSince = (began: number) => ((performance.now() - began) / 1000).toFixed(1);

/** A person at a terminal wants the few lines of a start; a log file wants every line. */
export const quiet = (logLevel: string) => process.stderr.isTTY && logLevel === 'info';
