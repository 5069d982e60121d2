/** What is made again and again takes at most that part of the time each. */
const SHARE = 1 / 10
/** Cheaper than that (ms), it is not held back. */
const CHEAP_MS = 4
const LEAST_MS = 150

/** Keeps what is dear to make, such as a plot of thousands of points, from being made at each of its changes. */
export class Pace {
  readonly #made = new Map<string, { at: number; cost: number }>()
  readonly #waiting = new Set<string>()

  /**
   * @param isDue it must be made now, whatever it costs
   * @param again called once, when it may be made and was not
   * @returns undefined when it is not made now
   */
  async take(key: string, isDue: boolean, make: () => Promise<string>, again: () => void): Promise<string | undefined> {
    const before = this.#made.get(key)
    const started = performance.now()
    if (before && !isDue && before.cost > CHEAP_MS) {
      const wait = before.at + Math.max(before.cost / SHARE, LEAST_MS) - started
      if (wait > 0) {
        this.#remind(key, wait, again)
        return undefined
      }
    }
    const made = await make()
    const at = performance.now()
    // The first time may load what it is made with, and tells nothing of the next.
    this.#made.set(key, { at, cost: before ? at - started : 0 })
    return made
  }

  #remind(key: string, wait: number, again: () => void): void {
    if (this.#waiting.has(key)) return
    this.#waiting.add(key)
    const remind = () => {
      this.#waiting.delete(key)
      again()
    }
    setTimeout(remind, wait).unref()
  }
}
