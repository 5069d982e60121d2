import { pipeline } from 'node:stream/promises'
import { createZstdDecompress, zstdDecompressSync } from 'node:zlib'
import { damaged } from './store-damaged.ts'
import { PackWriter } from './store-writer.ts'

/** Compressed. */
export type PackBytes = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** Compressed bytes of a pack that may be in memory as a whole, and plain ones. */
const SMALL_BYTES = 1 << 20
const MAX_AT_ONCE_BYTES = 16 << 20
/** Most packs have less, and need no second piece of memory. */
const AT_ONCE_BYTES = 2 << 20
/** Plain bytes at a time: each piece is a trip to another thread, and at least one write. */
const PIECE_BYTES = 256 << 10

/**
 * Unpacks a pack into an empty folder, its contents named by `contentName`.
 * @throws Ec2Error `EC2_SYNC` when it is not what its name says; the disk's and the source's own errors as they are
 */
export async function unpack(pack: string, bytes: PackBytes, folder: string): Promise<void> {
  const writer = new PackWriter(pack, folder)
  try {
    await decompress(bytes, (plain) => writer.write(plain))
    writer.end()
  } catch (cause) {
    throw isDecompression(cause) ? damaged(pack, 'its compressed bytes make no sense', cause) : cause
  } finally {
    writer.close()
  }
}

/** Small ones at once, when they are whole; the others piece by piece. */
async function decompress(bytes: PackBytes, write: (plain: Buffer) => void): Promise<void> {
  const chunks: Uint8Array[] = []
  let length = 0
  const source = Symbol.asyncIterator in bytes ? bytes[Symbol.asyncIterator]() : bytes[Symbol.iterator]()
  for (;;) {
    const next = await source.next()
    if (next.done) break
    chunks.push(next.value)
    length += next.value.length
    if (length > SMALL_BYTES) return await inPieces()
  }
  let plain: Buffer
  try {
    plain = zstdDecompressSync(Buffer.concat(chunks), { chunkSize: AT_ONCE_BYTES, maxOutputLength: MAX_AT_ONCE_BYTES })
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_BUFFER_TOO_LARGE') throw error
    return await inPieces()
  }
  write(plain)

  async function inPieces(): Promise<void> {
    await pipeline(all, createZstdDecompress({ chunkSize: PIECE_BYTES }), async (plain: AsyncIterable<Buffer>) => {
      for await (const chunk of plain) write(chunk)
    })
  }

  async function* all(): AsyncGenerator<Uint8Array> {
    yield* chunks
    yield* { [Symbol.asyncIterator]: () => source as AsyncIterator<Uint8Array> }
  }
}

function isDecompression(error: unknown): boolean {
  const { code = '' } = error as { code?: string }
  return code.startsWith('ZSTD_') || code.startsWith('Z_')
}
