import { setTimeout as delay } from 'node:timers/promises';

/** A clock that never goes back, and a way to wait by it; tests bring their own. */
export interface MonotonicClock {
  /** Milliseconds since any fixed moment. */
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const processClock: MonotonicClock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
};

const MINUTE = 60_000;

/**
 * A token bucket for a plan's calls a minute. A token comes back one minute after it was spent, not at an even trickle: a
 * bucket that starts full and also trickles lets nearly twice the plan through in its first minute, which the vendor answers
 * with 429. Callers are served in the order in which they came.
 */
export class CallBudget {
  readonly #clock: MonotonicClock;
  /** When each token was last spent; the oldest stands at `#next`. */
  readonly #spent: Float64Array;
  #next = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #queue: Promise<void> = Promise.resolve();

  constructor(callsPerMinute: number, clock: MonotonicClock = processClock) {
    this.#clock = clock;
    this.#spent = new Float64Array(callsPerMinute).fill(Number.NEGATIVE_INFINITY);
  }

  /** Resolves when a call may be made; throws the signal's abort. */
  async take(signal?: AbortSignal): Promise<void> {
    const turn = this.#queue;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#queue = promise;
    try {
      await turn;
      await this.#untilFree(signal);
      this.#spent[this.#next] = this.#clock.now();
      this.#next = (this.#next + 1) % this.#spent.length;
    } finally {
      resolve();
    }
  }

  /** Lets no call through for a while: the vendor said so to one caller, and it holds for all. */
  pause(milliseconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + milliseconds);
  }

  async #untilFree(signal?: AbortSignal): Promise<void> {
    while (true) {
      signal?.throwIfAborted();
      const wait = Math.max(this.#spent[this.#next]! + MINUTE, this.#pausedUntil) - this.#clock.now();
      if (!(wait > 0)) return;
      await this.#clock.sleep(wait, signal);
    }
  }
}
