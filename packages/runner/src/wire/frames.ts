import { Ec2Error } from '../errors.ts'

/** No frame is larger: whoever announces more is not one of us. */
export const MAX_FRAME_BYTES: number = 256 << 20

const HEADER_BYTES = 4

/** A frame on the wire: u32 big-endian length, then that many bytes. Written as pieces, so nothing large is copied. */
export function toFrame(...pieces: readonly Uint8Array[]): Uint8Array[] {
  let length = 0
  for (const piece of pieces) length += piece.length
  if (length > MAX_FRAME_BYTES) {
    throw new Ec2Error(
      'EC2_PROTOCOL',
      `A message of ${length} bytes is too large to send: ${MAX_FRAME_BYTES} is the most`,
      {
        fix: 'Write large data to a file below the workspace instead: files come home by themselves.',
      },
    )
  }
  const header = Buffer.allocUnsafe(HEADER_BYTES)
  header.writeUInt32BE(length)
  return [header, ...pieces]
}

/** Cuts a stream of bytes, however it is chopped, into frames. */
export class FrameReader {
  readonly #maxBytes: number
  #chunks: Buffer[] = []
  #size = 0

  constructor(maxBytes: number = MAX_FRAME_BYTES) {
    this.#maxBytes = maxBytes
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    this.#size += chunk.length
  }

  /**
   * The next whole frame, without its length; nothing until more bytes are there.
   * @throws Ec2Error `EC2_PROTOCOL` for a length no honest end would send
   */
  next(): Buffer | undefined {
    if (this.#size < HEADER_BYTES) return undefined
    const length = this.#header().readUInt32BE()
    if (length > this.#maxBytes) {
      throw new Ec2Error(
        'EC2_PROTOCOL',
        `The other end announced a frame of ${length} bytes: ${this.#maxBytes} is the most`,
      )
    }
    if (this.#size < HEADER_BYTES + length) return undefined
    return this.#take(HEADER_BYTES + length).subarray(HEADER_BYTES)
  }

  /** Hands over what was read and not taken. */
  rest(): Buffer {
    return this.#take(this.#size)
  }

  #header(): Buffer {
    const [first] = this.#chunks
    if (first && first.length >= HEADER_BYTES) return first
    return Buffer.concat(this.#chunks, this.#size).subarray(0, HEADER_BYTES)
  }

  #take(bytes: number): Buffer {
    const taken: Buffer[] = []
    let missing = bytes
    let used = 0
    for (const chunk of this.#chunks) {
      if (missing === 0) break
      if (chunk.length > missing) {
        taken.push(chunk.subarray(0, missing))
        this.#chunks[used] = chunk.subarray(missing)
        missing = 0
      } else {
        taken.push(chunk)
        missing -= chunk.length
        used += 1
      }
    }
    this.#chunks.splice(0, used)
    this.#size -= bytes
    return taken.length === 1 ? (taken[0] as Buffer) : Buffer.concat(taken, bytes)
  }
}
