/** A place held; its number is the lowest that was free, from 1. */
export interface Place {
  readonly number: number
  /** gives it back; again does nothing */
  release(): void
}

/** At most so many holders at a time; who waits longest is next. */
export class Semaphore {
  readonly #free: number[]
  readonly #waiting: ((number: number) => void)[] = []

  constructor(size: number) {
    this.#free = Array.from({ length: size }, (_, index) => index + 1)
  }

  async acquire(): Promise<Place> {
    const number = this.#free.shift() ?? (await new Promise<number>((resolve) => this.#waiting.push(resolve)))
    let isHeld = true
    return {
      number,
      release: () => {
        if (!isHeld) return
        isHeld = false
        const next = this.#waiting.shift()
        if (next) next(number)
        else this.#free.splice(this.#free.findLastIndex((other) => other < number) + 1, 0, number)
      },
    }
  }
}
