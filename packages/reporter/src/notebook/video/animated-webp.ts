import { open, type FileHandle } from 'node:fs/promises'

/**
 * Writes an animated WebP frame by frame, so that none has to be kept (WebP container specification, "Extended File
 * Format"). What exists joins frames that are all in memory.
 */
export class AnimatedWebp {
  #file: FileHandle
  #size: { width: number; height: number }
  #bytes = 0

  private constructor(file: FileHandle, size: { width: number; height: number }) {
    this.#file = file
    this.#size = size
  }

  static async create(path: string, size: { width: number; height: number }): Promise<AnimatedWebp> {
    const animation = new AnimatedWebp(await open(path, 'w'), size)
    const ANIMATION = 0b10
    await animation.#write(Buffer.from('RIFF\0\0\0\0WEBP', 'latin1'))
    await animation.#write(
      chunk('VP8X', Buffer.concat([uint(ANIMATION, 4), uint(size.width - 1, 3), uint(size.height - 1, 3)])),
    )
    await animation.#write(chunk('ANIM', Buffer.concat([uint(0xffffffff, 4), uint(0, 2)])))
    return animation
  }

  /**
   * @param frame a WebP file of the size of the whole
   * @param ms how long it is shown
   */
  async add(frame: Buffer, ms: number): Promise<void> {
    const { width, height } = this.#size
    const NO_BLENDING = 0b10
    const head = [uint(0, 3), uint(0, 3), uint(width - 1, 3), uint(height - 1, 3), uint(ms, 3), uint(NO_BLENDING, 1)]
    await this.#write(chunk('ANMF', Buffer.concat([...head, bitstream(frame)])))
  }

  async close(): Promise<void> {
    await this.#file.write(uint(this.#bytes - 8, 4), 0, 4, 4)
    await this.#file.close()
  }

  async #write(bytes: Buffer): Promise<void> {
    await this.#file.write(bytes)
    this.#bytes += bytes.length
  }
}

function chunk(name: string, data: Buffer): Buffer {
  const padding = Buffer.alloc(data.length % 2)
  return Buffer.concat([Buffer.from(name, 'latin1'), uint(data.length, 4), data, padding])
}

function uint(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntLE(value, 0, bytes)
  return buffer
}

/** The chunks of a WebP file that hold its pixels. */
function bitstream(file: Buffer): Buffer {
  const found: Buffer[] = []
  for (let at = 12; at + 8 <= file.length;) {
    const name = file.toString('latin1', at, at + 4)
    const end = at + 8 + file.readUInt32LE(at + 4)
    const padded = end + (end % 2)
    if (name === 'ALPH' || name === 'VP8 ' || name === 'VP8L') found.push(file.subarray(at, padded))
    at = padded
  }
  return Buffer.concat(found)
}
