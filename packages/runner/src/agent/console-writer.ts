import { CONSOLE_PIECE, consoleKey, type SaveStore } from '../wire/run-record.ts'

const EVERY_MS = 1000
/** What may wait here (bytes) before whoever prints has to wait. */
const MAX_WAITING = 8 << 20

/** Brings what a run prints to the bucket, a second later. The bucket cannot append: the last piece is put again as it grows. */
export class ConsoleWriter {
  readonly #store: SaveStore
  readonly #run: string
  readonly #timer: NodeJS.Timeout
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #piece: Buffer = Buffer.alloc(0)
  #number = 0
  #flushing: Promise<void> | undefined

  constructor(store: SaveStore, run: string) {
    this.#store = store
    this.#run = run
    this.#timer = setInterval(() => void this.#flush().catch(() => {}), EVERY_MS) // again a second later
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    if (this.#waitingBytes > MAX_WAITING) await this.#flush().catch(() => {})
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
    while (this.#waitingBytes > 0) {
      const chunks = this.#take(CONSOLE_PIECE - this.#piece.length)
      const piece = Buffer.concat([this.#piece, ...chunks])
      try {
        await this.#store.put(this.#run, consoleKey(this.#number), piece)
      } catch (error) {
        this.#putBack(chunks)
        throw error
      }
      const isFull = piece.length === CONSOLE_PIECE
      this.#piece = isFull ? Buffer.alloc(0) : piece
      if (isFull) this.#number += 1
    }
  }

  /** What waits longest, up to so many bytes. */
  #take(room: number): Uint8Array[] {
    const taken: Uint8Array[] = []
    for (let chunk = this.#waiting[0]; chunk && room > 0; chunk = this.#waiting[0]) {
      const part = chunk.subarray(0, room)
      taken.push(part)
      room -= part.length
      this.#waitingBytes -= part.length
      if (part.length === chunk.length) this.#waiting.shift()
      else this.#waiting[0] = chunk.subarray(part.length)
    }
    return taken
  }

  #putBack(chunks: Uint8Array[]): void {
    this.#waiting.unshift(...chunks)
    for (const { length } of chunks) this.#waitingBytes += length
  }
}
