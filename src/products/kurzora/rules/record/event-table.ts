import { FEATURES } from './features.ts';

/** One stock on one day: what the engine said at its close, and what came of buying then. */
export interface ScoredEvent {
  /** Index of the session among those that are looked at. */
  readonly day: number;
  readonly stock: number;
  /** The engine's score; null where its gate let the stock have none. */
  readonly score: number | null;
  /** Whether the target came before the stop and in time. */
  readonly hit: boolean;
  /** Gain in R after costs. */
  readonly gain: number;
  /** Likewise for a target of 1R. */
  readonly hitOne: boolean;
}

const NO_SCORE = -1;
export const WIDTH = FEATURES.length;

/** Events of a replay in columns, a million of them in 90 MB. Every stock the engine judged is in it: they are the base rate. */
export class EventTable {
  length = 0;
  day = new Int32Array(1024);
  stock = new Int32Array(1024);
  score = new Int16Array(1024);
  hit = new Uint8Array(1024);
  hitOne = new Uint8Array(1024);
  gain = new Float32Array(1024);
  features = new Float32Array(1024 * WIDTH);

  /** Adds an event and answers where its features begin. */
  add(event: ScoredEvent): number {
    if (this.length === this.day.length) this.#grow();
    const at = this.length++;
    this.day[at] = event.day;
    this.stock[at] = event.stock;
    this.score[at] = event.score ?? NO_SCORE;
    this.hit[at] = event.hit ? 1 : 0;
    this.hitOne[at] = event.hitOne ? 1 : 0;
    this.gain[at] = event.gain;
    return at * WIDTH;
  }

  scored(at: number): boolean {
    return this.score[at] !== NO_SCORE;
  }

  #grow(): void {
    const grown = <T extends Int32Array | Int16Array | Uint8Array | Float32Array>(old: T): T => {
      const larger = new (old.constructor as new (length: number) => T)(old.length * 2);
      larger.set(old);
      return larger;
    };
    this.day = grown(this.day);
    this.stock = grown(this.stock);
    this.score = grown(this.score);
    this.hit = grown(this.hit);
    this.hitOne = grown(this.hitOne);
    this.gain = grown(this.gain);
    this.features = grown(this.features);
  }
}

/** Rows in order of day, and where each day's begin: `first[day]` to `first[day + 1]`. */
export interface ByDay {
  readonly days: number;
  readonly rows: Uint32Array;
  readonly first: Uint32Array;
}

export function rowsByDay(table: EventTable): ByDay {
  let days = 0;
  for (let at = 0; at < table.length; at++) days = Math.max(days, table.day[at]! + 1);
  const first = new Uint32Array(days + 1);
  for (let at = 0; at < table.length; at++) first[table.day[at]! + 1]! += 1;
  for (let day = 0; day < days; day++) first[day + 1]! += first[day]!;
  const next = first.slice();
  const rows = new Uint32Array(table.length);
  for (let at = 0; at < table.length; at++) rows[next[table.day[at]!]!++] = at;
  return { days, rows, first };
}
