import type { Duplex } from 'node:stream'
import { Ec2Error } from '../errors.ts'
import type { CloseReason } from './close-reason.ts'
import { KIND, toMessageFrame, type MessageFrame } from './message-frames.ts'
import { Outbox } from './outbox.ts'
import { Wire } from './wire.ts'

const ACK_AFTER_BYTES = 256 << 10
const ACK_AFTER_MS = 20

export interface MessageStreamOptions {
  /** bytes kept for repetition, above which `send` answers false; defaults to 8 MiB */
  highWaterMark?: number
}

/**
 * A stream of messages that outlives its connections: numbered, acknowledged, kept until acknowledged, and repeated on
 * the next duplex, so that nothing is lost, doubled or reordered. Both ends are the same. It knows nothing of sockets:
 * `attach` takes any duplex that has been greeted, as often as there is a new one.
 */
export class MessageStream {
  /** Resolves, never rejects: with the first cause. */
  readonly closed: Promise<CloseReason>
  readonly #resolveClosed: (reason: CloseReason) => void
  readonly #outbox: Outbox
  #reason: CloseReason | undefined
  #wire: Wire | undefined
  #received = 0
  #acknowledged = 0
  #unacknowledgedBytes = 0
  #ackTimer: NodeJS.Timeout | undefined
  #paused = false
  #endReceived = false
  #onMessage: ((payload: Buffer) => void) | undefined
  #onEnd: (() => void) | undefined
  #onDetached: ((cause: Error) => void) | undefined

  constructor({ highWaterMark = 8 << 20 }: MessageStreamOptions = {}) {
    this.#outbox = new Outbox(highWaterMark)
    const { promise, resolve } = Promise.withResolvers<CloseReason>()
    this.closed = promise
    this.#resolveClosed = resolve
  }

  /** Set it before `attach`: messages are not kept for a listener that comes later. */
  onMessage(listener: (payload: Buffer) => void): void {
    this.#onMessage = listener
  }
  /** Called when the other end has sent its last message, after that message. */
  onEnd(listener: () => void): void {
    this.#onEnd = listener
    if (this.#endReceived) listener()
  }
  /** Called when the duplex is gone and the stream is not: attach another one, or close. */
  onDetached(listener: (cause: Error) => void): void {
    this.#onDetached = listener
  }

  get isAttached(): boolean {
    return this.#wire !== undefined
  }
  /** Bytes sent and not yet acknowledged. */
  get pendingBytes(): number {
    return this.#outbox.bytes
  }

  /**
   * Always takes the message; false means: wait for `drained` before the next.
   * @throws Ec2Error when the stream is closed, or the message is larger than a frame may be
   */
  send(payload: Uint8Array): boolean {
    return this.#push(KIND.data, payload)
  }

  /** Says that no more messages will come from this end. */
  end(): void {
    if (this.#reason === undefined) this.#push(KIND.end, Buffer.alloc(0))
  }

  /** Resolves when `send` may go on; also when the stream is closed, so that nobody waits for ever. */
  drained(): Promise<void> {
    return this.#outbox.drained()
  }

  /** Resolves when the other end has everything; also when the stream is closed. */
  flushed(): Promise<void> {
    return this.#outbox.drained(1)
  }

  /** Stops reading until `resume`; the other end's `send` then answers false at some point. */
  pause(): void {
    this.#paused = true
    this.#wire?.pause()
  }
  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    const wire = this.#wire
    if (wire) this.#guard(wire, () => this.#read(wire))
    if (!this.#paused) this.#wire?.resume()
  }

  /** Goes on over this duplex; the one before may be half-open and not know it. `rest`: bytes that were read already. */
  attach(duplex: Duplex, rest: Uint8Array = Buffer.alloc(0)): void {
    if (this.#reason !== undefined) {
      duplex.destroy()
      return
    }
    this.#drop()
    const wire = new Wire(duplex, rest, {
      onBytes: () => this.#guard(wire, () => this.#read(wire)),
      onDrain: () => wire.pump(this.#outbox),
      onGone: (cause) => this.detach(cause),
    })
    this.#wire = wire
    wire.write(KIND.hello, this.#received)
    this.#guard(wire, () => this.#read(wire))
    if (this.#paused) wire.pause()
    else wire.resume()
  }

  /** Lets go of the duplex; what was not acknowledged is sent again on the next one. */
  detach(cause: Error): void {
    if (!this.#wire) return
    this.#drop()
    this.#onDetached?.(cause)
  }

  /** The one way to die. Messages that are not acknowledged are gone. */
  close(reason: CloseReason): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#drop()
    this.#outbox.clear()
    this.#resolveClosed(reason)
  }

  #push(kind: number, payload: Uint8Array): boolean {
    if (this.#reason !== undefined) throw closedError(this.#reason)
    const isBelow = this.#outbox.add(toMessageFrame(kind, this.#outbox.nextNumber, payload))
    this.#wire?.pump(this.#outbox)
    return isBelow
  }

  #read(wire: Wire): void {
    while (this.#wire === wire && !this.#paused) {
      const frame = wire.next()
      if (!frame) return
      this.#take(wire, frame)
    }
  }

  #take(wire: Wire, { kind, number, payload }: MessageFrame): void {
    if (kind === KIND.hello) {
      this.#outbox.rewind(number)
      wire.isGreeted = true
      wire.pump(this.#outbox)
    } else if (kind === KIND.ack) {
      this.#outbox.forget(number)
    } else if (kind === KIND.data || kind === KIND.end) {
      if (number <= this.#received) return // came before the cut
      if (number !== this.#received + 1) {
        throw new Ec2Error('EC2_PROTOCOL', `The other end sent message ${number} after message ${this.#received}`)
      }
      this.#received = number
      this.#planAck(payload.length)
      if (kind === KIND.data) {
        this.#onMessage?.(payload)
      } else {
        this.#ack()
        this.#endReceived = true
        this.#onEnd?.()
      }
    } else {
      throw new Ec2Error('EC2_PROTOCOL', `The other end sent a frame of unknown kind ${kind}`)
    }
  }

  #planAck(bytes: number): void {
    this.#unacknowledgedBytes += bytes
    if (this.#unacknowledgedBytes >= ACK_AFTER_BYTES) this.#ack()
    else this.#ackTimer ??= setTimeout(() => this.#ack(), ACK_AFTER_MS)
  }

  #ack(): void {
    clearTimeout(this.#ackTimer)
    this.#ackTimer = undefined
    this.#unacknowledgedBytes = 0
    if (!this.#wire || this.#acknowledged === this.#received) return
    this.#acknowledged = this.#received
    this.#wire.write(KIND.ack, this.#received)
  }

  /** Nonsense from the other end closes the stream; it never reaches the listeners of the duplex. */
  #guard(wire: Wire, read: () => void): void {
    try {
      read()
    } catch (error) {
      if (this.#wire === wire) this.close({ by: 'them', error: error as Error })
    }
  }

  #drop(): void {
    const wire = this.#wire
    this.#wire = undefined
    clearTimeout(this.#ackTimer)
    this.#ackTimer = undefined
    wire?.drop()
  }
}

/** What those get who come after the end. */
export function closedError(reason: CloseReason): Ec2Error {
  if (reason.by === 'us') return new Ec2Error('EC2_ABORTED', 'The stream is closed')
  if (reason.error instanceof Ec2Error) return reason.error
  return new Ec2Error('EC2_HOST_LOST', `The stream is closed: ${reason.error.message}`, { cause: reason.error })
}
