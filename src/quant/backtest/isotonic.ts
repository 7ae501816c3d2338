/**
 * Isotonic regression by pooling adjacent violators (Ayer et al. 1955): the non-decreasing rates that fit best, given `hits` of
 * `n` at each step of an ordered scale. A step without trials takes the rate of the pool before it, or the first pool's.
 * O(steps).
 */
export function isotonicRates(hits: Float64Array, n: Float64Array): Float64Array {
  const pools: { hits: number; n: number; from: number }[] = [];
  for (let step = 0; step < n.length; step++) {
    if (n[step] === 0) continue;
    let pool = { hits: hits[step]!, n: n[step]!, from: step };
    for (let before = pools.at(-1); before && before.hits * pool.n >= pool.hits * before.n; before = pools.at(-1)) {
      pools.pop();
      pool = { hits: before.hits + pool.hits, n: before.n + pool.n, from: before.from };
    }
    pools.push(pool);
  }
  const rates = new Float64Array(n.length);
  for (const [index, pool] of pools.entries())
    rates.fill(pool.hits / pool.n, index === 0 ? 0 : pool.from, pools[index + 1]?.from ?? n.length);
  return rates;
}
