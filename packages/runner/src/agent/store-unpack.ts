import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import { damaged } from './store-damaged.ts'
import { PackWriter } from './store-writer.ts'

/** Compressed. */
export type PackBytes = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** Plain bytes at a time: each piece is a trip to another thread, and at least one write. */
const PIECE_BYTES = 256 << 10

/**
 * Unpacks a pack into an empty folder, its contents named by `contentName`.
 * @throws Ec2Error `EC2_SYNC` when it is not what its name says; the disk's and the source's own errors as they are
 */
export async function unpack(pack: string, bytes: PackBytes, folder: string): Promise<void> {
  const writer = new PackWriter(pack, folder)
  try {
    await pipeline(bytes, createZstdDecompress({ chunkSize: PIECE_BYTES }), async (plain: AsyncIterable<Buffer>) => {
      for await (const chunk of plain) writer.write(chunk)
    })
    writer.end()
  } catch (cause) {
    throw isDecompression(cause) ? damaged(pack, 'its compressed bytes make no sense', cause) : cause
  } finally {
    writer.close()
  }
}

function isDecompression(error: unknown): boolean {
  const { code = '' } = error as { code?: string }
  return code.startsWith('ZSTD_') || code.startsWith('Z_')
}
