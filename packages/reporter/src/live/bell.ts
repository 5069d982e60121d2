/** Lets several wait for the next change of something, and loses no change that comes between two waits. */
export class Bell {
  #rings = 0
  #waiting = new Set<() => void>()

  /** counts changes: what a waiter has seen */
  get rings(): number {
    return this.#rings
  }

  ring(): void {
    this.#rings++
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  /**
   * @param seen the count that the waiter knows; returns at once when there are more
   * @returns false when the time passed, or the signal came, and nothing rang
   */
  async wait(seen: number, ms: number, signal: AbortSignal): Promise<boolean> {
    if (this.#rings !== seen) return true
    if (signal.aborted) return false
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = () => resolve()
    const timer = setTimeout(wake, ms)
    signal.addEventListener('abort', wake)
    this.#waiting.add(wake)
    await promise
    this.#waiting.delete(wake)
    signal.removeEventListener('abort', wake)
    clearTimeout(timer)
    return this.#rings !== seen
  }
}
