import { Ec2Error } from '../errors.ts'

/** No frame is larger: whoever announces more is not one of us. */
const MAX_FRAME_BYTES: number = 256 << 20

const HEADER_BYTES = 4

/** Up to here one write costs more than one copy. */
const COPY_BYTES = 32 << 10

/** A frame on the wire: u32 big-endian length, then that many bytes. Large ones are written as pieces and not copied. */
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
  return length <= COPY_BYTES ? [Buffer.concat([header, ...pieces])] : [header, ...pieces]
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

  /** The first chunk, grown to hold a whole header. */
  #header(): Buffer {
    const [first] = this.#chunks as [Buffer]
    if (first.length >= HEADER_BYTES) return first
    let count = 0
    for (let size = 0; size < HEADER_BYTES; count += 1) size += this.#chunks[count]?.length ?? 0
    const header = Buffer.concat(this.#chunks.slice(0, count))
    this.#chunks.splice(0, count, header)
    return header
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
