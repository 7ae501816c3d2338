import type { CommandOutput } from '#kernel/product.ts';

const BAR_WIDTH = 28;
const CLEAR_LINE = '\r\x1b[2K';
const REDRAW_EVERY_MS = 80;
const LINE_EVERY_MS = 5_000;
/** Work that is over sooner shows no bar: it would only flash by. */
const SHOWN_AFTER_MS = 1_000;

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

/**
 * A bar that redraws itself on a terminal and is gone when the work is done: what came of it is told elsewhere. In a log file or
 * CI a line every few seconds.
 */
function createProgress(title: string, total: number) {
  const terminal = process.stderr.isTTY === true;
  const started = Date.now();
  let done = 0;
  let due = started + (terminal ? SHOWN_AFTER_MS : LINE_EVERY_MS);
  let shown = false;
  const draw = () => {
    const now = Date.now();
    if (now < due) return;
    due = now + (terminal ? REDRAW_EVERY_MS : LINE_EVERY_MS);
    shown = true;
    const share = total > 0 ? Math.min(1, done / total) : 1;
    const filled = Math.round(share * BAR_WIDTH);
    const bar = terminal ? `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ` : '';
    const line = `${title} ${bar}${Math.floor(share * 100)} %  ${((now - started) / 1000).toFixed(1)} s`;
    process.stderr.write(terminal ? `${CLEAR_LINE}${line}` : `${line}\n`);
  };
  // By the clock, not by what is done: the first part of the work may be the longest.
  const timer = setInterval(draw, REDRAW_EVERY_MS).unref();
  return {
    advance: (by = 1) => {
      done += by;
      // Work that leaves the clock no turn draws for itself.
      draw();
    },
    done: () => {
      clearInterval(timer);
      if (terminal && shown) process.stderr.write(CLEAR_LINE);
    },
  };
}
