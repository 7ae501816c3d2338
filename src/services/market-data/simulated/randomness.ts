/**
 * Randomness without state: a number depends on nothing but its key and its index, so any part of a path can be computed
 * alone and in any order. Integers are mixed by the 32-bit finaliser of MurmurHash3 (Appleby, public domain).
 */

const TABLE_SIZE = 4096;
const quantiles = buildQuantiles();

/** Mixes an index into a key: 32 bits, each of which depends on all bits of both. */
export function mix(key: number, index: number): number {
  let hash = (key ^ Math.imul(index, 0x9e3779b1)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The key of a text within another key, e.g. of a ticker within the seed. Source: FNV-1a, then mixed. */
export function keyOf(key: number, text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mix(key, hash);
}

/** Uniform in [0, 1). */
export function uniform(key: number, index: number): number {
  return mix(key, index) / 4_294_967_296;
}

/** Standard normal, cut off at about 3.9 deviations: a table of quantiles, interpolated, at a few nanoseconds. */
export function normal(key: number, index: number): number {
  const position = (mix(key, index) / 4_294_967_296) * TABLE_SIZE;
  const cell = Math.floor(position);
  const low = quantiles[cell]!;
  return low + (quantiles[cell + 1]! - low) * (position - cell);
}

/** Edges of the table's cells; the outermost stand at half a cell's probability, as their true place is infinite. */
function buildQuantiles(): Float64Array {
  const edges = new Float64Array(TABLE_SIZE + 1);
  for (let index = 0; index <= TABLE_SIZE; index++)
    edges[index] = quantile(Math.min(Math.max(index, 0.25), TABLE_SIZE - 0.25) / TABLE_SIZE);
  return edges;
}

/** The standard normal's quantile by bisection of its distribution function (Abramowitz and Stegun 26.2.17, error < 1e-7). */
function quantile(probability: number): number {
  let low = -6;
  let high = 6;
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (distribution(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function distribution(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x > 0 ? 1 - tail : tail;
}
