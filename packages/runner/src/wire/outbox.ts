import { Ec2Error } from '../errors.ts'

/** Frames that were sent or wait to be sent, kept until the other end has acknowledged them. */
export class Outbox {
  readonly #highWaterMark: number
  #frames: (readonly Uint8Array[])[] = []
  #first = 1 // number of frames[0]
  #cursor = 1 // number of the next frame to write
  #bytes = 0
  #waiters: { below: number; resolve: () => void }[] = []

  constructor(highWaterMark: number) {
    this.#highWaterMark = highWaterMark
  }

  get bytes(): number {
    return this.#bytes
  }
  get nextNumber(): number {
    return this.#first + this.#frames.length
  }

  /** False when the producer had better wait. */
  add(frame: readonly Uint8Array[]): boolean {
    this.#frames.push(frame)
    this.#bytes += lengthOf(frame)
    return this.#bytes < this.#highWaterMark
  }

  /** The next frame to write on the current duplex. */
  next(): readonly Uint8Array[] | undefined {
    const frame = this.#frames[this.#cursor - this.#first]
    if (frame) this.#cursor += 1
    return frame
  }

  /** A new duplex: everything after `received` is sent again. */
  rewind(received: number): void {
    this.forget(received)
    this.#cursor = received + 1
  }

  forget(received: number): void {
    if (received >= this.nextNumber || received + 1 < this.#first) {
      throw new Ec2Error(
        'EC2_PROTOCOL',
        `The other end acknowledges message ${received}, which it cannot have received now`,
      )
    }
    for (const frame of this.#frames.splice(0, received + 1 - this.#first)) this.#bytes -= lengthOf(frame)
    this.#first = received + 1
    this.#cursor = Math.max(this.#cursor, this.#first)
    this.#wake()
  }

  /** Resolves when fewer bytes than the mark wait; or none at all. */
  async drained(below: number = this.#highWaterMark): Promise<void> {
    if (this.#bytes < below) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiters.push({ below, resolve })
    await promise
  }

  clear(): void {
    this.#frames = []
    this.#bytes = 0
    this.#wake()
  }

  #wake(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) {
      if (this.#bytes < waiter.below) waiter.resolve()
      else this.#waiters.push(waiter)
    }
  }
}

function lengthOf(frame: readonly Uint8Array[]): number {
  let length = 0
  for (const piece of frame) length += piece.length
  return length
}
