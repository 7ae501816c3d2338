/**
 * Indicators as data. A definition says what an indicator reads, its parameters, what it puts out, where its convention comes from,
 * and opens a machine that takes one bar at a time. Batch computation, streams, documentation and tests are all derived from it.
 */
import type { Bar } from '../bars.ts';

export type Input = 'open' | 'high' | 'low' | 'close' | 'volume' | 'time';
export type Parameters = Readonly<Record<string, number | string>>;

type Widened<P> = {
  readonly [K in keyof P]: P[K] extends number ? number : P[K] extends string ? string : number | string;
};

/** State (numbers, booleans, Float64Arrays and objects of these) and the step that moves it by one bar, writing the outputs. */
export interface Machine {
  readonly state: object;
  step(bar: Bar, out: Float64Array): void;
}

export interface Definition<P extends Parameters = Parameters> {
  /** camelCase, unique in the registry. */
  readonly name: string;
  readonly title: string;
  /** What a bar must have. An indicator of any one series reads it as `close`. */
  readonly inputs: readonly Input[];
  /** Defaults. A parameter named `...period` is a count of bars (integer >= 1), a number is >= 0, a string one of `choices`. */
  readonly parameters: P;
  readonly choices?: { readonly [K in keyof P]?: readonly string[] };
  readonly outputs: readonly string[];
  /** How its recursion or window starts. */
  readonly seed: string;
  readonly smoothing: string;
  /** The convention it follows, and what the options switch to. */
  readonly source: string;
  /** What comes out where the formula has no value (flat prices, zero volume). Absent: nothing is undefined. */
  readonly degenerate?: string;
  /** Bars before the first value, per output; an event that may never come counts from where it could. */
  warmUp(parameters: Widened<P>): readonly number[];
  open(parameters: Widened<P>): Machine;
}

/** Keeps the parameters' types for `warmUp` and `open` while the registry sees one type. */
export function define<const P extends Parameters>(definition: Definition<P>): Definition<P> {
  return definition;
}

export function machine<S extends object>(state: S, step: (bar: Bar, out: Float64Array) => void): Machine {
  return { state, step };
}

/** Defaults overlaid with what was given. Throws RangeError naming indicator, parameter and what would be right. */
export function parametersOf<P extends Parameters>(
  definition: Definition<P>,
  given: Partial<Widened<P>> = {},
): Widened<P> {
  const merged: Record<string, number | string> = { ...definition.parameters };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!(name in merged)) {
      throw new RangeError(`${definition.name} has no parameter ${name}; it has ${Object.keys(merged).join(', ')}`);
    }
    merged[name] = checked(definition as unknown as Definition, name, value);
  }
  return merged as Widened<P>;
}

function checked(definition: Definition, name: string, value: unknown): number | string {
  const label = `${definition.name}: ${name} is ${JSON.stringify(value)}`;
  if (typeof definition.parameters[name] === 'string') {
    const choices = definition.choices?.[name] ?? [];
    if (!choices.includes(value as string)) throw new RangeError(`${label}, not one of ${choices.join(', ')}`);
    return value as string;
  }
  const count = /period$/i.test(name);
  if (count && !(Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 100_000)) {
    throw new RangeError(`${label}, not a count of bars from 1 to 100000`);
  }
  if (typeof value !== 'number' || !Number.isFinite(value) || (value < 0 && !/offset/i.test(name))) {
    throw new RangeError(`${label}, not a number >= 0`);
  }
  return value;
}
