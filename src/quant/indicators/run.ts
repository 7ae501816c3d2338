/**
 * Runs a definition over columns (batch) or bar by bar (stream). Both drive the same machine, so they agree bit for bit, and no
 * value can depend on a later bar.
 *
 * A bar that lacks a finite input (or carries one beyond 1e100, which is no price) is a gap: its outputs are NaN, the state does not
 * move, and the values after it are those of the series without it.
 */
import type { Bar } from '../bars.ts';
import { type Definition, type Input, type Parameters, parametersOf } from './definition.ts';
import { loadState, saveState } from './snapshot.ts';

export type Columns = { readonly length?: number } & { readonly [K in Input]?: Float64Array };

const LIMIT = 1e100;
const FIELDS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;

/** Whether the number can be computed with; false for NaN. */
export function usable(x: number): boolean {
  return Math.abs(x) < LIMIT;
}

/**
 * All outputs of an indicator over the columns, oldest first: one array per output, as long as the input, NaN during warm-up.
 * `out` holds arrays to reuse by output name. Throws RangeError on bad parameters, missing or unequal columns.
 */
export function compute<P extends Parameters>(
  definition: Definition<P>,
  columns: Columns,
  parameters: Parameters = {},
  out: Partial<Record<string, Float64Array>> = {},
): Record<string, Float64Array> {
  const length = lengthOf(definition as unknown as Definition, columns);
  const results = definition.outputs.map((name) => destination(out[name], length, name));
  const { step } = definition.open(parametersOf(definition, parameters as never));
  // Columns that are not needed are those of one that is, so that every bar is checked alike.
  const spare = columns[definition.inputs[0]] as Float64Array;
  const [time, open, high, low, close, volume] = FIELDS.map((field) =>
    definition.inputs.includes(field) ? (columns[field] as Float64Array) : spare,
  );
  const bar = { time: NaN, open: NaN, high: NaN, low: NaN, close: NaN, volume: NaN };
  const values = new Float64Array(results.length);
  for (let i = 0; i < length; i++) {
    bar.time = time[i];
    bar.open = open[i];
    bar.high = high[i];
    bar.low = low[i];
    bar.close = close[i];
    bar.volume = volume[i];
    for (let k = 0; k < results.length; k++) values[k] = NaN;
    if (allUsable(bar)) step(bar, values);
    for (let k = 0; k < results.length; k++) results[k][i] = values[k];
  }
  return Object.fromEntries(definition.outputs.map((name, k) => [name, results[k]]));
}

/** The one output of an indicator of one series. */
export function computeOne<P extends Parameters>(
  definition: Definition<P>,
  columns: Columns,
  parameters: Parameters,
  out?: Float64Array,
): Float64Array {
  const name = definition.outputs[0];
  return compute(definition, columns, parameters, { [name]: out })[name];
}

/** A live indicator: one per symbol and timeframe. */
export class IndicatorStream {
  readonly definition: Definition;
  readonly parameters: Parameters;
  /** Outputs after the last update, in the order of `definition.outputs`; overwritten by the next. */
  readonly values: Float64Array;
  readonly #machine: ReturnType<Definition['open']>;
  readonly #mark: number;

  constructor(definition: Definition, parameters: Parameters = {}) {
    this.definition = definition;
    this.parameters = parametersOf(definition, parameters);
    this.values = new Float64Array(definition.outputs.length).fill(NaN);
    this.#machine = definition.open(this.parameters);
    this.#mark = markOf(`${definition.name} ${JSON.stringify(this.parameters)}`);
  }

  /** Takes the next bar; only the definition's inputs need be present. Returns `values`. */
  update(bar: Partial<Bar>): Float64Array {
    this.values.fill(NaN);
    if (complete(bar as Bar, this.definition.inputs)) this.#machine.step(bar as Bar, this.values);
    return this.values;
  }

  /** The whole state as numbers: enough to go on in another process with the same definition and parameters. */
  snapshot(): Float64Array {
    const state = saveState(this.#machine.state);
    const snapshot = new Float64Array(state.length + 1);
    snapshot[0] = this.#mark;
    snapshot.set(state, 1);
    return snapshot;
  }

  /** Takes up a snapshot. Throws RangeError when it is of another indicator or other parameters. */
  restore(snapshot: Float64Array): void {
    if (snapshot[0] !== this.#mark) {
      throw new RangeError(`the snapshot is not of ${this.definition.name} ${JSON.stringify(this.parameters)}`);
    }
    loadState(this.#machine.state, snapshot.subarray(1));
    this.values.fill(NaN);
  }
}

/** FNV-1a: tells snapshots of different indicators or parameters apart. */
function markOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

function allUsable(bar: Bar): boolean {
  return (
    usable(bar.close) &&
    usable(bar.high) &&
    usable(bar.low) &&
    usable(bar.open) &&
    usable(bar.volume) &&
    usable(bar.time)
  );
}

function complete(bar: Bar, inputs: readonly Input[]): boolean {
  for (let k = 0; k < inputs.length; k++) if (!usable(bar[inputs[k]])) return false;
  return true;
}

function lengthOf(definition: Definition, columns: Columns): number {
  let length = columns.length ?? Infinity;
  for (const name of definition.inputs) {
    const column = columns[name];
    if (!column) throw new RangeError(`${definition.name} needs the column ${name}`);
    if (columns.length === undefined && length !== Infinity && column.length !== length) {
      throw new RangeError(`${definition.name}: ${name} has ${column.length} values, other columns ${length}`);
    }
    if (column.length < length && columns.length !== undefined) {
      throw new RangeError(`${definition.name}: ${name} has ${column.length} of ${length} values`);
    }
    length = Math.min(length, column.length);
  }
  return length;
}

/** An array for `length` results: a view of `given` when there is one, else a new one. */
export function destination(given: Float64Array | undefined, length: number, name = 'out'): Float64Array {
  if (!given) return new Float64Array(length);
  if (given.length < length) throw new RangeError(`${name} holds ${given.length} of ${length} values`);
  return given.length === length ? given : given.subarray(0, length);
}
