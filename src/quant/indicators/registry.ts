/** Every indicator there is, by name. Documentation, tests and whoever lets a person choose an indicator read this list. */
import type { Definition, Parameters } from './definition.ts';
import * as averages from './moving-averages.ts';
import * as oscillators from './oscillators.ts';
import * as trend from './trend.ts';
import * as volatility from './volatility.ts';
import * as volume from './volume.ts';

function isDefinition(value: unknown): value is Definition {
  return typeof value === 'object' && value !== null && 'warmUp' in value && 'open' in value;
}

export const families: Readonly<Record<string, readonly Definition[]>> = {
  'Moving averages': Object.values<unknown>(averages).filter(isDefinition),
  Oscillators: Object.values<unknown>(oscillators).filter(isDefinition),
  'Volatility and bands': Object.values<unknown>(volatility).filter(isDefinition),
  Trend: Object.values<unknown>(trend).filter(isDefinition),
  Volume: Object.values<unknown>(volume).filter(isDefinition),
};

export const indicators: ReadonlyMap<string, Definition> = new Map(
  Object.values(families)
    .flat()
    .map((definition) => [definition.name, definition]),
);

/** The definition of that name. Throws RangeError naming the indicators there are. */
export function indicator(name: string): Definition<Parameters> {
  const found = indicators.get(name);
  if (!found) throw new RangeError(`there is no indicator ${name}; there are ${[...indicators.keys()].join(', ')}`);
  return found;
}
