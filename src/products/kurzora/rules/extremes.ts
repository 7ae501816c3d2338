export interface Extreme {
  /** Position in the window. */
  readonly index: number;
  readonly value: number;
  /** Mean distance to the 14 neighbours as a share of the window's range, in percent. */
  readonly significance: number;
}

const SIDE = 7;
const LEAST_SIGNIFICANCE = 25;

/**
 * Highs (sign 1) or lows (sign -1) of `values[from..to)`: strictly beyond 7 values on both sides, all inside the window, and
 * standing out by a quarter of its range. Two of them are at least 8 apart by that definition, so no spacing rule is needed.
 */
export function findExtremes(values: Float64Array, from: number, to: number, sign: 1 | -1): Extreme[] {
  const range = rangeOf(values, from, to);
  const found: Extreme[] = [];
  if (!(range > 0)) return found;
  for (let index = from + SIDE; index < to - SIDE; index += 1) {
    const distance = meanDistance(values, index, sign);
    if (distance === null) continue;
    const significance = (distance / range) * 100;
    if (significance >= LEAST_SIGNIFICANCE) found.push({ index: index - from, value: values[index]!, significance });
  }
  return found;
}

/** Null unless the value is strictly beyond all its neighbours. */
function meanDistance(values: Float64Array, index: number, sign: 1 | -1): number | null {
  let sum = 0;
  for (let step = 1; step <= SIDE; step += 1) {
    const before = (values[index]! - values[index - step]!) * sign;
    const after = (values[index]! - values[index + step]!) * sign;
    if (!(before > 0 && after > 0)) return null;
    sum += before + after;
  }
  return sum / (2 * SIDE);
}

function rangeOf(values: Float64Array, from: number, to: number): number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let index = from; index < to; index += 1) {
    least = Math.min(least, values[index]!);
    most = Math.max(most, values[index]!);
  }
  return most - least;
}
