/**
 * Rounds half up to `decimals` places, as on paper: 129.93 * 1.005 is 130.57965 and becomes 130.5797, although binary
 * arithmetic ends a hair below the half. Never returns -0.
 */
export function roundTo(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  const scaled = value * factor;
  return Math.round(scaled + Math.abs(scaled) * 2e-15) / factor + 0;
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
