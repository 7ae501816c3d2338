/**
 * Logistic regression with a ridge on standardised inputs, fitted by Newton's method (IRLS). The intercept is not shrunk, so that
 * without any relation the answer is the base rate.
 */
export interface LogisticModel {
  readonly mean: readonly number[];
  /** Standard deviations; 0 for an input that never moves, which then counts for nothing. */
  readonly scale: readonly number[];
  readonly intercept: number;
  /** One for each standardised input. */
  readonly weights: readonly number[];
}

/** Standardised inputs are held to this many deviations: one wild volume must not decide a probability. */
const MOST_DEVIATIONS = 4;
const MOST_STEPS = 25;

/**
 * Fits on the rows `rows` of `inputs` (row-major, `width` a row) and `hit` (0 or 1). `ridge` is in trials: how many of them a unit
 * of squared weight costs. About rows * width^2 / 2 operations a step, some six steps.
 */
export function fitLogistic(
  inputs: Float32Array,
  width: number,
  hit: Uint8Array,
  rows: ArrayLike<number>,
  ridge: number,
): LogisticModel {
  const { mean, scale } = momentsOf(inputs, width, rows);
  const size = width + 1;
  const weights = new Float64Array(size);
  const hits = sumOf(rows, (row) => hit[row]!);
  weights[width] = logit(Math.min(Math.max(hits / rows.length, 1e-4), 1 - 1e-4));
  const row = new Float64Array(size);
  for (let step = 0; step < MOST_STEPS; step++) {
    const gradient = new Float64Array(size);
    const hessian = new Float64Array(size * size);
    for (let at = 0; at < rows.length; at++) {
      standardise(inputs, rows[at]! * width, mean, scale, row);
      const p = probability(weights, row);
      const error = hit[rows[at]!]! - p;
      const weight = p * (1 - p);
      for (let i = 0; i < size; i++) {
        gradient[i]! += error * row[i]!;
        const scaled = weight * row[i]!;
        for (let j = 0; j <= i; j++) hessian[i * size + j]! += scaled * row[j]!;
      }
    }
    for (let i = 0; i < width; i++) {
      gradient[i]! -= ridge * weights[i]!;
      hessian[i * size + i]! += ridge;
    }
    const change = solve(hessian, gradient, size);
    let largest = 0;
    for (let i = 0; i < size; i++) {
      weights[i]! += change[i]!;
      largest = Math.max(largest, Math.abs(change[i]!));
    }
    if (largest < 1e-6) break;
  }
  return { mean: [...mean], scale: [...scale], intercept: weights[width]!, weights: [...weights.subarray(0, width)] };
}

/** Probability of a hit for the inputs that begin at `from`. */
export function predictLogistic(model: LogisticModel, inputs: ArrayLike<number>, from = 0): number {
  let sum = model.intercept;
  for (let i = 0; i < model.weights.length; i++)
    sum += model.weights[i]! * deviation(inputs[from + i]!, model.mean[i]!, model.scale[i]!);
  return 1 / (1 + Math.exp(-sum));
}

const logit = (p: number) => Math.log(p / (1 - p));

function sumOf(rows: ArrayLike<number>, of: (row: number) => number): number {
  let sum = 0;
  for (let at = 0; at < rows.length; at++) sum += of(rows[at]!);
  return sum;
}

function momentsOf(inputs: Float32Array, width: number, rows: ArrayLike<number>) {
  const [mean, scale] = [new Float64Array(width), new Float64Array(width)];
  for (let i = 0; i < width; i++) {
    mean[i] = sumOf(rows, (row) => inputs[row * width + i]!) / rows.length;
    const squares = sumOf(rows, (row) => (inputs[row * width + i]! - mean[i]!) ** 2);
    scale[i] = Math.sqrt(squares / rows.length);
    if (scale[i]! < 1e-9 * (1 + Math.abs(mean[i]!))) scale[i] = 0;
  }
  return { mean, scale };
}

function deviation(value: number, mean: number, scale: number): number {
  if (scale === 0) return 0;
  return Math.min(MOST_DEVIATIONS, Math.max(-MOST_DEVIATIONS, (value - mean) / scale));
}

function standardise(
  inputs: Float32Array,
  from: number,
  mean: Float64Array,
  scale: Float64Array,
  row: Float64Array,
): void {
  for (let i = 0; i < mean.length; i++) row[i] = deviation(inputs[from + i]!, mean[i]!, scale[i]!);
  row[mean.length] = 1;
}

function probability(weights: Float64Array, row: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += weights[i]! * row[i]!;
  return 1 / (1 + Math.exp(-sum));
}

/** Solves a symmetric positive definite system whose lower half is given, by Cholesky; overwrites both. */
function solve(matrix: Float64Array, right: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k]! * matrix[j * size + k]!;
      matrix[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / matrix[j * size + j]!;
    }
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) right[i]! -= matrix[i * size + k]! * right[k]!;
    right[i]! /= matrix[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) right[i]! -= matrix[k * size + i]! * right[k]!;
    right[i]! /= matrix[i * size + i]!;
  }
  return right;
}
