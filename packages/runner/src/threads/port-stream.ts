import { Duplex } from 'node:stream'
import type { MessagePort } from 'node:worker_threads'

type Message = { data: Uint8Array } | { taken: true } | { end: true } | { gone: string | undefined }

/** A stream to another thread: what is written at one end of a channel is read at the other, no faster than it is read. */
export class PortStream extends Duplex {
  readonly #port: MessagePort
  #written: ((error?: Error | null) => void) | undefined
  #owesAnswer = false
  /** all that comes has come, though it may not be read yet */
  #isWhole = false

  constructor(port: MessagePort) {
    super()
    this.#port = port
    this.on('error', () => {}) // whoever reads hears of it by its close; nobody may be there to read
    port.on('message', (message: Message) => this.#hear(message))
    port.on('close', () => this.#hear({ gone: undefined }))
  }

  #hear(message: Message): void {
    if ('data' in message) {
      this.#owesAnswer = true
      if (this.push(message.data)) this._read()
    } else if ('taken' in message) {
      const written = this.#written
      this.#written = undefined
      written?.()
    } else if ('end' in message) {
      this.#isWhole = true
      this.push(null)
    } else if (message.gone !== undefined) this.destroy(new Error(message.gone))
    else if (!this.#isWhole || this.#written) this.destroy(new Error('The other end is gone'))
  }

  override _read(): void {
    if (!this.#owesAnswer) return
    this.#owesAnswer = false
    this.#send({ taken: true })
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#written = done
    if (chunk.buffer instanceof ArrayBuffer) {
      const data = new Uint8Array(chunk) // whoever writes it may still need it
      this.#send({ data }, [data.buffer])
    } else this.#send({ data: chunk }) // in memory that all threads share
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#send({ end: true })
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#send({ gone: error?.message })
    this.#port.close()
    done(error)
    this.#written?.(error)
  }

  #send(message: Message, give: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, give)
  }
}
