import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, zstdCompressSync } from 'node:zlib'
import { packHead } from '../wire/pack.ts'
import type { Pack } from './group-packs.ts'
import { gatherPack, readPack, sizeOfPack } from './pack-stream.ts'

/** In memory, or in the file that was named for it. */
export type Compressed = { bytes: Uint8Array } | { file: string; size: number }

/** Higher ones save few bytes for much of a core's time, which only slow lines are worth. */
const LEVEL = 1
/** Larger packs are never in memory as a whole; of these there are as many as are sent at a time. */
export const SMALL_BYTES: number = 4 << 20
/** Compressed bytes at a time. */
const PIECE_BYTES = 256 << 10
const PARAMS = { [constants.ZSTD_c_compressionLevel]: LEVEL }

/** For whatever is next. Memory that comes and goes that fast keeps the garbage collector at work on all else. */
let scratch = Buffer.alloc(0)

/**
 * Compresses a pack, a large one into that file.
 * @throws ChangedFile
 */
export async function compressPack(pack: Pack, root: string, file: string): Promise<Compressed> {
  if (pack.bytes > SMALL_BYTES) {
    await pipeline(
      readPack(pack, root),
      createZstdCompress({ params: PARAMS, chunkSize: PIECE_BYTES }),
      createWriteStream(file),
    )
    return { file, size: (await stat(file)).size }
  }
  const plain = gatherPack(pack, root, takeScratch(sizeOfPack(pack)))
  return { bytes: compressAtOnce(plain) }
}

/** The same from contents that are in memory, in the order of the index. */
export function compressContents(index: Buffer, contents: readonly Buffer[]): Uint8Array {
  const parts = [packHead(index), ...contents]
  const size = parts.reduce((sum, { length }) => sum + length, 0)
  const plain = takeScratch(size).subarray(0, size)
  let at = 0
  for (const part of parts) at += part.copy(plain, at)
  return compressAtOnce(plain)
}

function takeScratch(size: number): Buffer {
  if (scratch.length < size) scratch = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(size)))
  return scratch
}

/** With room for whatever comes of it, it is read where it lies, without another copy. */
function compressAtOnce(plain: Buffer): Uint8Array {
  const chunkSize = plain.length + (plain.length >> 8) + PIECE_BYTES
  return zstdCompressSync(plain, { params: PARAMS, chunkSize, pledgedSrcSize: plain.length })
}
