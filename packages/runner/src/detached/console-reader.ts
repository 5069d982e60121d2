import type { RunStore } from '../ec2/run-store.ts'
import { CONSOLE_PIECE, consoleKey } from '../wire/run-record.ts'

/** Reads what a run printed from the beginning, each time what is new. */
export class ConsoleReader {
  readonly #store: RunStore
  readonly #run: string
  #number = 0
  #read = 0

  constructor(store: RunStore, run: string) {
    this.#store = store
    this.#run = run
  }

  /** @param write takes the bytes that came since the last call, in order */
  async read(write: (bytes: Uint8Array) => void): Promise<void> {
    for (;;) {
      const bytes = await this.#store.get(this.#run, consoleKey(this.#number), this.#read)
      if (!bytes || bytes.length === 0) return
      write(bytes)
      this.#read += bytes.length
      if (this.#read < CONSOLE_PIECE) return
      this.#number += 1
      this.#read = 0
    }
  }
}
