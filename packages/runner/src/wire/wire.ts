import type { Duplex } from 'node:stream'
import { FrameReader } from './frames.ts'
import { readMessageFrame, toMessageFrame, type MessageFrame } from './message-frames.ts'
import type { Outbox } from './outbox.ts'

export interface WireOptions {
  /** bytes have come: `next` may have frames */
  onBytes: () => void
  /** it takes more again */
  onDrain: () => void
  /** it is gone; not called after `drop` */
  onGone: (cause: Error) => void
}

/** One duplex under a message stream, from its greeting until it is cut. */
export class Wire {
  /** the other end has said what it received, so numbered messages may follow */
  isGreeted = false
  readonly #duplex: Duplex
  readonly #reader = new FrameReader()
  #isDropped = false

  /** `rest`: bytes of it that were read already */
  constructor(duplex: Duplex, rest: Uint8Array, { onBytes, onDrain, onGone }: WireOptions) {
    this.#duplex = duplex
    this.#reader.push(rest)
    const gone = (cause?: Error) => {
      if (!this.#isDropped) onGone(cause ?? new Error('The stream to the other end was cut'))
    }
    duplex.on('data', (chunk: Buffer) => {
      if (this.#isDropped) return
      this.#reader.push(chunk)
      onBytes()
    })
    duplex.on('drain', () => this.#isDropped || onDrain())
    duplex
      .on('error', gone)
      .on('end', gone)
      .on('close', () => gone())
  }

  /** The next whole frame. @throws Ec2Error `EC2_PROTOCOL` for what no honest end would send */
  next(): MessageFrame | undefined {
    const frame = this.#reader.next()
    return frame && readMessageFrame(frame)
  }

  /** At once, before all that waits. */
  write(kind: number, number: number): void {
    if (this.#duplex.writable) for (const piece of toMessageFrame(kind, number)) this.#duplex.write(piece)
  }

  /** As much as the duplex takes; the rest waits for its `drain`. */
  pump(outbox: Outbox): void {
    if (!this.isGreeted) return
    while (!this.#isDropped && !this.#duplex.writableNeedDrain && this.#duplex.writable) {
      const frame = outbox.next()
      if (!frame) return
      for (const piece of frame) this.#duplex.write(piece)
    }
  }

  pause(): void {
    this.#duplex.pause()
  }
  resume(): void {
    this.#duplex.resume()
  }

  drop(): void {
    this.#isDropped = true
    this.#duplex.on('error', () => {}) // late errors of a dead duplex must not end the process
    this.#duplex.destroy()
  }
}
