import type { Pack } from './group-packs.ts'
import { retry } from './retry.ts'
import type { Spool } from './spool.ts'
import type { BlobStore } from './sync-target.ts'

/** A blob store as one run uses it: nothing is asked for twice, nothing put twice, however many hosts want it. */
export interface Shelf {
  /** finds out which of these are there */
  look(packs: readonly Pack[]): Promise<void>
  /** puts a pack that is not there, or is not what it should be */
  put(pack: Pack, root: string, signal: AbortSignal, options?: { again?: boolean }): Promise<void>
  url(pack: Pack): Promise<string>
}

export function createShelf(blobs: BlobStore, spool: Spool): Shelf {
  const there = new Map<string, Promise<void>>()
  return {
    async look(packs) {
      const unknown = packs.map(({ hash }) => hash).filter((hash) => !there.has(hash))
      if (unknown.length === 0) return
      const missing = new Set(await blobs.missing(unknown))
      for (const hash of unknown) if (!missing.has(hash) && !there.has(hash)) there.set(hash, Promise.resolve())
    },
    async put(pack, root, signal, { again = false } = {}) {
      let putting = again ? undefined : there.get(pack.hash)
      if (!putting) {
        putting = spool.use(pack, root, async ({ hash, size, read }) => {
          await retry(() => blobs.put({ hash, size }, read, signal), { signal })
        })
        there.set(pack.hash, putting)
        putting.catch(() => there.delete(pack.hash))
      }
      await putting
    },
    url: ({ hash }) => blobs.url(hash),
  }
}
