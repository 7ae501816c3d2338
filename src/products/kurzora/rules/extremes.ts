export interface Extreme {
  /** Position in the window. */
  readonly index: number;
  readonly value: number;
  /** Mean distance to the 14 neighbours as a share of the range of these 15 values, in percent: 0-100. */
  readonly significance: number;
}

const SIDE = 7;
const LEAST_SIGNIFICANCE = 25;

/**
 * Highs (sign 1) or lows (sign -1) of `values[from..to)`: strictly beyond 7 values on both sides, all inside the window, with a
 * significance of 25 or more. The range is that of the neighbourhood: with the whole window's, no extreme could reach the
 * strength limits of 50, 70 and 85. Two extremes are at least 8 apart by definition, so no spacing rule is needed.
 */
export function findExtremes(values: Float64Array, from: number, to: number, sign: 1 | -1): Extreme[] {
  const found: Extreme[] = [];
  for (let index = from + SIDE; index < to - SIDE; index += 1) {
    const significance = significanceAt(values, index, sign);
    if (significance >= LEAST_SIGNIFICANCE) found.push({ index: index - from, value: values[index]!, significance });
  }
  return found;
}

/** 0 unless the value is strictly beyond all its neighbours; then the farthest of them spans the range. */
function significanceAt(values: Float64Array, index: number, sign: 1 | -1): number {
  let sum = 0;
  let farthest = 0;
  for (let step = 1; step <= SIDE; step += 1) {
    const before = (values[index]! - values[index - step]!) * sign;
    const after = (values[index]! - values[index + step]!) * sign;
    if (!(before > 0 && after > 0)) return 0;
    sum += before + after;
    farthest = Math.max(farthest, before, after);
  }
  return (sum / (2 * SIDE) / farthest) * 100;
}
