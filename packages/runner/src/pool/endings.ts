/** What ends by itself: nothing waits for it but the end of all. */
export interface Endings {
  /** @param end never rejects */
  add: (end: Promise<void>) => void
  all(): Promise<void>
}

export function createEndings(): Endings {
  const running = new Set<Promise<void>>()
  return {
    add(end) {
      running.add(end)
      void end.finally(() => running.delete(end))
    },
    async all() {
      await Promise.all(running)
    },
  }
}
