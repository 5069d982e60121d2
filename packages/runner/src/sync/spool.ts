import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { constants, createZstdCompress, zstdCompress } from 'node:zlib'
import type { Pack } from './group-packs.ts'
import { gatherPack, readPack, sizeOfPack } from './pack-stream.ts'
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
const LEVEL = 1
/** Larger packs are never in memory as a whole; of these there are as many as are sent at a time. */
const SMALL_BYTES = 4 << 20
/** Compressed bytes at a time: each piece is a trip to another thread. */
const PIECE_BYTES = 256 << 10
/** Of processes that were killed. */
const LEFTOVER_MS = 24 * 3600_000

export function createSpool(cacheDir: string): Spool {
  const folder = join(cacheDir, 'spool')
  let ready: Promise<void> | undefined
  /** For whoever is next. Memory that comes and goes that fast keeps the garbage collector at work on all else. */
  const buffers: Buffer[] = []
  const entries = new Map<string, { compressed: Promise<CompressedPack>; file: string; users: number }>()
  return {
    async use(pack, root, send) {
      await (ready ??= makeReady())
      let entry = entries.get(pack.hash)
      if (!entry) {
        const file = join(folder, `${pack.hash}-${randomUUID()}`)
        const compressed = pack.bytes <= SMALL_BYTES ? compressInMemory(pack, root) : compressToFile(pack, root, file)
        entry = { compressed, file, users: 0 }
        entries.set(pack.hash, entry)
      }
      entry.users += 1
      try {
        return await send(await entry.compressed)
      } finally {
        entry.users -= 1
        if (entry.users === 0) {
          entries.delete(pack.hash)
          if (entries.size === 0) buffers.length = 0
          await rm(entry.file, { force: true })
        }
      }
    },
  }

  async function makeReady(): Promise<void> {
    await mkdir(folder, { recursive: true })
    await removeOld(folder, LEFTOVER_MS)
  }

  async function compressInMemory(pack: Pack, root: string): Promise<CompressedPack> {
    const buffer = takeBuffer(sizeOfPack(pack))
    try {
      // Room for most of what comes, at once: each piece of it is a trip to another thread.
      const chunkSize = Math.max(PIECE_BYTES, buffer.length >> 1)
      const bytes = await promisify(zstdCompress)(gatherPack(pack, root, buffer), { params: PARAMS, chunkSize })
      return { hash: pack.hash, size: bytes.length, read: () => inPieces(bytes) }
    } finally {
      buffers.push(buffer)
    }
  }

  function takeBuffer(bytes: number): Buffer {
    const at = buffers.findIndex(({ length }) => length >= bytes)
    return at === -1 ? Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(bytes))) : buffers.splice(at, 1)[0]!
  }
}

const PARAMS = { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 }

async function compressToFile(pack: Pack, root: string, file: string): Promise<CompressedPack> {
  const compressor = createZstdCompress({ params: PARAMS, chunkSize: PIECE_BYTES })
  await pipeline(readPack(pack, root), compressor, createWriteStream(file))
  const { size } = await stat(file)
  return { hash: pack.hash, size, read: () => createReadStream(file, { highWaterMark: PIECE_BYTES }) }
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}
