import type { Bars } from '#quant/bars.ts';

/** Columns that are filled row by row; prices arrive in cents. */
export class Rows {
  #length = 0;
  readonly #time: Float64Array;
  readonly #open: Float64Array;
  readonly #high: Float64Array;
  readonly #low: Float64Array;
  readonly #close: Float64Array;
  readonly #volume: Float64Array;

  constructor(capacity: number) {
    this.#time = new Float64Array(capacity);
    this.#open = new Float64Array(capacity);
    this.#high = new Float64Array(capacity);
    this.#low = new Float64Array(capacity);
    this.#close = new Float64Array(capacity);
    this.#volume = new Float64Array(capacity);
  }

  add(time: number, open: number, high: number, low: number, close: number, volume: number): void {
    const index = this.#length++;
    this.#time[index] = time;
    this.#open[index] = open / 100;
    this.#high[index] = high / 100;
    this.#low[index] = low / 100;
    this.#close[index] = close / 100;
    this.#volume[index] = volume;
  }

  bars(): Bars {
    return {
      length: this.#length,
      time: this.#time,
      open: this.#open,
      high: this.#high,
      low: this.#low,
      close: this.#close,
      volume: this.#volume,
    };
  }
}
