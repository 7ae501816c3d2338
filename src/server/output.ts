import type { CommandOutput } from '#kernel/product.ts';

const BAR_WIDTH = 28;
const REDRAW_EVERY_MS = 80;
const LINE_EVERY_MS = 5_000;

/**
 * What commands write to. Results go to stdout (one JSON value with --json), everything else to stderr, so that
 * `freehold ... --json | jq` always works.
 */
export function createOutput(json: boolean): CommandOutput {
  return {
    json,
    result: (value, readable) => {
      process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${readable()}\n`);
    },
    note: (text) => {
      if (!json) process.stderr.write(`${text}\n`);
    },
    progress: (title, total) => (json ? { advance: () => {}, done: () => {} } : createProgress(title, total)),
  };
}

/** A bar that redraws itself on a terminal; elsewhere (a log file, CI) a line every few seconds and one at the end. */
function createProgress(title: string, total: number) {
  const terminal = process.stderr.isTTY === true;
  const started = Date.now();
  let done = 0;
  let drawn = 0;
  const draw = (final: boolean) => {
    const now = Date.now();
    if (!final && now - drawn < (terminal ? REDRAW_EVERY_MS : LINE_EVERY_MS)) return;
    if (!final && !terminal && drawn === 0) {
      drawn = now;
      return;
    }
    drawn = now;
    const share = total > 0 ? Math.min(1, done / total) : 1;
    const filled = Math.round(share * BAR_WIDTH);
    const bar = terminal ? `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ` : '';
    const line = `${title} ${bar}${Math.floor(share * 100)} %  ${((now - started) / 1000).toFixed(1)} s`;
    process.stderr.write(terminal ? `\r\x1b[2K${line}${final ? '\n' : ''}` : `${line}\n`);
  };
  return {
    advance: (by = 1) => {
      done += by;
      draw(false);
    },
    done: () => {
      done = total;
      draw(true);
    },
  };
}
