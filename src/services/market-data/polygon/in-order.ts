/** Runs at most `atOnce` of the tasks at a time and gives their results in the order of the list. */
export async function* inOrder<T, R>(
  list: readonly T[],
  atOnce: number,
  task: (item: T) => Promise<R>,
): AsyncGenerator<[T, R]> {
  const running: Promise<R>[] = [];
  let started = 0;
  for (const item of list) {
    while (started < list.length && running.length < atOnce) {
      const promise = task(list[started++]!);
      // A failure is met when its turn comes; until then it must not count as unhandled.
      promise.catch(() => {});
      running.push(promise);
    }
    yield [item, await running.shift()!];
  }
}
