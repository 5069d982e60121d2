import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pack } from './group-packs.ts'
import type { Packers } from './packers.ts'
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

/** Compressed bytes at a time. */
const PIECE_BYTES = 1 << 20
/** Of processes that were killed. */
const LEFTOVER_MS = 24 * 3600_000

export function createSpool(cacheDir: string, packers: Packers): Spool {
  const folder = join(cacheDir, 'spool')
  let ready: Promise<void> | undefined
  const entries = new Map<string, { compressed: Promise<CompressedPack>; file: string; users: number }>()
  return {
    async use(pack, root, send) {
      await (ready ??= makeReady())
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

  async function makeReady(): Promise<void> {
    await mkdir(folder, { recursive: true })
    await removeOld(folder, LEFTOVER_MS)
  }

  async function compress(pack: Pack, root: string, file: string): Promise<CompressedPack> {
    const compressed = await packers.compress(pack, root, file)
    if ('file' in compressed) {
      const read = () => createReadStream(compressed.file, { highWaterMark: PIECE_BYTES })
      return { hash: pack.hash, size: compressed.size, read }
    }
    const { bytes } = compressed
    return { hash: pack.hash, size: bytes.length, read: () => inPieces(bytes) }
  }
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}
