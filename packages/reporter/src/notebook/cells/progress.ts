import type { Progress } from '../types.ts'

/** Counts, and tells at most ten times a second how far it is. */
export class ProgressCounter implements Progress {
  #total: number
  #value = 0
  #tell: ((value: number) => void) | undefined
  #toldAt = 0

  constructor(total: number, tell?: (value: number) => void) {
    this.#total = total
    this.#tell = tell
  }

  get value(): number {
    return this.#value
  }

  update(value: number): void {
    if (value === this.#value) return
    this.#value = value
    const now = performance.now()
    if (value < this.#total && now - this.#toldAt < 100) return
    this.#toldAt = now
    this.#tell?.(value)
  }

  add(count = 1): void {
    this.update(this.#value + count)
  }
}
