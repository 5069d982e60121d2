/**
 * Calls a function with each item, some ahead of what is read, and yields how each call ended in the order of the items.
 * @yields as `Promise.allSettled`
 */
export async function* mapInOrder<I, T>(
  items: Iterable<I> | AsyncIterable<I>,
  call: (item: I) => Promise<T>,
  ahead: number,
): AsyncGenerator<PromiseSettledResult<T>, void> {
  const running: Promise<PromiseSettledResult<T>>[] = []
  for await (const item of items) {
    running.push(settle(call(item)))
    if (running.length >= ahead) yield await running.shift()!
  }
  for (const one of running) yield await one
}

async function settle<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  try {
    return { status: 'fulfilled', value: await promise }
  } catch (reason) {
    return { status: 'rejected', reason }
  }
}
