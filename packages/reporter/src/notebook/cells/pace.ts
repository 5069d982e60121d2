import { setTimeout as delay } from 'node:timers/promises'
import type { Session } from '../session.ts'

/** Updates of one cell are written at most this often; the last one always is. */
const EVERY_MS = 200

/** Shows the newest of many values: those that come while one is being written are skipped, but for the last. */
export class Paced<T> {
  #session: Session
  #show: (value: T) => Promise<void> | void
  #next: { value: T } | undefined
  #running = false

  constructor(session: Session, show: (value: T) => Promise<void> | void) {
    this.#session = session
    this.#show = show
  }

  push(value: T): void {
    this.#next = { value }
    if (this.#running) return
    this.#running = true
    this.#session.track(this.#run())
  }

  async #run(): Promise<void> {
    try {
      while (this.#next) {
        const { value } = this.#next
        this.#next = undefined
        await this.#show(value)
        await delay(EVERY_MS, undefined, { signal: this.#session.closing, ref: false }).catch(() => {})
      }
    } finally {
      this.#running = false
    }
  }
}
