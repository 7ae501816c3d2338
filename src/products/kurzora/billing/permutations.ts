/** Every order of the items, one at a time; n! of them. */
export function* permutations<T>(items: readonly T[]): Generator<T[]> {
  if (items.length <= 1) yield [...items];
  for (const [index, item] of items.entries())
    if (items.length > 1) for (const rest of permutations(items.toSpliced(index, 1))) yield [item, ...rest];
}
