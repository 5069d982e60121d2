import { Duplex } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'

/**
 * A channel as a stream that keeps the usual promises: it errs and closes when the connection dies, does not swallow
 * writes, and tells its close although nobody read it to the end.
 */
export class ChannelStream extends Duplex {
  readonly #channel: ClientChannel
  readonly #client: Client
  readonly #onLost: () => void

  constructor(client: Client, channel: ClientChannel) {
    super({ readableHighWaterMark: 256 << 10, writableHighWaterMark: 256 << 10 })
    this.#client = client
    this.#channel = channel
    this.#onLost = () => this.destroy(new Error('The SSH connection was lost'))
    this.on('error', () => {}) // whoever reads hears of it by its close; nobody may be there to read
    client.once('close', this.#onLost)
    channel.on('data', (chunk: Buffer) => {
      if (!this.destroyed && !this.push(chunk)) channel.pause()
    })
    channel.on('end', () => this.push(null))
    channel.on('close', () => {
      if (!this.readableEnded) this.push(null)
      if (this.readableEnded) this.destroy()
      else this.once('end', () => this.destroy())
    })
    channel.on('error', (error: Error) => this.destroy(error))
  }

  override _read(): void {
    this.#channel.resume()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#channel.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#channel.end()
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#client.off('close', this.#onLost)
    this.#channel.resume() // a channel that is not read to its end is never closed
    this.#channel.close()
    done(error)
  }
}
