/** The WebAssembly side of twelve.ts: its memory, and the loop of twelve.c over two symbols at a time. */
import type { Bars } from '../bars.ts';
import { TWELVE_WASM } from './twelve-wasm.generated.ts';

/** The eighteen series, in the order twelve.c and a tick write them. */
export const TWELVE_OUTPUTS = [
  'sma20',
  'ema20',
  'ema50',
  'ema200',
  'rsi',
  'macd',
  'macdSignal',
  'macdHistogram',
  'bbUpper',
  'bbLower',
  'atr',
  'adx',
  'plusDi',
  'minusDi',
  'stochK',
  'stochD',
  'williamsR',
  'obv',
] as const;

export type TwelveOutput = (typeof TWELVE_OUTPUTS)[number];
export type TwelveSeries = Readonly<Record<TwelveOutput, Float64Array>>;
export type TwelveInput = Pick<Bars, 'length' | 'high' | 'low' | 'close' | 'volume'>;

const INPUTS = ['high', 'low', 'close', 'volume'] as const;
const PAGE = 65_536;

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly __heap_base: WebAssembly.Global;
  twelve(length: number, capacity: number, inputs: number, outputs: number): number;
}

type Pair<T> = readonly [first: T, second: T];

export class TwelveEngine {
  readonly #exports: Exports;
  #capacity = 0;
  #inputs: Pair<readonly Float64Array[]> = [[], []];
  /** Results of the two symbols of the last run, over its first `length` bars; overwritten by the next. */
  series: Pair<TwelveSeries>;

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(TWELVE_WASM, 'base64'));
    this.#exports = new WebAssembly.Instance(module).exports as unknown as Exports;
    this.series = this.#reserve(512);
  }

  /**
   * Computes both; says of each whether it has no gap, else its series are worth nothing. The shorter is computed to the end of the
   * longer, over zeros.
   */
  run(first: TwelveInput, second: TwelveInput): Pair<boolean> {
    const length = Math.max(first.length, second.length);
    if (length > this.#capacity) this.series = this.#reserve(length);
    for (const [k, bars] of [first, second].entries()) {
      for (const [plane, name] of INPUTS.entries()) {
        this.#inputs[k][plane].set(bars[name].subarray(0, bars.length));
        this.#inputs[k][plane].fill(0, bars.length, length);
      }
    }
    const usable = this.#exports.twelve(length, this.#stride, PAGE, PAGE + 2 * INPUTS.length * this.#stride * 8);
    return [(usable & 1) !== 0, (usable & 2) !== 0];
  }

  /**
   * Values from the start of one plane to the next: 320 bytes off a multiple of a memory page, as planes that begin at the same place of
   * their pages push each other out of the first-level cache. Measured: three times the time.
   */
  get #stride(): number {
    return this.#capacity + 40;
  }

  #reserve(length: number): Pair<TwelveSeries> {
    this.#capacity = Math.ceil(length / 512) * 512;
    const { memory } = this.#exports;
    const planes = 2 * (INPUTS.length + TWELVE_OUTPUTS.length);
    const missing = PAGE + planes * this.#stride * 8 - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    const plane = (k: number) => new Float64Array(memory.buffer, PAGE + k * this.#stride * 8, this.#capacity);
    const inputs = (symbol: number) => INPUTS.map((_, k) => plane(2 * k + symbol));
    this.#inputs = [inputs(0), inputs(1)];
    const outputs = (symbol: number) =>
      Object.fromEntries(
        TWELVE_OUTPUTS.map((name, k) => [name, plane(2 * (INPUTS.length + k) + symbol)]),
      ) as TwelveSeries;
    return [outputs(0), outputs(1)];
  }
}
