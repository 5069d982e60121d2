import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { constants, createZstdCompress, zstdCompress } from 'node:zlib'
import type { Pack } from './group-packs.ts'
import { gatherPack, readPack } from './pack-stream.ts'
import { removeOld } from './remove-old.ts'

/** A pack as it is sent. */
export interface CompressedPack {
  hash: string
  /** bytes after compression */
  size: number
  /** may be called again for another try */
  read: () => AsyncIterable<Uint8Array>
}

/** Compresses packs, small ones in memory and large ones into files of the cache folder, each once for all who want it at the same time. */
export interface Spool {
  /** @throws ChangedFile */
  use<T>(pack: Pack, root: string, send: (compressed: CompressedPack) => Promise<T>): Promise<T>
}

/** Higher ones save few bytes for much of a core's time, which only slow lines are worth. */
const LEVEL = 2
/** Larger packs are never in memory as a whole; of these there are as many as are sent at a time. */
const SMALL_BYTES = 4 << 20
/** Compressed bytes at a time: each piece is a trip to another thread. */
const PIECE_BYTES = 256 << 10
/** Of processes that were killed. */
const LEFTOVER_MS = 24 * 3600_000

export function createSpool(cacheDir: string): Spool {
  const folder = join(cacheDir, 'spool')
  const ready = mkdir(folder, { recursive: true }).then(() => removeOld(folder, LEFTOVER_MS))
  ready.catch(() => {}) // thrown where it is awaited
  const entries = new Map<string, { compressed: Promise<CompressedPack>; file: string; users: number }>()
  return {
    async use(pack, root, send) {
      await ready
      let entry = entries.get(pack.hash)
      if (!entry) {
        const file = join(folder, `${pack.hash}-${randomUUID()}`)
        entry = { compressed: compress(pack, root, file), file, users: 0 }
        entries.set(pack.hash, entry)
      }
      entry.users += 1
      try {
        return await send(await entry.compressed)
      } finally {
        entry.users -= 1
        if (entry.users === 0) {
          entries.delete(pack.hash)
          await rm(entry.file, { force: true })
        }
      }
    },
  }
}

const PARAMS = { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 }

async function compress(pack: Pack, root: string, file: string): Promise<CompressedPack> {
  const { hash } = pack
  if (pack.bytes <= SMALL_BYTES) {
    const bytes = await promisify(zstdCompress)(gatherPack(pack, root), { params: PARAMS })
    return { hash, size: bytes.length, read: () => inPieces(bytes) }
  }
  const compressor = createZstdCompress({ params: PARAMS, chunkSize: PIECE_BYTES })
  await pipeline(readPack(pack, root), compressor, createWriteStream(file))
  const { size } = await stat(file)
  return { hash, size, read: () => createReadStream(file, { highWaterMark: PIECE_BYTES }) }
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}
