/** Rounds half up to `decimals` places, as the engine's published figures are; never returns -0. */
export function roundTo(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor + 0;
}

/** Holds a score in 0-100. */
export function clampScore(value: number): number {
  return Math.min(100, Math.max(0, value));
}

/** Standard deviation of the whole population (divisor n); 0 for no values. */
export function populationDeviation(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / values.length);
}
