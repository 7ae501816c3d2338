import { setImmediate } from 'node:timers/promises';

/** What a request may wait for other work of this process. */
const TURN_MS = 4;

/** Long work in one thread, taken in turns with everything else: `if (turn.over) await turn.pass();` wherever it can be left for a moment. */
export class Turn {
  #began = performance.now();

  /** It has held the process for some milliseconds. */
  get over(): boolean {
    return performance.now() - this.#began > TURN_MS;
  }

  /** Lets everything run that waits. */
  async pass(): Promise<void> {
    await setImmediate();
    this.#began = performance.now();
  }
}
