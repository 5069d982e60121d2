import { CONSOLE_PIECE, consoleKey, type SaveStore } from '../wire/run-record.ts'

const EVERY_MS = 1000
/** What may wait here (bytes) before whoever prints has to wait. */
const MAX_WAITING = 8 << 20

/** Brings what a run prints to the bucket, a second later. The bucket cannot append: the last piece is put again as it grows. */
export class ConsoleWriter {
  readonly #store: SaveStore
  readonly #run: string
  readonly #timer: NodeJS.Timeout
  #waiting: Buffer = Buffer.alloc(0)
  #piece: Buffer = Buffer.alloc(0)
  #number = 0
  #flushing: Promise<void> | undefined

  constructor(store: SaveStore, run: string) {
    this.#store = store
    this.#run = run
    this.#timer = setInterval(() => void this.#flush().catch(() => {}), EVERY_MS) // again a second later
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#waiting = Buffer.concat([this.#waiting, chunk])
    if (this.#waiting.length > MAX_WAITING) await this.#flush().catch(() => {})
  }

  /** @throws when the rest cannot be put there */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#flushing?.catch(() => {})
    await this.#flush()
  }

  #flush(): Promise<void> {
    this.#flushing ??= this.#putAll().finally(() => (this.#flushing = undefined))
    return this.#flushing
  }

  async #putAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const room = CONSOLE_PIECE - this.#piece.length
      const taken = this.#waiting.subarray(0, room)
      const piece = Buffer.concat([this.#piece, taken])
      await this.#store.put(this.#run, consoleKey(this.#number), piece)
      this.#waiting = this.#waiting.subarray(taken.length)
      const isFull = piece.length === CONSOLE_PIECE
      this.#piece = isFull ? Buffer.alloc(0) : piece
      if (isFull) this.#number += 1
    }
  }
}
